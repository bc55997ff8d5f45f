"""What stands beside a piece."""

from datetime import timedelta

import pytest
from wagtail.models import Locale

from content import neighbours
from content.models import ArticlePage
from tests.factories import content as make

DAY = timedelta(days=1)


def keys(page: ArticlePage) -> list:
    return [topic.translation_key for topic in page.topics.all()]


@pytest.mark.django_db
def test_previous_and_next_stay_inside_the_column(italian: Locale) -> None:
    column = make.column(italian)
    older = make.article(italian, "Prima", parent=column, published_at=make.WRITTEN_AT - DAY)
    here = make.article(italian, "Qui", parent=column)
    make.article(italian, "Altrove", published_at=make.WRITTEN_AT + DAY / 2)
    newer = make.article(italian, "Dopo", parent=column, published_at=make.WRITTEN_AT + DAY)

    found = neighbours.of(here)

    assert (found.previous, found.next) == (older, newer)


@pytest.mark.django_db
def test_pieces_of_the_same_moment_follow_one_another(italian: Locale) -> None:
    first, second, third = (make.article(italian, title) for title in ("Uno", "Due", "Tre"))

    assert [neighbours.of(page).previous for page in (first, second, third)] == [None, first, second]
    assert [neighbours.of(page).next for page in (first, second, third)] == [second, third, None]


@pytest.mark.django_db
def test_drafts_and_other_languages_are_no_neighbours(italian: Locale, english: Locale) -> None:
    here = make.article(italian, "Qui")
    make.translated(here, english, "Here")
    make.article(italian, "Bozza", published_at=make.WRITTEN_AT + DAY).unpublish()
    make.article(english, "Elsewhere", published_at=make.WRITTEN_AT + DAY)

    assert neighbours.of(here) == neighbours.Neighbours(previous=None, next=None, related=[])


@pytest.mark.django_db
def test_related_share_most_topics_first_and_never_stand_beside(italian: Locale) -> None:
    loops, people, tools = (make.topic(italian, name) for name in ("Giri", "Persone", "Strumenti"))
    titles = {"Nessuno": [], "Uno": [loops], "Due": [loops, people], "Vicino": [loops, people], "Altro": [tools]}
    pages = {
        title: make.article(italian, title, topics=topics, published_at=make.WRITTEN_AT - DAY * (9 - number))
        for number, (title, topics) in enumerate(titles.items())
    }
    pages["Vicino"].published_at = make.WRITTEN_AT - DAY / 2
    pages["Vicino"].save()
    here = make.article(italian, "Qui", topics=[loops, people])

    found = neighbours.of(here, keys(here))

    assert found.previous == pages["Vicino"]
    assert found.related == [pages["Due"], pages["Uno"], pages["Altro"]]


@pytest.mark.django_db
def test_neighbours_cost_one_query(italian: Locale, django_assert_num_queries: object) -> None:
    topic = make.topic(italian)
    for number in range(4):
        make.article(italian, f"Pezzo {number}", topics=[topic])
    here = make.article(italian, "Qui", topics=[topic])
    wanted = keys(here)

    with django_assert_num_queries(1):
        found = neighbours.of(here, wanted)

    assert len(found.related) == 3
