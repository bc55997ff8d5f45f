"""Facts keep what the five stages are read from, and the zone their rhythm was counted in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscribers", "0004_consent_is_append_only")]

    operations = [
        migrations.AddField(model_name="facts", name="marks", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="facts", name="recent", field=models.JSONField(default=list)),
        migrations.AddField(model_name="facts", name="stage_until", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="facts", name="zone", field=models.CharField(blank=True, max_length=64)),
        migrations.AddIndex(
            model_name="facts",
            index=models.Index(
                condition=models.Q(("stage_until__isnull", False)), fields=["stage_until"], name="facts_stage_until"
            ),
        ),
    ]
