"""What authors meet in the admin."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, streamfield

from content.models import ArticlePage
from tests.factories import content as make


def working_as(role: str, client: Client) -> object:
    """A member of the role, logged in."""
    user = get_user_model().objects.create_user(role.lower(), password="una parola lunga")
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return user


def filled_in(**fields: object) -> dict[str, object]:
    """The posted form of an article with one paragraph."""
    values = {
        "title": "Una prova",
        "slug": "una-prova",
        "standfirst": "",
        "published_at": "2026-03-02 08:00",
        "body": streamfield([]),
        "further_reading": streamfield([]),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
        "author": "",
        "cover": "",
    }
    chosen = {"topics": fields.pop("topics", [])}
    return nested_form_data(values | fields) | chosen


def add_address(parent: object) -> str:
    return reverse("wagtailadmin_pages:add", args=["content", "articlepage", parent.pk])


@pytest.mark.django_db
def test_a_new_article_is_signed_by_whoever_writes_it(italian: Locale, english: Locale, client: Client) -> None:
    user = working_as("Authors", client)
    mine = make.author(italian, "Ada Ferri", user=user)
    hers = mine.copy_for_translation(english)
    hers.save()
    make.author(italian, "Un altro")

    signed = {
        locale: client.get(add_address(make.magazine(locale))).context["form"].initial["author"]
        for locale in (italian, english)
    }

    assert signed == {italian: mine.pk, english: hers.pk}


@pytest.mark.django_db
def test_only_topics_of_the_article_language_are_offered(italian: Locale, english: Locale, client: Client) -> None:
    working_as("Authors", client)
    topic = make.topic(italian, "Percorsi")
    make.topic(english, "Elsewhere")

    form = client.get(add_address(make.magazine(italian))).context["form"]

    assert list(form.fields["topics"].queryset) == [topic]


@pytest.mark.django_db
def test_an_unsaved_article_is_previewed(italian: Locale, client: Client) -> None:
    working_as("Authors", client)
    topic = make.topic(italian, "Percorsi")
    parent = make.magazine(italian)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["content", "articlepage", parent.pk])

    answer = client.post(address, filled_in(title="Mai salvato", topics=[topic.pk]))
    shown = client.get(address).content.decode()

    assert answer.json()["is_valid"]
    assert "<h1>Mai salvato</h1>" in shown
    assert 'href="/it/topics/percorsi/"' in shown
    assert not ArticlePage.objects.filter(title="Mai salvato").exists()


@pytest.mark.django_db
def test_a_translated_article_offers_the_topics_of_its_own_language(
    italian: Locale, english: Locale, client: Client
) -> None:
    user = working_as("Editors", client)
    user.user_permissions.add(Permission.objects.get(codename="submit_translation"))
    topic = make.topic(italian, "Percorsi")
    own = topic.copy_for_translation(english)
    own.name, own.slug = "Journeys", "journeys"
    own.save()
    page = make.article(italian, topics=[topic])

    client.post(
        reverse("simple_translation:submit_page_translation", args=[page.pk]),
        {"locales": [english.pk], "include_subtree": False},
    )
    copy = ArticlePage.objects.get(translation_key=page.translation_key, locale=english)
    form = client.get(reverse("wagtailadmin_pages:edit", args=[copy.pk])).context["form"]

    assert form.initial["topics"] == [own.pk]
    assert list(form.fields["topics"].queryset) == [own]


@pytest.mark.django_db
def test_editors_find_topics_and_authors_in_the_admin(italian: Locale, client: Client) -> None:
    working_as("Editors", client)
    make.topic(italian, "Percorsi")
    make.author(italian, "Ada Ferri")

    pages = [client.get(reverse(f"wagtailsnippets_content_{kind}:list")) for kind in ("topic", "author")]

    assert [page.status_code for page in pages] == [200, 200]
    assert "Percorsi" in pages[0].content.decode()
    assert "Ada Ferri" in pages[1].content.decode()


@pytest.mark.django_db
def test_authors_do_not_change_topics(italian: Locale, client: Client) -> None:
    working_as("Authors", client)
    topic = make.topic(italian, "Percorsi")

    client.post(reverse("wagtailsnippets_content_topic:edit", args=[topic.pk]), {"name": "Altro", "slug": "altro"})

    topic.refresh_from_db()
    assert topic.name == "Percorsi"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("seriespage", {"introduction": "Due parole.", "marks": "letters", "cover": ""}),
        ("landingpage", {"promise": "Cinque minuti.", "form": streamfield([]), "voices": streamfield([])}),
        ("resourcepage", {"kind": "video", "gate": "open", "n_seconds": "36", "body": streamfield([])}),
        ("resourcepage", {"kind": "tool", "gate": "open", "tool": "reading_rhythm", "body": streamfield([])}),
    ],
    ids=["series", "landing", "film", "tool"],
)
def test_an_unsaved_page_of_the_newer_kinds_is_previewed(
    italian: Locale, client: Client, kind: str, fields: dict[str, object]
) -> None:
    working_as("Editors", client)
    parent = make.magazine(italian).get_parent() if kind == "landingpage" else make.library(italian)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["content", kind, parent.pk])
    comments = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    given = {
        "title": "Mai salvata",
        "slug": "mai-salvata",
        "comments": comments,
        "transcript": "null",
        "n_excerpt_pages": 2,
    } | fields
    given["n_excerpt_pages"] = 2
    if fields.get("kind") == "video":
        given["document"] = make.document("filmato.mp4").pk

    answer = client.post(address, nested_form_data(given))
    shown = client.get(address)

    assert (answer.json()["is_valid"], shown.status_code) == (True, 200)
    assert "Mai salvata" in shown.content.decode()
    assert ("<video" in shown.content.decode()) == ("document" in given)
