"""Ways through a graph: what is reached, what goes round, how fast, and how often at most."""

import math
from collections.abc import Mapping
from functools import cache

from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.steps import KINDS

State = tuple[str, frozenset[tuple[str, int]]]  # (step, ways back taken so far of each loop step)
MOST_STATES = 20_000  # beyond it the number of mails is an upper bound that is quick to work out


def ahead(graph: Graph, *, with_loops: bool = False) -> dict[str, set[str]]:
    """For each step the steps it leads to; the ways back of loop steps only on demand."""
    ways: dict[str, set[str]] = {step.id: set() for step in graph.steps}
    for step in graph.by_id.values():
        kind = KINDS.get(step.kind)
        back = {edge.name for edge in kind.edges if edge.is_back} if kind else set()
        for name, target in (kind.ways(step) if kind else {}).items():
            if target in graph.by_id and (with_loops or name not in back):
                ways[step.id].add(target)
    return ways


def reached(graph: Graph) -> set[str]:
    """Ids of the steps people can come to."""
    return _from(ahead(graph, with_loops=True), graph.steps[0].id)


def loops(graph: Graph) -> list[tuple[Step, str]]:
    """Each loop step with the id of the step it leads back to, where that exists."""
    return [
        (step, step.edges[edge.name])
        for step in graph.by_id.values()
        for edge in (KINDS[step.kind].edges if step.kind in KINDS else ())
        if edge.is_back and step.edges.get(edge.name) in graph.by_id
    ]


def endless(graph: Graph) -> set[str]:
    """Ids of steps on a round that no loop step limits."""
    ways = ahead(graph)
    return {start for start, targets in ways.items() if any(start in _from(ways, target) for target in targets)}


def shortest_wait(graph: Graph, start: str, end: str) -> int | None:
    """Seconds a person spends at least from `start` to `end`, loops left aside.

    None: there is no way, or each leads through a step that waits for the person.
    Takes a graph without endless rounds.
    """
    ways = ahead(graph)

    @cache
    def least(step_id: str) -> float:
        step = graph.by_id[step_id]
        kind = KINDS.get(step.kind)
        here = float("inf") if kind is None or kind.is_pause else kind.wait_seconds(step)
        if step_id == end:
            return here
        return here + min((least(target) for target in ways[step_id]), default=float("inf"))

    shortest = least(start)
    return None if shortest == float("inf") else int(shortest)


def most_visits(graph: Graph) -> dict[str, int]:
    """For each step how often one run may come to it at most. Takes a graph without endless rounds.

    A walk is a row of forward stretches, each but the first begun by a loop step's way back, none with a step
    twice. A step in two stretches can reach the loop that ends the earlier one, and is reached from where the
    later one begins: it comes up at most once more than such ways back are taken, counted either way.
    """
    ways = ahead(graph)
    backs = [(loop.id, target, max(_laps(loop) - 1, 0)) for loop, target in loops(graph)]
    visits = {}
    for step_id in ways:
        reached = _from(ways, step_id)
        before = sum(times for loop_id, _target, times in backs if loop_id in reached)
        behind = sum(times for _loop, target, times in backs if step_id in _from(ways, target))
        visits[step_id] = 1 + min(before, behind)
    return visits


def most_mails(graph: Graph) -> int:
    """How many mails one run may send to a person at most. Takes a graph without endless rounds."""
    if not graph.steps:
        return 0
    back = {loop.id: target for loop, target in loops(graph)}
    if len(graph.steps) * math.prod(_laps(graph.by_id[loop]) for loop in back) > MOST_STATES:
        visits = most_visits(graph)
        return sum(visits[step.id] for step in graph.steps if step.kind == "mail")
    return _most_mails_from((graph.steps[0].id, frozenset()), graph, back)


def _most_mails_from(start: State, graph: Graph, back: Mapping[str, str]) -> int:
    """The longest walk from a state, worked out from its end; deep graphs need no deep stack."""
    ways, most, waiting = ahead(graph), dict[State, int](), [start]
    while waiting:
        state = waiting[-1]
        after = _after(state, graph, ways, back)
        open_ends = [other for other in after if other not in most]
        if open_ends:
            waiting.extend(open_ends)
            continue
        waiting.pop()
        here = 1 if graph.by_id[state[0]].kind == "mail" else 0
        most[state] = here + max((most[other] for other in after), default=0)
    return most[start]


def _after(state: State, graph: Graph, ways: Mapping[str, set[str]], back: Mapping[str, str]) -> list[State]:
    """Where a person may be next: a loop step leads back while laps are left, else on."""
    step_id, taken = state
    if step_id in back:
        times = dict(taken).get(step_id, 0)
        if times < _laps(graph.by_id[step_id]) - 1:
            return [(back[step_id], frozenset({**dict(taken), step_id: times + 1}.items()))]
    return [(target, taken) for target in ways[step_id]]


def _laps(loop: Step) -> int:
    laps = loop.settings.get("max_laps")
    return laps if isinstance(laps, int) and laps > 1 else 1


def _from(ways: Mapping[str, set[str]], start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        fresh = ways.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found
