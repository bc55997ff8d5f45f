"""The publication's own pace, measured: how long its pieces are and how many it brings a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count

from content import reading
from content.models import ArticlePage

PACE_WEEKS = 13  # over which the pace is measured
ASSUMED_WORDS = 600  # of a piece, where nothing has been published that could be measured
EXAMPLES = (2, 5, 10, 20)  # minutes a day in the table that needs no script


@dataclass(frozen=True)
class Example:
    """A row of the table: so many minutes a day make so many pieces a week."""

    minutes: int
    n_pieces: int


@dataclass(frozen=True)
class Pace:
    """What the reading rhythm is worked out from: this publication as it is, measured."""

    words: int  # of an average piece
    words_per_minute: int  # of an unhurried reader in this language
    a_week: float | None  # pieces published a week of late; None before the first
    examples: list[Example]


def measured(language: str, now: datetime) -> Pace:
    """Length and frequency of our own pieces in a language; one query."""
    rate = reading.WORDS_PER_MINUTE.get(language, reading.WORDS_PER_MINUTE[reading.DEFAULT])
    since = now - timedelta(weeks=PACE_WEEKS)
    recent = ArticlePage.objects.live().filter(locale__language_code=language, published_at__range=(since, now))
    found = recent.filter(reading_seconds__gt=0).aggregate(seconds=Avg("reading_seconds"), n=Count("pk"))
    words = round(found["seconds"] * rate / 60) if found["n"] else ASSUMED_WORDS
    return Pace(
        words=words,
        words_per_minute=rate,
        a_week=found["n"] / PACE_WEEKS if found["n"] else None,
        examples=[Example(minutes, minutes * 7 * rate // words) for minutes in EXAMPLES],
    )
