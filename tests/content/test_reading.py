"""How long a piece takes to read."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from wagtail.models import Locale

from content import reading
from content.models import ArticlePage
from tests.factories import content as make


@pytest.mark.django_db
def test_reading_time_counts_words_of_every_block_by_the_language(italian: Locale, english: Locale) -> None:
    words = "<p>" + "parola " * 200 + "</p>"
    body = [("heading", "Venti parole " * 10), ("text", words)]

    in_italian = make.article(italian, "Lungo", body=body)
    in_english = make.article(english, "Long", body=body)

    assert in_italian.reading_seconds == 60
    assert in_english.reading_seconds == 58


@pytest.mark.django_db
def test_reading_time_adds_seconds_for_each_figure(italian: Locale) -> None:
    figure = {"image": make.image(), "caption": "", "credit": ""}

    page = make.article(italian, body=[("figure", figure), ("figure", figure)])

    assert page.reading_seconds == pytest.approx(2 * reading.SECONDS_PER_FIGURE, abs=2)


@pytest.mark.parametrize(("n_seconds", "shown"), [(0, 0), (1, 1), (60, 1), (89, 1), (91, 2), (600, 10)])
def test_minutes_are_whole_and_at_least_one(n_seconds: int, shown: int) -> None:
    assert reading.minutes(n_seconds) == shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "is_updated"),
    [
        (0, 0, False),
        (0, 0.9, False),
        (0, 1, True),
        (400, 400, False),
        (400, 400.5, False),
        (400, 402, True),
        (-9, 0, False),
    ],
)
def test_an_article_is_updated_by_a_second_publication_a_day_after_its_date(
    first: float, last: float, is_updated: bool
) -> None:
    written = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    days = [written + timedelta(days=number) for number in (first, last)]

    page = ArticlePage(published_at=written, first_published_at=days[0], last_published_at=days[1])

    assert page.updated_at == (days[1] if is_updated else None)


@pytest.mark.django_db
def test_an_article_says_when_it_was_updated_to_readers_and_machines(italian: Locale, client: Client) -> None:
    page = make.article(italian)
    at = make.WRITTEN_AT + timedelta(days=30)
    ArticlePage.objects.filter(pk=page.pk).update(first_published_at=make.WRITTEN_AT, last_published_at=at)
    updated = client.get(page.url).content.decode()
    ArticlePage.objects.filter(pk=page.pk).update(first_published_at=at)
    imported = client.get(page.url).content.decode()

    assert '<time datetime="2026-04-01T10:00:00+02:00">1 aprile 2026</time></span>' in updated
    assert '"dateModified": "2026-04-01T08:00:00+00:00"' in updated
    assert ("dateModified" in imported, "1 aprile 2026" in imported) == (False, False)
