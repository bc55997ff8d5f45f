"""Series: one card in the library, parts in an order that know each other."""

import re

import pytest
from django.test import Client
from wagtail.models import Locale

from content.models import SeriesPage
from tests.content.test_pages import count_queries, dangers
from tests.factories import content as make


def titles(client: Client, address: str, **choice: str) -> list[str]:
    """What the library's cards are called, in order."""
    page = client.get(address, choice).content.decode()
    return re.findall(r'<h2><a href="[^"]+">([^<]+)</a></h2>', page)


@pytest.mark.django_db
def test_the_library_shows_a_series_as_one_where_it_stands(italian: Locale, client: Client) -> None:
    make.resource(italian, "Prima")
    make.series(italian, "Quattro lettere", parts=3)
    make.resource(italian, "Dopo")

    library = make.library(italian)

    assert titles(client, library.url) == ["Prima", "Quattro lettere", "Dopo"]
    assert re.search(r"<span>3 part", client.get(library.url).content.decode())


@pytest.mark.django_db
def test_an_empty_series_and_the_parts_of_a_hidden_one_are_not_on_the_shelf(italian: Locale, client: Client) -> None:
    make.series(italian, "Vuota")
    hidden = make.series(italian, "Nascosta", parts=2)
    hidden.unpublish()

    assert titles(client, make.library(italian).url) == []
    assert client.get(hidden.get_children().first().url).status_code == 200


@pytest.mark.django_db
def test_a_filter_finds_the_series_of_a_part_that_fits(italian: Locale, client: Client) -> None:
    topic = make.topic(italian, "Percorsi")
    series = make.series(italian, "Quattro lettere", parts=1)
    make.resource(italian, "Una lista", parent=series, kind="checklist", topics=[topic])
    make.resource(italian, "Sola")
    library = make.library(italian).url

    assert titles(client, library, kind="checklist") == ["Quattro lettere"]
    assert titles(client, library, topic="percorsi") == ["Quattro lettere"]
    assert titles(client, library, kind="guide") == ["Quattro lettere", "Sola"]


@pytest.mark.django_db
def test_the_shelf_on_the_front_page_counts_a_series_once(italian: Locale, client: Client) -> None:
    make.series(italian, "Quattro lettere", parts=6)
    make.resource(italian, "Sola")

    page = client.get("/it/").content.decode()

    assert ("Quattro lettere" in page, "Sola" in page, "Parte 0" in page) == (True, True, False)


@pytest.mark.django_db
def test_a_series_lists_its_live_parts_under_their_letters(italian: Locale, client: Client) -> None:
    series = make.series(italian, parts=3, marks="letters", introduction="Una per ogni punto del cerchio.")
    series.get_children().get(title="Parte 1").unpublish()

    response = client.get(series.url)
    page = response.content.decode()

    assert re.findall(r'class="visually-hidden">(\w+)\. </span><a href="[^"]+">([^<]+)<', page) == [
        ("A", "Parte 0"),
        ("B", "Parte 2"),
    ]
    assert (page.count("<h1"), dangers(response)) == (1, [])
    assert "Una per ogni punto del cerchio." in page


@pytest.mark.django_db
def test_a_part_leads_to_its_series_and_to_those_beside_it(italian: Locale, client: Client) -> None:
    series = make.series(italian, parts=3)
    first, second, third = series.get_children()

    def neighbours(page: object) -> dict[str, str]:
        shown = client.get(page.url).content.decode()
        assert f'<p class="kicker dotted"><a href="{series.url}">Quattro lettere</a>' in shown
        return dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', shown))

    assert neighbours(first) == {"next": second.url}
    assert neighbours(second) == {"prev": first.url, "next": third.url}
    assert neighbours(third) == {"prev": second.url}


@pytest.mark.django_db
def test_a_resource_that_stands_alone_names_no_series(italian: Locale, client: Client) -> None:
    make.series(italian, parts=2)
    alone = make.resource(italian, "Sola")

    assert 'rel="next"' not in client.get(alone.url).content.decode()


@pytest.mark.django_db
def test_series_and_parts_cost_the_same_for_two_parts_and_for_five(italian: Locale, client: Client) -> None:
    series = make.series(italian, parts=2)
    pages = [series.url, series.get_children().first().url, make.library(italian).url]
    before = [count_queries(client, page) for page in pages]
    for number in range(3):
        make.resource(italian, f"Altra {number}", parent=series)
    make.series(italian, "Altre lettere", parts=2)

    assert [count_queries(client, page) for page in pages] == before


@pytest.mark.django_db
def test_sitemap_search_and_languages_know_a_series(italian: Locale, english: Locale, client: Client) -> None:
    series = make.series(italian, "Quattro lettere", parts=1, introduction="Una per ogni cerchio.")
    twin = make.translated(series, english, "Four letters", slug="four-letters")
    part = series.get_children().first().specific
    part_twin = make.translated(part, english, "Part nought", slug="part-nought")

    assert part_twin.get_parent().specific == twin
    assert f'hreflang="en" href="http://127.0.0.1:8000{twin.url}"' in client.get(series.url).content.decode()
    assert part_twin.url in client.get(part.url).content.decode()
    sitemap = client.get("/sitemap.xml").content.decode()
    assert all(page.url in sitemap for page in (series, twin, part, part_twin))
    assert series.url in client.get("/it/search/", {"q": "cerchio"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("marks", "place", "mark"), [("letters", 0, "A"), ("letters", 25, "Z"), ("letters", 26, "27"), ("numbers", 0, "1")]
)
def test_parts_are_marked_by_letters_or_numbers(marks: str, place: int, mark: str) -> None:
    assert SeriesPage(marks=marks).mark(place) == mark
