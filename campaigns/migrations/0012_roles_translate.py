"""Those who write may begin the other language's version of a page."""

from django.db import migrations
from django.db.migrations.state import StateApps

WRITERS = ("Authors", "Editors", "Marketers", "Administrators")


def let_translate(apps: StateApps, schema_editor: object) -> None:
    """Give the permission of Wagtail's simple_translation; its row does not exist yet on a fresh database."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="simple_translation", model="simpletranslation"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="submit_translation", defaults={"name": "Can submit translations"}
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=WRITERS):
        group.permissions.add(permission)


def name_the_desk(apps: StateApps, schema_editor: object) -> None:
    """Wagtail's ready-made workflow asks "Moderators", whom this house does not have: the desk reads what is handed in."""
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").update(name="Redazione")
    apps.get_model("wagtailcore", "Task").objects.filter(name="Moderators approval").update(name="Redazione")


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_runs_move_lightly"), ("simple_translation", "0001_initial")]

    operations = [
        migrations.RunPython(let_translate, migrations.RunPython.noop),
        migrations.RunPython(name_the_desk, migrations.RunPython.noop),
    ]
