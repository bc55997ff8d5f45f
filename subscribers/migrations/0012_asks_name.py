from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subscribers", "0011_signups_by_page"),
    ]

    operations = [
        migrations.AddField(
            model_name="signupform",
            name="asks_name",
            field=models.BooleanField(
                default=False,
                help_text="Beside the address, as a field nobody has to fill.",
                verbose_name="asks for a name",
            ),
        ),
    ]
