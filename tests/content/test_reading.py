"""How long a piece takes to read."""

import pytest
from wagtail.models import Locale

from content import reading
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
