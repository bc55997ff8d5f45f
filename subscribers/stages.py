"""The five A's of the customer path, read from evidence: aware, appeal, ask, act, advocate.

Pure. The highest stage with live evidence counts; stages may be skipped; one falls only when its evidence is too
old. The thresholds are our own (no book gives any) and every stage carries its reason.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from subscribers.models import Stage

ADVOCATE = timedelta(days=365)
ACT = timedelta(days=365)
ASK = timedelta(days=60)
APPEAL = timedelta(days=90)
AWARE = timedelta(days=180)
NEWLY_CONFIRMED = timedelta(days=30)
N_ARTICLES = 3  # different ones, on two days, show appeal
N_OF_ONE_TOPIC = 2


class Reason(TextChoices):
    """Why somebody stands at a stage; the label finishes the sentence "because this person …"."""

    ADVOCATED = "advocated", _("brought somebody or spoke for us")
    ACTED = "acted", _("did what an editor declared a decision")
    ASKED = "asked", _("downloaded, shared or asked")
    CAME_BACK = "came back", _("read the same article on two days")
    CHOSE = "chose topics", _("chose topics")
    ARTICLES = "articles", _("read three articles on two days")
    TOPIC = "topic", _("read two articles on one topic")
    READ = "read", _("read or clicked")
    CONFIRMED = "confirmed", _("confirmed the subscription")


@dataclass(frozen=True, slots=True)
class Visit:
    """One human visit to a page of ours."""

    at: datetime
    thing: str  # the page, whatever its language
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """What stages are read from."""

    visits: Sequence[Visit] = ()  # newest first
    marks: Mapping[str, datetime] | None = None  # newest act of each sort: confirmed, chose, ask, act, advocate
    last_seen_at: datetime | None = None  # of reads and clicks


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands."""

    stage: str
    reason: str  # a Reason, or empty for none
    until: datetime | None  # when to look again, because evidence expires; None: nothing will expire


def read(signs: Signs, now: datetime) -> Standing:
    """The highest stage whose evidence is alive at `now`."""
    for stage, reason, rule in RULES:
        until = rule(signs, now)
        if until is not None and until > now:
            return Standing(stage, reason, until)
    return Standing(Stage.NONE, "", None)


Rule = Callable[[Signs, datetime], datetime | None]


def _mark(name: str, life: timedelta) -> Rule:
    def rule(signs: Signs, now: datetime) -> datetime | None:
        at = (signs.marks or {}).get(name)
        return at + life if at else None

    return rule


def _seen(signs: Signs, now: datetime) -> datetime | None:
    return signs.last_seen_at + AWARE if signs.last_seen_at else None


def _came_back(signs: Signs, now: datetime) -> datetime | None:
    """The same page on two days."""
    days: dict[str, set[int]] = defaultdict(set)
    for visit in _within(signs, now, ASK):
        days[visit.thing].add(_day(visit.at))
        if len(days[visit.thing]) >= 2:
            return visit.at + ASK
    return None


def _articles(signs: Signs, now: datetime) -> datetime | None:
    """Enough different pages, on more than one day."""
    things, days = set(), set()
    for visit in _within(signs, now, APPEAL):
        things.add(visit.thing)
        days.add(_day(visit.at))
        if len(things) >= N_ARTICLES and len(days) >= 2:
            return visit.at + APPEAL
    return None


def _topic(signs: Signs, now: datetime) -> datetime | None:
    """Two different pages about one thing."""
    things: dict[str, set[str]] = defaultdict(set)
    for visit in _within(signs, now, APPEAL):
        for topic in visit.topics:
            things[topic].add(visit.thing)
            if len(things[topic]) >= N_OF_ONE_TOPIC:
                return visit.at + APPEAL
    return None


def _within(signs: Signs, now: datetime, life: timedelta) -> list[Visit]:
    return [visit for visit in signs.visits if visit.at + life > now]


def _day(at: datetime) -> int:
    return at.astimezone(UTC).toordinal()


RULES: tuple[tuple[str, str, Rule], ...] = (
    (Stage.ADVOCATE, Reason.ADVOCATED, _mark("advocate", ADVOCATE)),
    (Stage.ACT, Reason.ACTED, _mark("act", ACT)),
    (Stage.ASK, Reason.ASKED, _mark("ask", ASK)),
    (Stage.ASK, Reason.CAME_BACK, _came_back),
    (Stage.APPEAL, Reason.CHOSE, _mark("chose", APPEAL)),
    (Stage.APPEAL, Reason.ARTICLES, _articles),
    (Stage.APPEAL, Reason.TOPIC, _topic),
    (Stage.AWARE, Reason.READ, _seen),
    (Stage.AWARE, Reason.CONFIRMED, _mark("confirmed", NEWLY_CONFIRMED)),
)
