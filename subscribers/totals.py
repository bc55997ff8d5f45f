"""What the events of one person add up to: a pure fold that gives the same whatever the order of the events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from subscribers import decay, stages
from subscribers.models import Event, Evidence, Kind

N_RECENT = 16  # visits kept for the stages
SHORT = 12  # characters of a key kept in visits: enough to tell things apart
# How much an act says about interest in the topics of its page.
INTEREST = {Kind.PAGE_READ: 1.0, Kind.LINK_CLICKED: 1.0, Kind.RESOURCE_DOWNLOADED: 2.5, Kind.PAGE_SHARED: 2.0}
COUNTS = {
    Kind.PAGE_READ: "n_reads",
    Kind.LINK_CLICKED: "n_clicks",
    Kind.RESOURCE_DOWNLOADED: "n_downloads",
    Kind.PAGE_SHARED: "n_shares",
}
# A button was pressed behind our guards: a person, unless somebody found otherwise.
PRESSED = {
    Kind.SIGNUP_ASKED,
    Kind.CONSENT_CONFIRMED,
    Kind.CONSENT_WITHDRAWN,
    Kind.PREFERENCE_CHANGED,
    Kind.TOPICS_CHOSEN,
    Kind.RESOURCE_GRANTED,
}
MARKS = {
    Kind.CONSENT_CONFIRMED: "confirmed",
    Kind.TOPICS_CHOSEN: "chose",
    Kind.RESOURCE_DOWNLOADED: "ask",
    Kind.PAGE_SHARED: "ask",
}
DECLARED = {"ask", "act", "advocate"}  # what an event from outside may count as, by `counts_as` in its payload
OTHERS_HANDS = ("import", "admin", "journey", "api")  # sources where somebody else acted


@dataclass(frozen=True, slots=True)
class Totals:
    """The columns of `Facts` as values."""

    last_human_at: datetime | None = None
    last_click_at: datetime | None = None
    last_read_at: datetime | None = None
    n_reads: int = 0
    n_clicks: int = 0
    n_downloads: int = 0
    n_shares: int = 0
    affinity: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)  # topic: exact sum, last act
    rhythm: tuple[int, ...] = (0,) * 24
    recent: tuple[stages.Visit, ...] = ()  # newest first
    marks: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def signs(self) -> stages.Signs:
        """What the stage is read from."""
        seen = [at for at in (self.last_read_at, self.last_click_at) if at]
        return stages.Signs(self.recent, self.marks, max(seen, default=None))


def fold(totals: Totals, event: Event, zone: ZoneInfo) -> Totals:
    """The totals with one more event; `zone` is the person's, for the hour of the day."""
    is_hand = is_human(event)
    changes: dict[str, object] = {}
    mark = _mark(event)
    if mark and (is_hand or event.evidence != Evidence.MACHINE):
        changes["marks"] = {**totals.marks, mark: _later(totals.marks.get(mark), event.occurred_at)}
    if is_hand:
        hour = event.occurred_at.astimezone(zone).hour
        changes["last_human_at"] = _later(totals.last_human_at, event.occurred_at)
        changes["rhythm"] = tuple(n + (place == hour) for place, n in enumerate(totals.rhythm))
        changes |= _counted(totals, event)
    return replace(totals, **changes) if changes else totals  # type: ignore[arg-type]


def is_human(event: Event) -> bool:
    """Whether the event shows that the person was there."""
    if event.evidence == Evidence.HUMAN:
        return event.kind in COUNTS or event.kind in PRESSED or event.kind == Kind.MAIL_OPENED
    if event.evidence == Evidence.MACHINE or event.kind not in PRESSED:
        return False
    return not event.source.startswith(OTHERS_HANDS)


def _mark(event: Event) -> str | None:
    if event.kind.startswith("custom."):
        declared = event.payload.get("counts_as")
        return declared if isinstance(declared, str) and declared in DECLARED else None
    if event.kind in COUNTS and event.evidence != Evidence.HUMAN:
        return None
    return MARKS.get(Kind(event.kind)) if event.kind in MARKS else None


