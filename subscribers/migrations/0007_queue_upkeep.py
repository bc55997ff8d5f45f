"""The queue of events is emptied as fast as it fills: its dead rows are cleared by their number, not by a share."""

from django.db import migrations

EAGER = """
ALTER TABLE subscribers_pendingevent SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000
)
"""
USUAL = """
ALTER TABLE subscribers_pendingevent RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
    autovacuum_analyze_scale_factor, autovacuum_analyze_threshold
)
"""


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0006_taken_count")]

    operations = [migrations.RunSQL(EAGER, USUAL)]
