"""The five roles as groups, in place of Wagtail's own two. Stands here: this is the highest room with tables.

Permission rows do not exist yet while a fresh database is migrated, so they are made here.
"""

from django.db import migrations
from django.db.migrations.state import StateApps

SNIPPETS = ("content.topic", "content.author", "content.columnpage")
PEOPLE = ("subscribers.subscriber",)
MARKETING = (
    "campaigns.newsletter",
    "campaigns.email",
    "campaigns.journey",
    "subscribers.segment",
    "subscribers.signupform",
    "subscribers.purpose",
)
ALL = ("add", "change", "delete", "view")
ADMIN = ["wagtailadmin.admin.access_admin"]


def of(models: tuple[str, ...], *verbs: str) -> list[str]:
    """Permission names `app.model.codename` of each verb on each model."""
    return [f"{model}.{verb}_{model.split('.')[1]}" for model in models for verb in verbs]


MARKETER = [
    *ADMIN,
    *of(MARKETING, *ALL, "publish"),
    *of(PEOPLE, "add", "change", "view"),
    "subscribers.subscriber.import_subscriber",
    "campaigns.mailing.view_mailing",
    "campaigns.mailing.send_mailing",
    "campaigns.mailing.view_report",
    "campaigns.delivery.view_delivery",
    "campaigns.journey.run_journey",
]
ROLES = {
    "Authors": ADMIN,
    "Editors": [*ADMIN, *of(SNIPPETS[:2], *ALL)],
    "Marketers": MARKETER,
    "Analysts": [*ADMIN, "campaigns.mailing.view_report"],
    "Administrators": [
        *MARKETER,
        *of(SNIPPETS[:2], *ALL),
        *of(PEOPLE, "delete"),
        "subscribers.subscriber.export_subscriber",
        "subscribers.subscriber.erase_subscriber",
        *of(("campaigns.account", "campaigns.domainbrake"), *ALL),
        *of(("auth.user", "auth.group"), *ALL),
        *of(("wagtailcore.site", "wagtailcore.locale", "wagtailcore.collection"), *ALL),
        *of(("wagtailcore.workflow", "wagtailcore.task"), *ALL),
        *of(("wagtailredirects.redirect",), *ALL),
    ],
}
PUBLISHABLE = ("campaigns.email", "campaigns.journey")
PAGES = {
    "Authors": {"content.homepage": ("add",)},
    "Editors": {"content.homepage": ("add", "change", "publish", "lock", "unlock")},
    "Marketers": {"campaigns.archivepage": ("add", "change", "publish", "lock", "unlock")},
    "Administrators": {
        "content.homepage": ("add", "change", "publish", "lock", "unlock", "bulk_delete"),
    },
}
FILES = {
    "Authors": ("add", "choose"),
    "Editors": ("add", "change", "delete", "choose"),
    "Marketers": ("add", "choose"),
    "Administrators": ("add", "change", "delete", "choose"),
}


def permission(apps: StateApps, name: str) -> object:
    """The permission row of `app.model.codename`, made where it is missing."""
    app_label, model, codename = name.split(".")
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=codename,
        defaults={"name": codename.replace("_", " ").capitalize()},
    )
    return row


def make_roles(apps: StateApps, schema_editor: object) -> None:
    """Write the groups with their permissions on models, pages and files."""
    group_model = apps.get_model("auth", "Group")
    group_model.objects.filter(name__in=["Moderators", "Editors"]).delete()
    for role, names in ROLES.items():
        group = group_model.objects.create(name=role)
        wanted = [n for n in names if not (".publish_" in n and n.rsplit(".", 1)[0] not in PUBLISHABLE)]
        group.permissions.add(*(permission(apps, name) for name in wanted))
        give_pages(apps, group, PAGES.get(role, {}))
        give_files(apps, group, FILES.get(role, ()))
    for task in apps.get_model("wagtailcore", "GroupApprovalTask").objects.all():
        task.groups.add(group_model.objects.get(name="Editors"))


def give_pages(apps: StateApps, group: object, rights: dict[str, tuple[str, ...]]) -> None:
    """Rights on every page of the named kinds and what is below them."""
    for model, verbs in rights.items():
        app_label, name = model.split(".")
        for page in apps.get_model(app_label, name).objects.all():
            for verb in verbs:
                apps.get_model("wagtailcore", "GroupPagePermission").objects.create(
                    group=group,
                    page_id=page.pk,
                    permission=permission(apps, f"wagtailcore.page.{verb}_page"),
                )


def give_files(apps: StateApps, group: object, verbs: tuple[str, ...]) -> None:
    """Rights on images and documents of the root collection."""
    root = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    for verb in verbs:
        for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
            apps.get_model("wagtailcore", "GroupCollectionPermission").objects.create(
                group=group,
                collection=root,
                permission=permission(apps, f"{app_label}.{model}.{verb}_{model}"),
            )


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_archive_and_account"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailredirects", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
