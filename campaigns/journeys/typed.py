"""What was typed into the controls of a step or a way in, as values of the graph."""

import json
from collections.abc import Mapping
from typing import Any

from campaigns.journeys import durations, naming
from campaigns.journeys.controls import is_asked
from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Step
from campaigns.journeys.steps.contract import Kind


def settings_of(kind: Kind, step: Step, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed as settings; a field that was not asked, or was asked in another sense, keeps its value."""
    values: dict[str, Any] = {}
    for field in kind.fields:
        if field.name in typed and _still_means(field, step, values):
            values[field.name] = value_of(field.shape, field.name, typed)
    thing = values.get("object")
    if thing and thing["kind"] not in naming.THINGS.get(str(values.get("event")), ()):
        values["object"] = None
    return values


def edges_of(kind: Kind, typed: Mapping[str, str]) -> dict[str, str]:
    """Where the ways out were said to lead."""
    return {edge.name: typed[f"edge-{edge.name}"] for edge in kind.edges if f"edge-{edge.name}" in typed}


def value_of(shape: Shape, name: str, typed: Mapping[str, str]) -> Any:
    """What was typed into one control. What cannot be read is kept as text or as nothing: `validation` says so."""
    text = str(typed.get(name, "")).strip()
    if shape is Shape.DURATION:
        return seconds_of(text, typed.get(f"{name}-unit", ""))
    if shape in (Shape.NUMBER, Shape.JOURNEY):
        return _number(text)
    if shape is Shape.THING:
        return thing_of(text)
    if shape is Shape.SEGMENT:
        number = _number(text)
        return None if number is None else {"in_segment": number}
    if shape is Shape.RULE:
        return _json(text)
    return text


def seconds_of(number: str, unit: str) -> int | None:
    """A number of minutes, hours or days as seconds; None for what is no number."""
    try:
        return round(float(number.replace(",", ".")) * int(unit or durations.MINUTE))
    except (ValueError, OverflowError):
        return None


def thing_of(text: str) -> dict[str, str] | None:
    """`page:0123…` as {"kind": "page", "key": "0123…"}; None for anything."""
    kind, _colon, key = text.partition(":")
    return {"kind": kind, "key": key} if kind and key else None


def _still_means(field: Field, step: Step, values: Mapping[str, Any]) -> bool:
    """False where another answer of the same form has just given the field another sense."""
    return is_asked(field, step.settings) and is_asked(field, {**step.settings, **values})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _json(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text
