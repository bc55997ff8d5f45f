"""What keeps a graph from being published. Drafts are saved with all their mistakes; only publishing refuses.

Each problem names its step and says what to do. Warnings do not refuse.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.journeys import durations, naming, paths
from campaigns.journeys.graph import BY_HAND, Entry, Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.steps import KINDS

MAX_STEPS = 300
STEP_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the list beside the outline."""

    step: str  # id; empty: the journey as a whole
    message: str
    is_warning: bool = False


def problems(graph: Graph, known: Known) -> list[Problem]:
    """All of them, in the order of the outline; empty: it may be published."""
    found = [*_of_entries(graph, known)]
    if graph.first is None:
        return [*found, Problem("", _("There is no step yet: add a first one."))]
    if len(graph.steps) > MAX_STEPS:
        message = _("More than %(n)d steps: let a part of them be a journey of its own.")
        return [*found, Problem("", message % {"n": MAX_STEPS})]
    reached = paths.reached(graph)
    for step in graph.steps:
        found.extend(Problem(step.id, message) for message in _of_step(step, graph, known, reached))
    found.extend(_of_rounds(graph, known))
    found.extend(_warnings(graph))
    return sorted(found, key=lambda problem: (problem.is_warning, graph.number(problem.step)))


def refusals(graph: Graph, known: Known) -> list[Problem]:
    """Those that keep it from being published."""
    return [problem for problem in problems(graph, known) if not problem.is_warning]


def _of_entries(graph: Graph, known: Known) -> Iterator[Problem]:
    if not graph.entries:
        yield Problem("", _("There is no way in: say what lets people begin."))
    for entry in graph.entries:
        message = _of_entry(entry, known)
        if message:
            yield Problem("", message)
    seconds = graph.reentry_seconds
    if seconds is not None and not durations.is_valid(seconds):
        yield Problem("", _("Say after how long people may enter again: from one minute to five years, or never."))


def _of_entry(entry: Entry, known: Known) -> str:
    if entry.on != BY_HAND and not naming.is_event(entry.on):
        return _("“%(event)s” is nothing that can happen: choose another way in.") % {"event": entry.on or "…"}
    if entry.thing is not None and not naming.thing(entry.thing, known):
        return _("A way in asks after something that is not there any more: choose another.")
    return ""


def _of_step(step: Step, graph: Graph, known: Known, reached: set[str]) -> Iterator[str]:
    if not STEP_ID.fullmatch(step.id):
        yield _("Its id may hold small letters, digits and hyphens, at most 40: delete the step and add it again.")
    if sum(other.id == step.id for other in graph.steps) > 1:
        yield _("Another step has the same id: delete one of the two.")
    kind = KINDS.get(step.kind)
    if kind is None:
        yield _("“%(kind)s” is no kind of step here: delete it.") % {"kind": step.kind}
        return
    yield from kind.problems(step, graph, known)
    for edge in kind.edges:
        target = kind.ways(step).get(edge.name)
        if target == "":
            yield _("It ends nowhere: choose where it goes on (%(edge)s).") % {"edge": edge.label}
        elif target is not None and target not in graph.by_id:
            yield _("It leads to a step that is not there (%(edge)s): choose another.") % {"edge": edge.label}
    if step.id not in reached:
        yield _("Nobody gets here: let another step lead to it, or delete it.")


def _of_rounds(graph: Graph, known: Known) -> Iterator[Problem]:
    for step_id in sorted(paths.endless(graph), key=graph.number)[:1]:
        yield Problem(step_id, _("A way leads round through it without end: make the way back a “Loop back” step."))
        return
    for loop, target in paths.loops(graph):
        shortest = paths.shortest_wait(graph, target, loop.id)
        if shortest is not None and shortest < known.loop_min_seconds:
            yield Problem(loop.id, _too_fast(graph, target, known))


def _too_fast(graph: Graph, target: str, known: Known) -> str:
    return _(
        "A person may come round too fast: between step %(number)d and here add a wait of at least %(wait)s, "
        "or wait until something happens."
    ) % {"number": graph.number(target), "wait": durations.words(known.loop_min_seconds)}


def _warnings(graph: Graph) -> Iterator[Problem]:
    if paths.endless(graph):
        return
    visits = paths.most_visits(graph)
    for step in graph.steps:
        if step.kind == "mail" and visits.get(step.id, 0) > 1:
            message = ngettext(
                "The same mail may reach a person %(n)d time.",
                "The same mail may reach a person %(n)d times.",
                visits[step.id],
            )
            yield Problem(step.id, message % {"n": visits[step.id]}, is_warning=True)
