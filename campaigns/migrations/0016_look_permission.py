"""Administrators keep the look of the publication. Stands here, where the roles are."""

from django.db import migrations
from django.db.migrations.state import StateApps


def allow(apps: StateApps, schema_editor: object) -> None:
    """Give the role the right to edit the settings."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="content", model="looksettings"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="change_looksettings",
        defaults={"name": "Can change look"},
    )
    apps.get_model("auth", "Group").objects.get(name="Administrators").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0015_account_words"), ("content", "0005_look")]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
