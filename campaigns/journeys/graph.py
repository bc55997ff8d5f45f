"""What a journey's JSON says, as values that do not change.

Reading never fails: a draft with mistakes is read as far as it goes, `validation` says what is missing.
People begin at the first step of the list; every other way is an edge.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

BY_HAND = "by_hand"  # an entry's `on`: entered by a person, or sent here by another journey


@dataclass(frozen=True, slots=True)
class Act:
    """One event of the person, as a journey sees it; acts of machines are never among them."""

    event_id: int
    kind: str
    occurred_at: Any  # aware datetime, UTC
    object_kind: str = ""
    object_key: str = ""
    translation: str = ""  # of the page, the same in each language; hex without dashes
    topics: tuple[str, ...] = ()  # translation keys, hex without dashes
    title: str = ""
    url: str = ""
    step: str = ""  # the step of this journey whose mail it came from
    grant: int = 0  # the right that was given, of a resource
    is_judged: bool = True  # False: it still waits to be told human from machine


@dataclass(frozen=True, slots=True)
class Thing:
    """What an act must have happened to. A page or a topic is named by its translation key."""

    kind: str  # page, resource, topic, or any object_kind of an event
    key: str

    def fits(self, act: Act) -> bool:
        """Whether the act happened to it, in any language."""
        if self.kind == "topic":
            return plain(self.key) in act.topics
        if self.kind in ("page", "resource") and act.translation:
            return plain(self.key) == act.translation
        return self.kind == act.object_kind and self.key == act.object_key


@dataclass(frozen=True, slots=True)
class Entry:
    """One way in: an event of this kind, on this thing where one is named; or by hand."""

    on: str  # a kind of event, or BY_HAND
    thing: Thing | None = None

    def admits(self, act: Act) -> bool:
        """Whether the act lets its person in."""
        return self.on == act.kind and (self.thing is None or self.thing.fits(act))


@dataclass(frozen=True, slots=True)
class Step:
    """One node; `kind` names a file of `steps/`, which alone understands `settings` and `edges`."""

    id: str
    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    edges: Mapping[str, str] = field(default_factory=dict)  # name of the edge → id of a step


@dataclass(frozen=True)
class Graph:
    """The whole of a journey."""

    entries: tuple[Entry, ...] = ()
    reentry_seconds: int | None = None  # after the last entry; None: once in a lifetime
    steps: tuple[Step, ...] = ()

    @property
    def first(self) -> Step | None:
        """Where people begin; None in an empty draft."""
        return self.steps[0] if self.steps else None

    @cached_property
    def by_id(self) -> dict[str, Step]:
        """Steps by their id; of two with one id the first."""
        return {step.id: step for step in reversed(self.steps)}

    def number(self, step_id: str) -> int:
        """The place in the outline, from 1; 0 where there is no such step."""
        return next((place for place, step in enumerate(self.steps, 1) if step.id == step_id), 0)

    def reachable(self, start: str, *, stops: Callable[[Step], bool] = lambda step: False) -> set[str]:
        """Ids of the steps that can be reached from `start`, itself included.

        The ways out of a step for which `stops` holds are not followed, but for `start`.
        """
        found, waiting = {start}, [start]
        while waiting:
            step = self.by_id.get(waiting.pop())
            if step is None or (step.id != start and stops(step)):
                continue
            fresh = {target for target in step.edges.values() if target in self.by_id} - found
            found |= fresh
            waiting.extend(fresh)
        return found


def plain(key: str) -> str:
    """A translation key as it is compared: hex without dashes, small letters."""
    return key.replace("-", "").lower()


def read(data: object) -> Graph:
    """The graph of a JSON value, as far as it can be understood."""
    tree = data if isinstance(data, dict) else {}
    seconds = tree.get("reentry_seconds")
    return Graph(
        entries=tuple(Entry(str(row.get("on") or ""), read_thing(row.get("object"))) for row in _rows(tree, "entries")),
        reentry_seconds=seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else None,
        steps=tuple(_step(row) for row in _rows(tree, "steps")),
    )


def read_thing(data: object) -> Thing | None:
    """`{"kind": …, "key": …}` as a value; None for anything else or an empty key."""
    if not isinstance(data, dict) or not data.get("kind") or not data.get("key"):
        return None
    return Thing(str(data["kind"]), str(data["key"]))


def _rows(tree: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    rows = tree.get(name)
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())


def _step(row: Mapping[str, Any]) -> Step:
    settings, edges = row.get("settings"), row.get("edges")
    return Step(
        id=str(row.get("id") or ""),
        name=str(row.get("name") or ""),
        kind=str(row.get("kind") or ""),
        settings=settings if isinstance(settings, dict) else {},
        edges={str(name): str(to) for name, to in edges.items() if to} if isinstance(edges, dict) else {},
    )
