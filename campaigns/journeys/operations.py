"""One change asked for by the outline's buttons and fields, as a new graph and a sentence that says what was done."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from campaigns.journeys import durations, editing, typed
from campaigns.journeys.graph import BY_HAND, read
from campaigns.journeys.steps import KINDS

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The graph after a change."""

    graph: Json
    said: str = ""  # for the status line, read aloud
    focus: str = ""  # id of the step to go on at
    opens: bool = False  # with its form open


class BadOperation(ValueError):
    """What was asked for is no change that can be made."""


def perform(data: object, wish: Mapping[str, Any], *, taken: Collection[str] = ()) -> Done:
    """Make one change. Takes: `wish` {"do": name of the change, …}, and ids that no new step may take.

    Raises: BadOperation.
    """
    tree = data if isinstance(data, dict) else {}
    do = OPERATIONS.get(str(wish.get("do")))
    if do is None:
        raise BadOperation(f"no such change: {wish.get('do')!r}")
    try:
        return do(tree, wish, taken)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadOperation(f"{wish.get('do')}: {error!r}") from error


def _show(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    return Done(tree, _("The last change was taken back.") if wish.get("undone") else "")


def _add(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    after = str(wish.get("after") or "")
    graph, step_id = editing.add(tree, wish["kind"], after=after, taken=taken)
    drawn = read(graph)
    said = _("Step %(number)d was added: %(kind)s.") % {
        "number": drawn.number(step_id),
        "kind": KINDS[wish["kind"]].label,
    }
    return Done(graph, said, step_id, opens=True)


def _remove(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    number = read(tree).number(wish["step"])
    graph = editing.remove(tree, wish["step"])
    left = read(graph).steps
    focus = left[min(number, len(left)) - 1].id if left else ""
    return Done(graph, _("Step %(number)d was deleted.") % {"number": number}, focus)


def _move(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    graph = editing.move(tree, wish["step"], by=-1 if int(wish["by"]) < 0 else 1)
    return Done(graph, _("It is step %(number)d now.") % {"number": read(graph).number(wish["step"])})


def _change(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    step = read(tree).by_id[wish["step"]]
    kind, values = KINDS[step.kind], _texts(wish["values"])
    graph = editing.change(
        tree,
        step.id,
        name=values.get("name", step.name)[:120],
        settings=typed.settings_of(kind, step, values),
        edges=typed.edges_of(kind, values),
    )
    return Done(graph)


def _add_entry(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    return Done(editing.add_entry(tree), _("A way in was added."))


def _change_entry(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    values = _texts(wish["values"])
    place, on = int(wish["place"]), values.get("on", BY_HAND)
    before = tree["entries"][place].get("on")
    thing = typed.thing_of(values.get("object", "")) if on == before else None
    return Done(editing.change_entry(tree, place, on=on, thing=thing))


def _remove_entry(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    return Done(editing.remove_entry(tree, int(wish["place"])), _("The way in was deleted."))


def _reentry(tree: Json, wish: Mapping[str, Any], taken: Collection[str]) -> Done:
    values = _texts(wish["values"])
    if values.get("may") != "yes":
        return Done(editing.set_reentry(tree, None))
    seconds = typed.seconds_of(values["after"], values.get("after-unit", "")) if "after" in values else None
    return Done(editing.set_reentry(tree, 30 * durations.DAY if "after" not in values else seconds or 0))


def _texts(values: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in values.items()}


OPERATIONS = {
    "show": _show,
    "add": _add,
    "remove": _remove,
    "move": _move,
    "change": _change,
    "add-entry": _add_entry,
    "change-entry": _change_entry,
    "remove-entry": _remove_entry,
    "reentry": _reentry,
}
