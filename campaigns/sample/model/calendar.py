"""When the sample's issues left and what stands in them, and when its journeys were looked at."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from campaigns.sample import letters, texts, words

THURSDAY = 3
SENT_AT = time(7, 30)  # in the site's zone
PAUSE = timedelta(hours=3)
LOOKED_AT = time(8, 0)  # UTC, so that a change of summer time moves no wait
N_DAYS_OF_JOURNEYS = 14  # before the reference day they went live; the first look is a day later
LOOK_SECONDS = (0, 125, 250)  # of each day: letting in, then after one and after two waits of two minutes
ASIDE = timedelta(minutes=10)  # a look with its two waits takes less
CARD = re.compile(r"^(article|resource): ([a-z-]+)$", re.MULTILINE)
TOPICS = re.compile(r"^topics: \[(.*)\]$", re.MULTILINE)

# Text, newsletter, days before the last letter, how much it appeals. All letters leave on Thursdays.
ISSUES = (
    ("lettera-1", letters.LETTER, 70, 0.8),
    ("taccuino-1", letters.NOTEBOOK, 58, 0.9),
    ("lettera-2", letters.LETTER, 42, 1.5),
    ("lettera-3", letters.LETTER, 21, 0.7),
    ("minuto-1", letters.MINUTE, 3, 1.1),
    ("lettera-4", letters.LETTER, 0, 1.0),
)
PAUSED = "lettera-3"  # halfway, for PAUSE
SCHEDULED, SCHEDULED_IN_DAYS = "minuto-2", 4
BEFORE_MAIL = timedelta(minutes=15)  # the web version is there when its mail comes
READY, FAULTY = "lettera-5", "taccuino-2"
READY_FOR_DAYS = 30  # then the translation is published, sent or not
DRAFTS = {READY: letters.LETTER, FAULTY: letters.NOTEBOOK, SCHEDULED: letters.MINUTE}


@dataclass(frozen=True)
class Issue:
    """One issue that was sent."""

    key: str  # its text
    newsletter: str  # key of the purpose
    at: datetime
    appeal: float  # 1: as many go on as their temperament says
    pieces: tuple[str, ...]  # articles/capovolto, resources/tela; in the order of the mail

    @property
    def settled_at(self) -> datetime:
        """When every mail of it was accepted for certain."""
        return self.at + (PAUSE if self.key == PAUSED else timedelta()) + timedelta(minutes=20)

    @property
    def resource(self) -> str:
        """The resource it offers; empty for none."""
        return next((piece for piece in self.pieces if piece.startswith("resources/")), "")


def issues(day: date) -> list[Issue]:
    """The six that were sent, the earliest first."""
    last = days_since_letter(day)
    return [
        Issue(key, newsletter, texts.moment(day, last + days, SENT_AT), appeal, pieces_of("issues", key))
        for key, newsletter, days, appeal in ISSUES
    ]


def days_since_letter(day: date) -> int:
    """Days from the last Thursday on which all its readers had a day to read: 2 to 8."""
    days = (day.weekday() - THURSDAY) % 7
    return days if days >= 2 else days + 7


def scheduled_at(day: date) -> datetime:
    """When the scheduled issue leaves."""
    return texts.moment(day, -SCHEDULED_IN_DAYS, SENT_AT)


def ready_until(day: date) -> datetime:
    """When the translation of the ready issue is published."""
    return texts.moment(day, -READY_FOR_DAYS, SENT_AT)


def journeys_opened_at(day: date) -> datetime:
    """When the journeys went live."""
    return datetime.combine(day - timedelta(days=N_DAYS_OF_JOURNEYS), time(0), UTC)


def looks(day: date) -> list[datetime]:
    """The first look of each day since the journeys went live, up to the day before the reference day."""
    return [
        datetime.combine(day - timedelta(days=days), LOOKED_AT, UTC) for days in range(N_DAYS_OF_JOURNEYS - 1, 0, -1)
    ]


def ends_at(day: date) -> datetime:
    """When the story ends: after the last look; nobody does anything later."""
    return looks(day)[-1] + ASIDE


def aside(at: datetime) -> datetime:
    """The same moment, or a little later: in the minutes of a look journeys alone wait for clicks."""
    moment = at.astimezone(UTC)
    look = moment.replace(hour=LOOKED_AT.hour, minute=LOOKED_AT.minute, second=0, microsecond=0)
    return at + ASIDE if timedelta() <= moment - look < ASIDE else at


@cache
def pieces_of(folder: str, name: str) -> tuple[str, ...]:
    """What the cards of a mail lead to, as folder/name, in order."""
    source = (texts.ROOT / texts.LANGUAGES[0] / folder / f"{name}.md").read_text(encoding="utf-8")
    return tuple(place(kind, what) for kind, what in CARD.findall(source))


def place(kind: str, name: str) -> str:
    """The folder and name of the text that a card means."""
    if kind == "resource":
        return f"resources/{name}"
    return next(f"{one}/{name}" for one in ("articles", "column") if name in texts.names(one))


@cache
def topics_of(piece: str) -> frozenset[int]:
    """Places of a piece's topics in the list of topics."""
    source = (texts.ROOT / texts.LANGUAGES[0] / f"{piece}.md").read_text(encoding="utf-8")
    found = TOPICS.search(source)
    names = found[1].split(", ") if found else []
    known = [given["it"]["name"] for given in words.topics().values()]
    return frozenset(known.index(name) for name in names)
