"""The whole story as the seed draws it."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from campaigns.sample.model import acts, calendar, readers, walks
from campaigns.sample.model.acts import Click, Reading, Take
from campaigns.sample.model.calendar import Issue
from campaigns.sample.model.readers import Reader
from campaigns.sample.model.walks import Walk

Act = TypeVar("Act", Click, Reading, Take)


@dataclass(frozen=True)
class Plan:
    """Who, what and when; each list in the order of time."""

    day: date
    readers: list[Reader]
    issues: list[Issue]
    outcomes: dict[tuple[int, str], str]  # {(reader, issue): what became of the mail}
    clicks: list[Click]
    readings: list[Reading]
    takes: list[Take]
    walks: list[Walk]

    def digest(self) -> str:
        """The same for the same story."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def draw(seed: int, day: date) -> Plan:
    """The same story for the same seed and day."""
    people, issues = readers.draw(seed, day), calendar.issues(day)
    reached = acts.outcomes(people, issues)
    done = acts.draw(seed, people, issues, reached)
    walked = walks.draw(seed, day, people, done.takes, done.clicks)
    end = calendar.ends_at(day)
    return Plan(
        day,
        people,
        issues,
        reached,
        clicks=_until(end, [*done.clicks, *walked.clicks]),
        readings=_until(end, [*done.readings, *walked.readings]),
        takes=_until(end, [*done.takes, *walked.takes]),
        walks=sorted(walked.walks, key=lambda walk: (walk.began_at, walk.journey, walk.reader)),
    )


def _until(end: datetime, done: list[Act]) -> list[Act]:
    return sorted((act for act in done if act.at < end), key=lambda act: (act.at, act.reader, act.piece))
