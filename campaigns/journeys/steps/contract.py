"""What a kind of step must be able to say. Each kind is one file beside this one; `steps` lists them.

To write one: subclass `Kind`, answer `look` from its arguments alone (no clock, no database), and name it
in `steps/__init__.py`. docs/journeys.md shows it at length.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.journeys.fields import Field, Words
from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Effect, Facts, Position


@dataclass(frozen=True, slots=True)
class Stay:
    """The person stays; look again then, or when an event wakes the run."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Go:
    """The person leaves by this edge."""

    edge: str
    why: str = ""
    seen: Mapping[str, object] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """The journey is over for the person."""

    why: str = ""
    effects: tuple[Effect, ...] = ()


Decision = Stay | Go | Stop


@dataclass(frozen=True, slots=True)
class Edge:
    """A way out of a step."""

    name: str
    label: Words  # as the outline says it: "if yes"
    is_back: bool = False  # leads to an earlier step, a limited number of times


class Kind:
    """One kind of step."""

    name: str  # in the JSON
    label: Words
    help: Words  # one sentence
    icon: str
    edges: tuple[Edge, ...] = (Edge("next", ""),)
    fields: tuple[Field, ...] = ()
    is_wait: bool = False  # a look may end here until its time comes: what lies behind is not looked at
    is_pause: bool = False  # hands the pace to the person: a loop through it needs no wait

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Decision:
        """Where the person goes from here; from the arguments alone."""
        raise NotImplementedError

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """What keeps the step from being published, each as a sentence that says what to do."""
        return iter(())

    def ways(self, step: Step) -> dict[str, str]:
        """The ways out that are in use: name of the edge → id of a step, which may be missing."""
        return {edge.name: step.edges.get(edge.name, "") for edge in self.edges}

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """The step in one plain line."""
        return str(self.label)

    def listens(self, step: Step) -> str:
        """The kind of event that must wake a person here; empty: none."""
        return ""

    def reads(self, step: Step) -> str:
        """The kind of event whose acts the step wants to see; empty: none."""
        return self.listens(step)

    def asks(self, step: Step) -> object | None:
        """A rule tree about the person that must be answered before the look; None: none."""
        return None

    def wait_seconds(self, step: Step) -> int:
        """The shortest time a person spends here."""
        return 0
