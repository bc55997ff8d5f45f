"""The readers' search."""

import pytest
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
