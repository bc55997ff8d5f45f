"""The library's cards, its filters and orders."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from wagtail.models import Locale

from content.models import LibraryPage, ResourcePage
from subscribers.models import TakenCount
from tests.content.test_pages import count_queries
from tests.factories import content as make


def titles(client: Client, address: str, level: str = "h2", **choice: str) -> list[str]:
    """What the cards are called, in order."""
    return re.findall(rf'<{level}><a href="[^"]+">([^<]+)</a></{level}>', client.get(address, choice).content.decode())


def meta(client: Client, address: str) -> list[list[str]]:
    """The small parts of each card, in order."""
    lines = re.findall(r'<p class="meta">(.*?)</p>', client.get(address).content.decode(), re.DOTALL)
    return [[part.strip() for part in re.findall(r">([^<>]+)</(?:span|time)>", line)] for line in lines]


@pytest.mark.django_db
def test_a_card_says_length_size_gate_month_and_how_many_took_it(english: Locale, client: Client) -> None:
    page = make.resource(english, "The map", n_pages=12, document=make.document("map.pdf", b"x" * 2048))
    make.resource(english, "The list", gate="open")
    ResourcePage.objects.update(last_published_at=datetime(2026, 3, 5, tzinfo=UTC))
    TakenCount.objects.create(page=page, n_people=43)

    assert meta(client, make.library(english).url) == [
        ["12 pages", "2.0\xa0KB", "by mail", "updated Mar 2026", "taken by 40+"],
        ["free", "updated Mar 2026"],
    ]


@pytest.mark.django_db
def test_few_people_are_not_told_and_a_series_says_what_its_parts_have(english: Locale, client: Client) -> None:
    series = make.series(english, "Four letters", parts=1)
    part = make.resource(english, "The open one", parent=series, gate="open")
    alone = make.resource(english, "The map")
    TakenCount.objects.create(page=part, n_people=30)
    TakenCount.objects.create(page=alone, n_people=24)

    cards = meta(client, make.library(english).url)

    assert cards[0] == ["2 parts", "some by mail", "taken by 30+"]
    assert "taken" not in " ".join(cards[1])


@pytest.mark.django_db
def test_the_library_is_sorted_by_day_and_by_use_of_all_languages(
    italian: Locale, english: Locale, client: Client
) -> None:
    old, new, used = (make.resource(italian, title) for title in ("Vecchia", "Nuova", "Usata"))
    for page, year in ((old, 2024), (new, 2026), (used, 2025)):
        ResourcePage.objects.filter(pk=page.pk).update(first_published_at=datetime(year, 1, 1, tzinfo=UTC))
    TakenCount.objects.create(page=new, n_people=5)
    TakenCount.objects.create(page=used, n_people=3)
    TakenCount.objects.create(page=make.translated(used, english, "Used", slug="used"), n_people=3)
    library = make.library(italian).url

    assert titles(client, library) == ["Vecchia", "Nuova", "Usata"]
    assert titles(client, library, sort="newest") == ["Nuova", "Usata", "Vecchia"]
    assert titles(client, library, sort="most-used") == ["Usata", "Nuova", "Vecchia"]
    assert titles(client, library, sort="nulla") == titles(client, library)


@pytest.mark.django_db
def test_orders_and_filters_keep_each_other(italian: Locale, client: Client) -> None:
    topic, other = make.topic(italian, "Percorsi"), make.topic(italian, "Botteghe")
    make.resource(italian, "Una", kind="guide", topics=[topic])
    make.resource(italian, "Due", kind="guide", topics=[topic, other])
    make.resource(italian, "Tre", kind="checklist", topics=[other])
    library = make.library(italian).url
    chosen = {"kind": "guide", "topic": "percorsi", "sort": "newest"}

    page = client.get(library, chosen).content.decode()

    links = set(re.findall(r'href="([?.][^"]*)"', page))
    assert links == {
        "?sort=newest",  # everything
        "?kind=checklist&amp;topic=percorsi&amp;sort=newest",
        "?topic=percorsi&amp;sort=newest",  # the kind taken away
        "?kind=guide&amp;topic=botteghe&amp;sort=newest",
        "?kind=guide&amp;sort=newest",  # the topic taken away
        "?kind=guide&amp;topic=percorsi",  # the library's own order
        "?kind=guide&amp;topic=percorsi&amp;sort=newest",
        "?kind=guide&amp;topic=percorsi&amp;sort=most-used",
    }
    assert titles(client, library, **chosen) == ["Due", "Una"]
    assert page.count('aria-current="true"') - client.get(library).content.decode().count('aria-current="true"') == 1


@pytest.mark.django_db
def test_a_filter_that_finds_nothing_suggests_the_two_most_used_of_what_is_near(
    italian: Locale, client: Client
) -> None:
    topic = make.topic(italian, "Percorsi")
    for title, n_people in (("Una", 1), ("Due", 9), ("Tre", 5)):
        page = make.resource(italian, title, kind="guide", topics=[])
        TakenCount.objects.create(page=page, n_people=n_people)
    make.resource(italian, "Lontana", kind="book", topics=[])
    make.resource(italian, "Quattro", kind="checklist", topics=[topic])
    library = make.library(italian).url

    assert titles(client, library, kind="guide", topic="percorsi") == []
    assert titles(client, library, level="h3", kind="guide", topic="percorsi") == ["Due", "Tre"]


@pytest.mark.django_db
def test_a_library_costs_the_same_however_it_is_asked(italian: Locale, client: Client) -> None:
    topic = make.topic(italian, "Percorsi")
    make.resource(italian, "Una", kind="guide", topics=[topic], document=make.document())
    LibraryPage.objects.update(introduction="Tutto gratis.")
    library = make.library(italian).url
    before = count_queries(client, library)
    make.resource(italian, "Due", kind="book", document=make.document("due.pdf"))

    asked = f"{library}?kind=guide&topic=percorsi&sort=most-used"
    assert [count_queries(client, address) for address in (library, asked)] == [before, before]
    assert before <= 12
