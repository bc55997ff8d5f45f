"""The fields of a step, a way in and the re-entry rule as form controls; `typed` reads what comes back."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.journeys import durations, naming
from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import BY_HAND, Entry, Graph, Step, Thing, plain, read_thing
from campaigns.journeys.known import Known
from campaigns.journeys.steps import KINDS
from campaigns.journeys.steps.contract import Edge, Kind

KINDS_OF_THING = {"page": "pages", "resource": "resources", "topic": "topics", "purpose": "purposes"}


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a list; `group` heads the lines that share it."""

    value: str
    label: str
    is_chosen: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Control:
    """One question of a form. `id` is unique in the page, `name` in its form."""

    id: str
    name: str
    label: str
    widget: str  # text, number, area, list, duration
    value: str = ""
    help: str = ""
    options: tuple[Option, ...] = ()  # of a list; the units of a duration
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()


def of_step(step: Step, kind: Kind, graph: Graph, known: Known) -> list[Control]:
    """Name, settings and ways out of a step."""
    name = Control(f"{step.id}-name", "name", _("Name"), "text", step.name, help=_("Only you see it."))
    asked = [field for field in kind.fields if is_asked(field, step.settings)]
    settings = [of_field(field, step, graph, known) for field in asked]
    ways = [_edge(edge, step, graph) for edge in kind.edges if edge.name in kind.ways(step)]
    return [name, *settings, *ways]


def of_entry(place: int, entry: Entry, known: Known) -> list[Control]:
    """The event and the thing of a way in."""
    events = [
        Option(BY_HAND, _("by hand, or from another journey"), entry.on == BY_HAND),
        *(Option(kind, naming.event(kind), entry.on == kind) for kind in _askable(entry.on)),
    ]
    controls = [Control(f"entry-{place}-on", "on", _("When the person"), "list", options=tuple(events))]
    if naming.THINGS.get(entry.on):
        options = _things(entry.on, entry.thing, known, _("anything"))
        controls.append(_grouped(f"entry-{place}-object", "object", _("What"), options))
    return controls


def of_reentry(seconds: int | None) -> list[Control]:
    """Whether and after how long people may enter again."""
    may = Control(
        "reentry-may",
        "may",
        _("May a person enter again?"),
        "list",
        options=(
            Option("no", _("No, once only"), seconds is None),
            Option("yes", _("Yes, after a time"), seconds is not None),
        ),
    )
    return [may] if seconds is None else [may, _duration("reentry-after", "after", _("After"), seconds)]


def of_field(field: Field, step: Step, graph: Graph, known: Known) -> Control:
    """One setting of a step."""
    value, control_id = step.settings.get(field.name), f"{step.id}-{field.name}"
    label, help_text = str(field.label), str(field.help)
    if field.shape is Shape.DURATION:
        return _duration(control_id, field.name, label, value)
    if field.shape is Shape.NUMBER:
        return Control(control_id, field.name, label, "number", "" if value is None else str(value), help_text)
    if field.shape is Shape.RULE:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) if value else ""
        return Control(control_id, field.name, label, "area", text, help_text)
    options = tuple(_options(field, step, graph, known))
    if field.shape is Shape.THING:
        return _grouped(control_id, field.name, label, options, help_text)
    return Control(control_id, field.name, label, "list", help=help_text, options=options)


def is_asked(field: Field, settings: Mapping[str, Any]) -> bool:
    if field.when is not None and settings.get(field.when[0]) != field.when[1]:
        return False
    return field.shape is not Shape.THING or bool(naming.THINGS.get(str(settings.get("event") or "")))


def _options(field: Field, step: Step, graph: Graph, known: Known) -> Iterator[Option]:
    value = step.settings.get(field.name)
    empty = str(field.empty) or _("— choose —")
    if field.shape is Shape.THING:
        yield from _things(str(step.settings.get("event") or ""), read_thing(value), known, empty)
        return
    if field.shape is Shape.CHOICE:
        yield from (Option(key, str(label), value == key) for key, label in field.choices)
        return
    chosen = _chosen(field.shape, value)
    rows = list(_rows(field.shape, step, graph, known, chosen))
    yield Option("", empty, not chosen)
    if chosen and chosen not in {key for key, _label in rows}:
        yield Option(chosen, _("(not there any more)"), True)
    yield from (Option(key, label, key == chosen) for key, label in rows)


