"""Indexes that Wagtail keeps: written at once, or once at the end of a long work."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale, ReferenceIndex

from content import indexing
from content.models import PlainPage
from tests.factories import content as make

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    return [page.title for page in PlainPage.objects.search(words)]


def written(during: CaptureQueriesContext) -> int:
    """How often rows of the search index were written."""
    return sum("INSERT INTO wagtailsearch_indexentry" in query["sql"] for query in during.captured_queries)


def test_a_page_saved_three_times_is_indexed_once_at_the_end_as_it_was_last(italian: Locale) -> None:
    page = make.plain(italian, "Colophon")
    with CaptureQueriesContext(connection) as during, transaction.atomic(), indexing.once_at_the_end():
        for title in ("Alfa", "Beta", "Gamma"):
            page.title = title
            page.save()
        assert found("Colophon") and not found("Gamma")
    assert written(during) == 1
    assert found("Gamma") == ["Gamma"] and not found("Colophon")


def test_outside_each_save_is_found_at_once(italian: Locale) -> None:
    page = make.plain(italian, "Colophon")
    page.title = "Alfa"
    with CaptureQueriesContext(connection) as during:
        page.save()
    assert written(during) == 1
    assert found("Alfa") == ["Alfa"]


def test_what_fails_inside_leaves_the_next_save_as_ever(italian: Locale) -> None:
    page = make.plain(italian, "Colophon")
    with pytest.raises(ValueError, match="stop"), transaction.atomic(), indexing.once_at_the_end():
        page.title = "Alfa"
        page.save()
        raise ValueError("stop")
    assert found("Colophon") and not found("Alfa")
    page.title = "Beta"
    page.save()
    assert found("Beta") == ["Beta"]


def test_references_are_those_that_rebuilding_finds(italian: Locale) -> None:
    with transaction.atomic(), indexing.once_at_the_end():
        make.article(italian, "Uno", author=make.author(italian))
        make.article(italian, "Due")
    kept = set(ReferenceIndex.objects.values_list("base_content_type", "object_id", "to_object_id", "model_path"))
    call_command("rebuild_references_index", verbosity=0)
    assert kept and kept == set(
        ReferenceIndex.objects.values_list("base_content_type", "object_id", "to_object_id", "model_path")
    )
