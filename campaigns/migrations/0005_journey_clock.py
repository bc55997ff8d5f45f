"""A pause of a journey stops its clock; a look that fails is tried again later."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0004_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="journey",
            name="resumes_to",
            field=models.CharField(
                blank=True,
                choices=[
                    ("draft", "Draft"),
                    ("live", "Live"),
                    ("paused", "Paused"),
                    ("draining", "Draining"),
                    ("ended", "Ended"),
                ],
                default="",
                editable=False,
                max_length=16,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="run",
            name="frozen_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="run",
            name="frozen_for",
            field=models.DurationField(default=datetime.timedelta),
        ),
        migrations.AddField(
            model_name="run",
            name="n_tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
    ]