def _chosen(shape: Shape, value: Any) -> str:
    if shape is Shape.SEGMENT:
        return str(value["in_segment"]) if isinstance(value, dict) and "in_segment" in value else ""
    if shape is Shape.EMAIL:
        return plain(str(value or ""))
    return str(value or "")


def _rows(shape: Shape, step: Step, graph: Graph, known: Known, chosen: str) -> Iterable[tuple[str, str]]:
    if shape is Shape.EMAIL:
        return ((key, email.name) for key, email in known.emails.items())
    if shape is Shape.EVENT:
        return ((kind, naming.event(kind)) for kind in _askable(chosen))
    if shape is Shape.SEGMENT:
        return ((str(key), name) for key, name in known.segments.items())
    if shape is Shape.JOURNEY:
        return ((str(key), journey.name) for key, journey in known.journeys.items())
    others = (other for other in graph.steps if other.id != step.id)
    if shape is Shape.MAIL_STEP:
        others = (other for other in others if other.kind == "mail")
    return ((other.id, step_name(other, graph)) for other in others)


def _askable(chosen: str) -> list[str]:
    kinds = [str(kind) for kind in naming.ASKABLE]
    return [*kinds, chosen] if chosen and chosen not in (*kinds, BY_HAND) else kinds


def _things(event: str, thing: Thing | None, known: Known, empty: str) -> Iterator[Option]:
    groups = {"page": _("Articles"), "resource": _("Resources"), "topic": _("Topics"), "purpose": _("Newsletters")}
    groups["journey"] = _("Journeys")
    chosen = (
        (thing.kind, plain(thing.key) if thing.kind in ("page", "resource", "topic") else thing.key) if thing else None
    )
    yield Option("", empty, thing is None)
    if thing and not naming.thing(thing, known):
        yield Option(f"{thing.kind}:{thing.key}", _("(not there any more)"), True)
    for kind in naming.THINGS.get(event, ()):
        names = (
            {str(key): journey.name for key, journey in known.journeys.items()}
            if kind == "journey"
            else getattr(known, KINDS_OF_THING[kind])
        )
        for key, name in names.items():
            yield Option(f"{kind}:{key}", name, (kind, key) == chosen, groups[kind])


def step_name(step: Step, graph: Graph) -> str:
    """ "3 · A second mail"."""
    return f"{graph.number(step.id)} · {name_of(step)}"


def name_of(step: Step) -> str:
    """Its own name, else that of its kind."""
    return step.name or (str(KINDS[step.kind].label) if step.kind in KINDS else step.id)


def _edge(edge: Edge, step: Step, graph: Graph) -> Control:
    number, target = graph.number(step.id), step.edges.get(edge.name, "")
    others = [other for other in graph.steps if other.id != step.id]
    if edge.is_back:
        others = [other for other in others if graph.number(other.id) < number]
    options = [Option("", _("— choose —"), not target)]
    if target and target not in {other.id for other in others}:
        options.append(Option(target, _("(not there any more)"), True))
    options.extend(Option(other.id, step_name(other, graph), other.id == target) for other in others)
    label = _("Leads back to") if edge.is_back else _("Goes on to")
    if not edge.is_back and len(KINDS[step.kind].edges) > 1:
        label = _("%(edge)s: go to") % {"edge": capfirst(str(edge.label))}
    return Control(f"{step.id}-edge-{edge.name}", f"edge-{edge.name}", label, "list", options=tuple(options))


def _duration(control_id: str, name: str, label: str, seconds: object) -> Control:
    valid = seconds if isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0 else None
    unit = durations.unit(valid) if valid else durations.DAY
    units = tuple(Option(str(size), str(word), size == unit) for size, word in durations.UNITS)
    text = "" if valid is None else f"{valid / unit:g}"
    return Control(control_id, name, label, "duration", text, options=units)


def _grouped(control_id: str, name: str, label: str, options: Iterable[Option], help_text: str = "") -> Control:
    groups: dict[str, list[Option]] = {}
    for option in options:
        groups.setdefault(option.group, []).append(option)
    loose = tuple(groups.pop("", []))
    headed = tuple((head, tuple(rows)) for head, rows in groups.items())
    return Control(control_id, name, label, "list", help=help_text, options=loose, groups=headed)
