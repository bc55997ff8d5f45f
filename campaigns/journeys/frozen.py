"""Published graphs, read once in each process: a version never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from campaigns.journeys.graph import Graph, Step, read
from campaigns.journeys.steps import KINDS
from campaigns.models import JourneyVersion

KEPT = 512  # versions a process remembers; about 20 kB each


@dataclass(frozen=True)
class Needs:
    """What a look at one step may have to know, wherever it leads before the next wait."""

    listens: frozenset[str] = frozenset()  # kinds of events that wake a person there
    reads: frozenset[str] = frozenset()  # kinds of events whose acts are looked at
    rules: Mapping[str, object] = field(default_factory=dict)  # step id → rule tree to be answered


def graph(version_id: int) -> Graph:
    """The graph of a version. Raises: JourneyVersion.DoesNotExist."""
    return _graph(connection.settings_dict["NAME"], version_id)


def needs(version_id: int, step_id: str) -> Needs:
    """What a look at this step of a version may need."""
    return _needs(connection.settings_dict["NAME"], version_id, step_id)


@lru_cache(maxsize=KEPT)
def _graph(database: str, version_id: int) -> Graph:
    return read(JourneyVersion.objects.values_list("graph", flat=True).get(pk=version_id))


@lru_cache(maxsize=KEPT * 20)
def _needs(database: str, version_id: int, step_id: str) -> Needs:
    frozen = _graph(database, version_id)
    ahead = [frozen.by_id[step] for step in frozen.reachable(step_id, stops=_is_wait) if step in frozen.by_id]
    known = [(step, KINDS[step.kind]) for step in ahead if step.kind in KINDS]
    return Needs(
        listens=frozenset(kind.listens(step) for step, kind in known) - {""},
        reads=frozenset(kind.reads(step) for step, kind in known) - {""},
        rules={step.id: tree for step, kind in known if (tree := kind.asks(step)) is not None},
    )


def _is_wait(step: Step) -> bool:
    return step.kind in KINDS and KINDS[step.kind].is_wait
