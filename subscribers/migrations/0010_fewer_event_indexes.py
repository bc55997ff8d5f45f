"""Each index of these tables is paid for by each click: those that another one covers go.

Django gives the text key a second index for LIKE, which nobody asks; its name is fixed by table and column.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0009_imports")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="subscriber",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="subscribers.subscriber",
            ),
        ),
        migrations.AlterField(model_name="eventkey", name="recorded_at", field=models.DateTimeField()),
        migrations.AddIndex(
            model_name="eventkey",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["recorded_at"], name="event_key_time"),
        ),
        migrations.RunSQL(
            "DROP INDEX IF EXISTS subscribers_eventkey_key_7a9a79c9_like",
            "CREATE INDEX subscribers_eventkey_key_7a9a79c9_like ON subscribers_eventkey (key varchar_pattern_ops)",
        ),
    ]
