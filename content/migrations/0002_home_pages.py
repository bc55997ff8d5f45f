"""Both languages, their home pages and the sections below, in place of Wagtail's welcome page."""

import uuid

from django.db import migrations
from django.db.migrations.state import StateApps

# model: {language: (title, slug)}; the home page first, then its sections in menu order
HOME = {"it": ("Circolare", "home"), "en": ("Circolare", "home-en")}
SECTIONS = {
    "magazinepage": {"it": ("Articoli", "articoli"), "en": ("Articles", "articles")},
    "librarypage": {"it": ("Risorse", "risorse"), "en": ("Resources", "resources")},
}


def make_homes(apps: StateApps, schema_editor: object) -> None:
    """Give the root one home page a language with its sections; the Italian one is the site's root."""
    page_model = apps.get_model("wagtailcore", "Page")
    site_model = apps.get_model("wagtailcore", "Site")
    page_model.objects.filter(depth=2).delete()
    keys = {model: uuid.uuid4() for model in ("homepage", *SECTIONS)}
    homes = {}
    for number, (language, (title, slug)) in enumerate(HOME.items(), start=1):
        home = make_page(apps, "homepage", language, title, slug, parent=None, number=number, key=keys["homepage"])
        homes[language] = home
        for position, (model, words) in enumerate(SECTIONS.items(), start=1):
            title_below, slug_below = words[language]
            make_page(apps, model, language, title_below, slug_below, parent=home, number=position, key=keys[model])
        page_model.objects.filter(pk=home.pk).update(numchild=len(SECTIONS))
    page_model.objects.filter(depth=1).update(numchild=len(HOME))
    site_model.objects.all().delete()
    site_model.objects.create(
        hostname="localhost",
        port=80,
        site_name="Circolare",
        root_page_id=homes["it"].pk,
        is_default_site=True,
    )


def make_page(apps, model, language, title, slug, *, parent, number, key):  # noqa: ANN001, ANN201
    """One live page; `parent` None puts it below the root."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="content", model=model
    )
    locale, _ = apps.get_model("wagtailcore", "Locale").objects.get_or_create(language_code=language)
    parent_path, parent_url = (parent.path, parent.url_path) if parent else ("0001", "/")
    return apps.get_model("content", model).objects.create(
        title=title,
        draft_title=title,
        slug=slug,
        content_type=content_type,
        path=f"{parent_path}{number:04d}",
        depth=len(parent_path) // 4 + 1,
        numchild=0,
        url_path=f"{parent_url}{slug}/",
        locale=locale,
        translation_key=key,
        show_in_menus=parent is not None,
    )


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial"), ("wagtailcore", "0098_apitoken")]

    operations = [migrations.RunPython(make_homes, migrations.RunPython.noop)]
