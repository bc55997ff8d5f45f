"""Where a person goes next: one pure function of graph, position, facts and time.

It guarantees, for a published graph: the same arguments give the same answer; a call ends after at most
MAX_MOVES moves; each visit (step, lap) is passed once; a loop step is passed by its way back fewer times
than its lap limit; the position it gives either is over or says when to look again; and each effect
carries a key of its visit, so that telling it twice does nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.position import Broken, Effect, Facts, Passed, Position
from campaigns.journeys.steps import KINDS
from campaigns.journeys.steps.contract import Go, Stay, Stop

# Steps of one look. A published graph needs fewer than it has steps; the rest is left to the next look.
MAX_MOVES = 200


def advance(graph: Graph, position: Position, facts: Facts, now: datetime) -> tuple[Position, tuple[Effect, ...]]:
    """The person's new position, and what must be done with it, in order.

    Raises: Broken when the graph has no such step, kind or way.
    """
    effects: list[Effect] = []
    for _ in range(MAX_MOVES):
        if position.is_over:
            return position, tuple(effects)
        step = _step(graph, position.step)
        decision = KINDS[step.kind].look(step, position, facts, now)
        if isinstance(decision, Stay):
            return replace(position, due_at=decision.until, is_moved_by_hand=False), tuple(effects)
        effects.extend(decision.effects)
        effects.append(_passed(position, decision, now))
        facts = _remembering(facts, position, now)
        position = _moved(graph, position, step, decision, now)
        facts = replace(facts, entered={**facts.entered, position.step: position.entered_step_at})
    return replace(position, due_at=now), tuple(effects)


def begin(graph: Graph, run_id: int, now: datetime) -> Position:
    """The position of somebody who comes in now. Raises: Broken when there is no step."""
    if graph.first is None:
        raise Broken("the journey has no step")
    return Position(run_id, graph.first.id, {graph.first.id: 1}, now, now)


def _step(graph: Graph, step_id: str) -> Step:
    step = graph.by_id.get(step_id)
    if step is None:
        raise Broken(f"there is no step {step_id!r}")
    if step.kind not in KINDS:
        raise Broken(f"step {step_id!r} is of the unknown kind {step.kind!r}")
    return step


def _passed(position: Position, decision: Go | Stop, now: datetime) -> Passed:
    outcome, seen = (decision.edge, decision.seen) if isinstance(decision, Go) else ("end", {})
    return Passed(position.step, position.lap, position.entered_step_at, now, outcome, decision.why, seen)


def _remembering(facts: Facts, position: Position, now: datetime) -> Facts:
    entered: Mapping[str, datetime] = {**facts.entered, position.step: position.entered_step_at}
    return replace(facts, entered=entered, left={**facts.left, position.step: now})


def _moved(graph: Graph, position: Position, step: Step, decision: Go | Stop, now: datetime) -> Position:
    if isinstance(decision, Stop):
        return replace(position, due_at=None, is_over=True, why=decision.why, is_moved_by_hand=False)
    target = step.edges.get(decision.edge, "")
    if target not in graph.by_id:
        raise Broken(f"step {step.id!r} has no way {decision.edge!r}")
    visits = {**position.visits, target: position.visits.get(target, 0) + 1}
    return Position(position.run_id, target, visits, now, now, timedelta())