def _counted(totals: Totals, event: Event) -> dict[str, object]:
    if event.kind not in COUNTS:
        return {}
    name = COUNTS[Kind(event.kind)]
    changes: dict[str, object] = {name: getattr(totals, name) + 1}
    if event.kind == Kind.PAGE_READ:
        changes["last_read_at"] = _later(totals.last_read_at, event.occurred_at)
    if event.kind == Kind.LINK_CLICKED:
        changes["last_click_at"] = _later(totals.last_click_at, event.occurred_at)
    topics = topics_of(event)
    if topics:
        changes["affinity"] = _warmed(totals.affinity, topics, event)
    thing = event.payload.get("translation")
    if isinstance(thing, str) and thing:
        visit = stages.Visit(_second(event.occurred_at), thing[:SHORT], tuple(topic[:SHORT] for topic in topics))
        newest = sorted((*totals.recent, visit), key=lambda v: (v.at, v.thing, v.topics), reverse=True)
        changes["recent"] = tuple(newest[:N_RECENT])
    return changes


def topics_of(event: Event) -> tuple[str, ...]:
    """Translation keys of the topics of the page, each once, in order; empty where the payload holds none."""
    topics = event.payload.get("topics")
    if not isinstance(topics, list):
        return ()
    return tuple(sorted({topic[:64] for topic in topics if isinstance(topic, str) and topic}))[:20]


def _warmed(
    affinity: Mapping[str, tuple[int, datetime]], topics: tuple[str, ...], event: Event
) -> dict[str, tuple[int, datetime]]:
    added = decay.grains(INTEREST[Kind(event.kind)], event.occurred_at)
    warmed = dict(affinity)
    for topic in topics:
        total, last = affinity.get(topic, (0, event.occurred_at))
        warmed[topic] = (total + added, max(last, event.occurred_at))
    return warmed


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


class Row(NamedTuple):
    """A row of facts as the database gives it, with the zone its person lives in now."""

    pk: int
    last_human_at: datetime | None
    last_click_at: datetime | None
    last_read_at: datetime | None
    n_reads: int
    n_clicks: int
    n_downloads: int
    n_shares: int
    affinity: dict[str, tuple[float, str, str, float]]
    rhythm: list[int]
    recent: list[tuple[int, str, list[str]]]
    marks: dict[str, str]
    zone: str
    zone_now: str


def of_row(row: Row) -> Totals:
    """The totals as they stand in a row."""
    return Totals(
        last_human_at=row.last_human_at,
        last_click_at=row.last_click_at,
        last_read_at=row.last_read_at,
        n_reads=row.n_reads,
        n_clicks=row.n_clicks,
        n_downloads=row.n_downloads,
        n_shares=row.n_shares,
        affinity={
            topic: (int(exact, 16), datetime.fromisoformat(last)) for topic, (_, last, exact, _) in row.affinity.items()
        },
        rhythm=tuple(row.rhythm) or (0,) * 24,
        recent=tuple(
            stages.Visit(datetime.fromtimestamp(at, UTC), thing, tuple(topics)) for at, thing, topics in row.recent
        ),
        marks={name: datetime.fromisoformat(at) for name, at in row.marks.items()},
    )


def as_columns(totals: Totals) -> dict[str, object]:
    """The totals as JSON for the columns of a row; times in ISO 8601."""
    return {
        "last_human_at": _iso(totals.last_human_at),
        "last_click_at": _iso(totals.last_click_at),
        "last_read_at": _iso(totals.last_read_at),
        "n_reads": totals.n_reads,
        "n_clicks": totals.n_clicks,
        "n_downloads": totals.n_downloads,
        "n_shares": totals.n_shares,
        "affinity": {
            topic: [decay.weight(total, last), _iso(last), f"{total:x}", decay.level(total)]
            for topic, (total, last) in totals.affinity.items()
        },
        "rhythm": list(totals.rhythm),
        "recent": [[int(visit.at.timestamp()), visit.thing, list(visit.topics)] for visit in totals.recent],
        "marks": {name: _iso(at) for name, at in totals.marks.items()},
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
