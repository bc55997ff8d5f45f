"""A frozen message holds all it needs to be written, and knows what it was made of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0005_journey_clock"),
    ]

    operations = [
        migrations.AddField(
            model_name="messageversion", name="digest", field=models.CharField(blank=True, max_length=64)
        ),
        migrations.AddField(
            model_name="messageversion", name="language", field=models.CharField(blank=True, max_length=8)
        ),
        migrations.AddField(
            model_name="messageversion", name="newsletter", field=models.CharField(blank=True, max_length=120)
        ),
        migrations.AddField(
            model_name="messageversion", name="web_url", field=models.CharField(blank=True, max_length=500)
        ),
    ]
