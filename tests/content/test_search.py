"""The readers' search."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from wagtail.models import Locale

from content import search
from tests.factories import content as make


@pytest.mark.django_db
def test_search_finds_words_of_the_text_in_one_language(italian: Locale, english: Locale) -> None:
    here = make.article(italian, "Il quaderno", body=make.body("<p>La cartolaia scriveva a mano.</p>"))
    make.translated(here, english, "The notebook", slug="the-notebook")
    make.article(italian, "Altro")
    resource = make.resource(italian, "La guida", abstract="Come fa una cartolaia.")

    found = search.find("cartolaia", "it")

    assert {page.pk for page in found} == {here.pk, resource.pk}
    assert {type(page) for page in found} == {type(here), type(resource)}


@pytest.mark.django_db
def test_search_shows_no_drafts_and_nothing_for_nothing(italian: Locale) -> None:
    make.article(italian, "Cartolaia").unpublish()

    assert search.find("cartolaia", "it") == []
    assert search.find("  ", "it") == []


@pytest.mark.django_db
def test_an_author_or_a_topic_is_found_by_the_beginnings_of_its_words(italian: Locale, english: Locale) -> None:
    make.author(italian, "Nora Belvento", role="Cartolaia")
    make.author(english, "Nora Fairwind")
    make.topic(italian, "Perché si torna", description="Le ragioni.", slug="perche")

    with translation.override("it"):
        found = {text: search.named(text, "it") for text in ("nora", "BELV nóra", "nora fairwind", "perche", "ora", "")}

    nora = search.Found(translation_of("Author"), "Nora Belvento", "/it/authors/nora-belvento/", "Cartolaia")
    why = search.Found(translation_of("Topic"), "Perché si torna", "/it/topics/perche/", "Le ragioni.")
    assert found == {
        "nora": [nora],
        "BELV nóra": [nora],
        "nora fairwind": [],
        "perche": [why],
        "ora": [],
        "": [],
    }


def translation_of(text: str) -> str:
    with translation.override("it"):
        return translation.gettext(text)


@pytest.mark.django_db
def test_a_name_stands_before_the_pieces_and_a_plain_page_has_no_kind(italian: Locale, client: Client) -> None:
    make.author(italian, "Nora Belvento")
    make.plain(italian, "Nora e noi")

    page = client.get("/it/search/?q=nora").content.decode()
    nobody = client.get("/it/search/?q=ombrello").content.decode()

    assert page.index("/it/authors/nora-belvento/") < page.index("/it/nora-e-noi/")
    assert page.count('class="kicker"') == 1
    assert 'href="/it/topics/"' in nobody


@pytest.mark.django_db
def test_search_takes_as_many_queries_for_three_pages_and_names_as_for_one(italian: Locale, client: Client) -> None:
    counts = []
    for number in (1, 2, 3):
        make.author(italian, f"Nora {number}")
        make.topic(italian, f"Nora topic {number}")
        make.article(italian, f"Nora scrive {number}", cover=make.image(), topics=[make.topic(italian, f"T {number}")])
        client.get("/it/search/?q=nora")
        with CaptureQueriesContext(connection) as queries:
            client.get("/it/search/?q=nora")
        counts.append(len(queries))

    assert len(set(counts)) == 1
