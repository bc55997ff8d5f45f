from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0016_look_permission"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="newsletter",
            name="promise_en",
        ),
        migrations.RemoveField(
            model_name="newsletter",
            name="promise_it",
        ),
    ]
