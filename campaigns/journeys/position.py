"""Where one person stands in a graph, what is known about them, and what a look at it leads to: values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaigns.journeys.graph import Act


@dataclass(frozen=True, slots=True)
class Position:
    """One person's place. `visits` counts each step's visits begun; that of `step` is the lap."""

    run_id: int
    step: str
    visits: Mapping[str, int]
    entered_step_at: datetime
    due_at: datetime | None  # when to look again; None once it is over
    frozen_for: timedelta = timedelta()  # how long the journey was paused while the person stood here
    is_moved_by_hand: bool = False  # this look leaves the wait
    is_over: bool = False
    why: str = ""  # how it came to its end

    @property
    def lap(self) -> int:
        """Which visit to the step this is, from 1."""
        return self.visits.get(self.step, 1)

    def key(self) -> str:
        """What makes an effect of this visit the same one when it is told twice."""
        return f"run:{self.run_id}:step:{self.step}:lap:{self.lap}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a look may know about the person beside their position."""

    began_at: datetime  # when the run began
    acts: tuple[Act, ...] = ()  # oldest first, since the run began
    answers: Mapping[str, bool] = field(default_factory=dict)  # step id → does the rule it asks hold
    entered: Mapping[str, datetime] = field(default_factory=dict)  # step id → newest entry
    left: Mapping[str, datetime] = field(default_factory=dict)  # step id → newest leaving


@dataclass(frozen=True, slots=True)
class Passed:
    """A visit that is over: one row of the history."""

    step: str
    lap: int
    entered_at: datetime
    left_at: datetime
    outcome: str  # name of the edge taken; "end" where none is
    why: str = ""
    seen: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to the person."""

    key: str
    step: str
    email: str  # translation key of an Email


@dataclass(frozen=True, slots=True)
class Enter:
    """The person goes on in another journey."""

    key: str
    journey_id: int


Effect = Passed | Mail | Enter


class Broken(Exception):
    """A frozen graph that cannot be walked: its message names the step."""
