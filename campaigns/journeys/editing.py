"""Changes of a drawn graph, on its JSON: each gives a new one and leaves everything it does not mean as it was.

The order of the list is the order of the outline; where a step leads is said by its edges alone. A change
keeps the line together: what is put in between is led to, what is taken out is bridged.
"""

from collections.abc import Collection, Iterator
from copy import deepcopy
from typing import Any

from campaigns.journeys.graph import BY_HAND
from campaigns.journeys.steps import KINDS
from campaigns.journeys.steps.contract import Kind

Json = dict[str, Any]
REFERENCES = ("since", "in_mail")  # settings that name another step


def add(data: Json, kind: str, *, after: str = "", taken: Collection[str] = ()) -> tuple[Json, str]:
    """A new step behind `after`, at the beginning where that is empty; gives (graph, id of the new step).

    Takes: `taken`, ids that must not be used again. Raises: KeyError for an unknown kind.
    """
    tree, steps = _copy(data)
    place = _place(steps, after) + 1 if after else 0
    fresh = _fresh(kind, {str(step.get("id")) for step in steps} | set(taken))
    target = _id_at(steps, place)
    if after:
        target = _lead_to(steps, place - 1, fresh["id"])
    for edge in KINDS[kind].edges:
        fresh["edges"][edge.name] = (after or fresh["id"]) if edge.is_back else target
    fresh["edges"] = {name: to for name, to in fresh["edges"].items() if to}
    steps.insert(place, fresh)
    return tree, fresh["id"]


def remove(data: Json, step_id: str) -> Json:
    """Without the step: whatever led to it leads to where it led."""
    tree, steps = _copy(data)
    gone = steps.pop(_place(steps, step_id))
    bridge = _onward(gone)
    for step in steps:
        edges, settings = _part(step, "edges"), _part(step, "settings")
        for name, target in list(edges.items()):
            if target == step_id:
                edges[name] = "" if bridge == step.get("id") else bridge
        for name in REFERENCES:
            if settings.get(name) == step_id:
                settings[name] = ""
        step["edges"] = {name: to for name, to in edges.items() if to}
    return tree


def move(data: Json, step_id: str, *, by: int) -> Json:
    """One place up (-1) or down (+1). Two steps of one straight line change places in it as well."""
    tree, steps = _copy(data)
    place = _place(steps, step_id)
    other = place + by
    if not 0 <= other < len(steps):
        return tree
    first, second = steps[min(place, other)], steps[max(place, other)]
    if _is_straight(steps, first, second):
        _swap(steps, first, second)
    steps[place], steps[other] = steps[other], steps[place]
    return tree


def change(data: Json, step_id: str, *, name: str, settings: Json, edges: dict[str, str]) -> Json:
    """The step with this name, these settings and these ways out, other keys kept."""
    tree, steps = _copy(data)
    step = steps[_place(steps, step_id)]
    step["name"] = name
    step["settings"] = {**_part(step, "settings"), **settings}
    step["edges"] = {edge: to for edge, to in {**_part(step, "edges"), **edges}.items() if to}
    return tree


def add_entry(data: Json, on: str = BY_HAND) -> Json:
    """One more way in."""
    tree, _steps = _copy(data)
    entries = tree.get("entries")
    tree["entries"] = [*(entries if isinstance(entries, list) else []), {"on": on, "object": None}]
    return tree


def change_entry(data: Json, place: int, *, on: str, thing: Json | None) -> Json:
    """The way in at this place (from 0), changed. Raises: IndexError."""
    tree, _steps = _copy(data)
    tree["entries"][place] = {**tree["entries"][place], "on": on, "object": thing}
    return tree


def remove_entry(data: Json, place: int) -> Json:
    """Without that way in. Raises: IndexError."""
    tree, _steps = _copy(data)
    del tree["entries"][place]
    return tree


def set_reentry(data: Json, seconds: int | None) -> Json:
    """After how long people may enter again; None: never."""
    tree, _steps = _copy(data)
    tree["reentry_seconds"] = seconds
    return tree


class NoSuchStep(LookupError):
    """The change names a step that the graph does not have."""


def _copy(data: Json) -> tuple[Json, list[Json]]:
    tree = deepcopy(data) if isinstance(data, dict) else {}
    rows = tree.get("steps")
    tree["steps"] = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tree, tree["steps"]


def _place(steps: list[Json], step_id: str) -> int:
    for place, step in enumerate(steps):
        if step.get("id") == step_id:
            return place
    raise NoSuchStep(step_id)


def _id_at(steps: list[Json], place: int) -> str:
    """The id of the step at a place; empty where there is none."""
    return str(steps[place].get("id") or "") if place < len(steps) else ""


def _part(step: Json, name: str) -> Json:
    return step[name] if isinstance(step.get(name), dict) else {}


def _kind(step: Json) -> Kind | None:
    return KINDS.get(str(step.get("kind")))


def _forward(step: Json) -> Iterator[str]:
    """Names of the ways out that lead on, in the kind's order."""
    kind = _kind(step)
    return (edge.name for edge in kind.edges if not edge.is_back) if kind else iter(())


def _onward(step: Json) -> str:
    """Where the step leads on first; empty where it does not."""
    edges = _part(step, "edges")
    return next((edges[name] for name in _forward(step) if edges.get(name)), "")


def _fresh(kind: str, taken: Collection[str]) -> Json:
    settings = {field.name: field.default for field in KINDS[kind].fields if field.default is not None}
    stem = kind.replace("_", "-")
    number = next(n for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)
    return {"id": f"{stem}-{number}", "name": "", "kind": kind, "settings": settings, "edges": {}}


def _lead_to(steps: list[Json], place: int, fresh: str) -> str:
    """Let the step at `place` lead to the new one; gives where it led before.

    Bent are the ways to the next step of the list, else those not said yet, else its only one.
    """
    step = steps[place]
    edges = step["edges"] = dict(_part(step, "edges"))
    following = _id_at(steps, place + 1)
    ways = list(_forward(step))
    bent = [name for name in ways if following and edges.get(name) == following]
    missing = [name for name in ways if not edges.get(name)]
    chosen = bent or missing or (ways if len(ways) == 1 else [])
    before = next((edges[name] for name in chosen if edges.get(name)), following)
    edges.update(dict.fromkeys(chosen, fresh))
    return before


def _is_straight(steps: list[Json], first: Json, second: Json) -> bool:
    """Whether all ways of the first lead to the second, nobody else's do, and those of the second lead to one place."""
    if any(edge.is_back for step in (first, second) for edge in _kinds_edges(step)):
        return False
    into = [step for step in steps if step is not first and second.get("id") in _part(step, "edges").values()]
    return _onward_all(first) == {second.get("id")} and len(_onward_all(second)) == 1 and not into


def _onward_all(step: Json) -> set[str]:
    """The places the ways on lead to; "" among them where one leads nowhere yet."""
    edges = _part(step, "edges")
    return {edges.get(name) or "" for name in _forward(step)}


def _kinds_edges(step: Json) -> tuple[Any, ...]:
    kind = _kind(step)
    return kind.edges if kind else ()


def _swap(steps: list[Json], first: Json, second: Json) -> None:
    after = _onward(second)
    for step in steps:
        if step is not first and step is not second:
            edges = _part(step, "edges")
            edges.update({name: second["id"] for name, to in edges.items() if to == first["id"]})
    second["edges"] = dict.fromkeys(_forward(second), first["id"])
    first["edges"] = dict.fromkeys(_forward(first), after) if after else {}
