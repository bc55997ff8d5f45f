"""The archive of issues in both languages and the default way out for mail."""

import uuid

from django.db import migrations
from django.db.migrations.state import StateApps

ARCHIVE = {"it": ("Archivio", "archivio"), "en": ("Archive", "archive")}


def make_archive(apps: StateApps, schema_editor: object) -> None:
    """Put one archive page below each home page, joined as translations."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="campaigns", model="archivepage"
    )
    key = uuid.uuid4()
    for home in apps.get_model("content", "HomePage").objects.select_related("locale"):
        title, slug = ARCHIVE[home.locale.language_code]
        number = home.numchild + 1
        apps.get_model("campaigns", "ArchivePage").objects.create(
            title=title,
            draft_title=title,
            slug=slug,
            content_type=content_type,
            path=f"{home.path}{number:04d}",
            depth=home.depth + 1,
            numchild=0,
            url_path=f"{home.url_path}{slug}/",
            locale=home.locale,
            translation_key=key,
            show_in_menus=True,
        )
        apps.get_model("wagtailcore", "Page").objects.filter(pk=home.pk).update(numchild=number)


def make_account(apps: StateApps, schema_editor: object) -> None:
    """EMAIL_URL of the environment, without a limit of its own."""
    apps.get_model("campaigns", "Account").objects.create(name="EMAIL_URL", is_default=True)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_initial"),
        ("content", "0002_home_pages"),
    ]

    operations = [
        migrations.RunPython(make_archive, migrations.RunPython.noop),
        migrations.RunPython(make_account, migrations.RunPython.noop),
    ]
