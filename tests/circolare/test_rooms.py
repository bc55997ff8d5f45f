"""The rooms themselves: names, arrows and what every migrated database holds."""

import site
import sysconfig
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db.migrations.loader import MigrationLoader
from wagtail.models import Page

FLOORS = ["content", "subscribers", "campaigns"]


def test_site_is_the_standard_library_module() -> None:
    assert Path(site.__file__).parent == Path(sysconfig.get_paths()["stdlib"])


def test_migrations_depend_only_on_rooms_below() -> None:
    graph = MigrationLoader(None).disk_migrations

    upward = [
        (app, name, parent)
        for (app, name), migration in graph.items()
        if app in FLOORS
        for parent, _ in migration.dependencies
        if parent in FLOORS and FLOORS.index(parent) > FLOORS.index(app)
    ]

    assert upward == []


@pytest.mark.django_db
def test_a_new_database_has_both_languages_and_the_five_roles() -> None:
    slugs = set(Page.objects.filter(depth=3).values_list("locale__language_code", "slug"))

    assert slugs == {
        ("it", "articoli"),
        ("it", "risorse"),
        ("it", "archivio"),
        ("en", "articles"),
        ("en", "resources"),
        ("en", "archive"),
    }
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Authors",
        "Editors",
        "Marketers",
        "Analysts",
        "Administrators",
    }


@pytest.mark.django_db
def test_the_tree_of_pages_is_sound() -> None:
    assert [len(problems) for problems in Page.find_problems()] == [0, 0, 0, 0, 0]
