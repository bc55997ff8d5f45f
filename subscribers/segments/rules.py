"""The tree of a segment's rule: JSON in, frozen dataclasses out, or an error that names the place.

`{"all": [..]}`, `{"any": [..]}`, `{"not": {..}}`: each part holds, at least one does, the part does not.
`{"did": "link.clicked", "object": {"kind": "page", "key": ".."}, "topic": "..", "times": 2, "within_days": 30}`:
    did it; only `did` is needed, the rest narrows it.
`{"field": "locale", "is": "it"}` or `"in": [..]`: has that value; one of FIELDS, or `attributes.<name>`.
`{"agreed": "tracking"}`: agreed to that purpose, as things stand.
`{"topic": "..", "at_least": 0.5}`: interested by what was done; one fresh reading weighs 1 and fades.
`{"chose": ".."}`: ticked that topic. `{"in_segment": 3}`: is in that segment.
Pages and topics are named by their translation key, so that a rule holds in every language.

Nothing of the tree becomes SQL text: names come from the lists here, values travel as parameters.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from uuid import UUID

from django.utils.translation import gettext as _

from subscribers.events import UnknownKind, check_kind

FIELDS = ("locale", "role", "stage", "frequency", "state", "source", "zone")
ATTRIBUTE = re.compile(r"attributes\.([a-z][a-z0-9_]{0,39})")
# Objects that are known by the translation key of their page; the others by object_kind and object_key.
PAGES = ("page", "resource")
MAILS = ("delivery", "mailing")
OBJECTS = (*PAGES, *MAILS, "link", "step", "journey", "purpose", "signup")
MAX_DEPTH = 6
MAX_NODES = 60
MAX_TIMES = 1000
MAX_DAYS = 3650
MAX_TEXT = 200
Value = str | bool | int | float


class RuleError(ValueError):
    """A rule that cannot be read. `path` names the place (`all[1].did`), the message says what was seen."""

    def __init__(self, path: str, message: str) -> None:
        self.path = path
        self.message = message
        super().__init__(f"{path or 'rule'}: {message}")


@dataclass(frozen=True, slots=True)
class All:
    """Each part holds."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Rule"


@dataclass(frozen=True, slots=True)
class Did:
    """Something was done, by a human being as far as we can tell."""

    kind: str
    object_kind: str = ""  # empty: to anything
    object_key: str = ""  # of a page: its translation key as 32 hexadecimal digits
    topic: str = ""  # translation key of a topic of the page; empty: about anything
    times: int = 1
    within_days: float | None = None  # None: ever


@dataclass(frozen=True, slots=True)
class Field:
    """A field has one of these values."""

    name: str  # one of FIELDS, or attributes.<name>
    values: tuple[Value, ...]

    @property
    def attribute(self) -> str | None:
        """The name below `attributes`; None for a column."""
        found = ATTRIBUTE.fullmatch(self.name)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A permission stands."""

    purpose: str  # its key


@dataclass(frozen=True, slots=True)
class Topic:
    """Interest by deeds, faded to now."""

    key: str
    at_least: float


@dataclass(frozen=True, slots=True)
class Chose:
    """A topic ticked by the person."""

    key: str


@dataclass(frozen=True, slots=True)
class InSegment:
    """Whatever the rule of that segment says."""

    segment_id: int


Rule = All | Any | Not | Did | Field | Agreed | Topic | Chose | InSegment


def parse(tree: object) -> Rule:
    """The rule that a tree of JSON values says. Raises: RuleError, with the place."""
    return _Reader().read(tree, "", 1)


class _Reader:
    """Reads one tree and counts its nodes."""

    def __init__(self) -> None:
        self.n_nodes = 0

    def read(self, tree: object, path: str, depth: int) -> Rule:
        self.n_nodes += 1
        if self.n_nodes > MAX_NODES:
            _refuse(path, _("a rule has at most %(n)s conditions") % {"n": MAX_NODES})
        if depth > MAX_DEPTH:
            _refuse(path, _("conditions are nested at most %(n)s deep") % {"n": MAX_DEPTH})
        if not isinstance(tree, dict):
            _refuse(path, _("a condition was expected, not %(seen)s") % {"seen": _shown(tree)})
        heads = [key for key in tree if key in HEADS]
        if "did" in heads and "topic" in heads:
            heads.remove("topic")
        if len(heads) != 1:
            _refuse(path, _("exactly one of %(names)s was expected") % {"names": ", ".join(HEADS)})
        head = heads[0]
        unknown = [key for key in tree if key not in (head, *HEADS[head])]
        if unknown:
            _refuse(path, _("“%(name)s” does not belong to “%(head)s”") % {"name": _shown(unknown[0]), "head": head})
        reader: Callable[[dict, str, int], Rule] = getattr(self, f"_{head}")
        return reader(tree, f"{path}.{head}" if path else head, depth)

    def _all(self, tree: dict, path: str, depth: int) -> Rule:
        return All(self._parts(tree["all"], path, depth))

    def _any(self, tree: dict, path: str, depth: int) -> Rule:
        return Any(self._parts(tree["any"], path, depth))

    def _not(self, tree: dict, path: str, depth: int) -> Rule:
        return Not(self.read(tree["not"], path, depth + 1))

    def _parts(self, parts: object, path: str, depth: int) -> tuple[Rule, ...]:
        if not isinstance(parts, list) or not parts:
            _refuse(path, _("a list of at least one condition was expected"))
        return tuple(self.read(part, f"{path}[{number}]", depth + 1) for number, part in enumerate(parts))

    def _did(self, tree: dict, path: str, depth: int) -> Rule:
        kind = _text(tree["did"], path)
        try:
            check_kind(kind)
        except UnknownKind:
            _refuse(path, _("“%(seen)s” is nothing that is recorded") % {"seen": _shown(kind)})
        object_kind, object_key = self._object(tree.get("object"), f"{path}.object")
        return Did(
            kind=kind,
            object_kind=object_kind,
            object_key=object_key,
            topic=_uuid(tree["topic"], f"{path}.topic") if "topic" in tree else "",
            times=_whole(tree.get("times", 1), f"{path}.times", 1, MAX_TIMES),
            within_days=_days(tree["within_days"], f"{path}.within_days") if "within_days" in tree else None,
        )

    def _object(self, tree: object, path: str) -> tuple[str, str]:
        if tree is None:
            return "", ""
        if not isinstance(tree, dict) or set(tree) != {"kind", "key"}:
            _refuse(path, _("a kind and a key were expected"))
        kind = tree["kind"]
        if kind not in OBJECTS:
            _refuse(f"{path}.kind", _("one of %(names)s was expected") % {"names": ", ".join(OBJECTS)})
        if kind in PAGES:
            return kind, _uuid(tree["key"], f"{path}.key")
        key = _text(tree["key"] if not _is_whole(tree["key"]) else str(tree["key"]), f"{path}.key")
        if kind in MAILS and not (key.isascii() and key.isdigit() and len(key) <= 18):
            _refuse(f"{path}.key", _("a number was expected, not %(seen)s") % {"seen": _shown(key)})
        return kind, key

    def _field(self, tree: dict, path: str, depth: int) -> Rule:
        name = _text(tree["field"], path)
        if name not in FIELDS and not ATTRIBUTE.fullmatch(name):
            _refuse(path, _("“%(seen)s” is no field of a person") % {"seen": _shown(name)})
        if ("is" in tree) == ("in" in tree):
            _refuse(path, _("either “is” with a value or “in” with a list was expected"))
        raw = [tree["is"]] if "is" in tree else tree["in"]
        if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_NODES:
            _refuse(f"{path}.in", _("a list of values was expected"))
        values = tuple(_value(value, path) for value in raw)
        if name in FIELDS and not all(isinstance(value, str) for value in values):
            _refuse(path, _("“%(name)s” is a text") % {"name": name})
        return Field(name, values)

    def _agreed(self, tree: dict, path: str, depth: int) -> Rule:
        return Agreed(_text(tree["agreed"], path))

    def _topic(self, tree: dict, path: str, depth: int) -> Rule:
        at_least = tree.get("at_least", 0.5)
        if isinstance(at_least, bool) or not isinstance(at_least, int | float) or not 0 < at_least <= MAX_TIMES:
            _refuse(f"{path}.at_least", _("a number above 0 was expected, not %(seen)s") % {"seen": _shown(at_least)})
        return Topic(_uuid(tree["topic"], path), float(at_least))

    def _chose(self, tree: dict, path: str, depth: int) -> Rule:
        return Chose(_uuid(tree["chose"], path))

    def _in_segment(self, tree: dict, path: str, depth: int) -> Rule:
        return InSegment(_whole(tree["in_segment"], path, 1, 2**62))


# Each node's first word, and what may stand beside it.
HEADS: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "any": (),
    "not": (),
    "did": ("object", "topic", "times", "within_days"),
    "field": ("is", "in"),
    "agreed": (),
    "topic": ("at_least",),
    "chose": (),
    "in_segment": (),
}


def _refuse(path: str, message: str) -> NoReturn:
    raise RuleError(path, message)


def _shown(value: object) -> str:
    """A value as it may stand in a message: short, on one line."""
    return "".join(c if c.isprintable() else "?" for c in str(value)[:40])


def _text(value: object, path: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT or not value.isprintable():
        _refuse(path, _("a text was expected, not %(seen)s") % {"seen": _shown(value)})
    return value


def _value(value: object, path: str) -> Value:
    if isinstance(value, str):
        return _text(value, path) if value else ""
    # From 2**53 on a number is not the same number in JSON everywhere; no comparison holds for "not a number".
    if isinstance(value, bool | int | float) and abs(value) < 2**53:
        return value
    _refuse(path, _("a text, a number or yes/no was expected, not %(seen)s") % {"seen": _shown(value)})


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(value: object, path: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        _refuse(path, _("a whole number from %(low)s to %(high)s was expected") % {"low": low, "high": high})
    return value


def _days(value: object, path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_DAYS:
        _refuse(path, _("a number of days up to %(high)s was expected") % {"high": MAX_DAYS})
    return float(value)


def _uuid(value: object, path: str) -> str:
    try:
        return UUID(_text(value, path)).hex
    except ValueError:
        _refuse(path, _("a translation key was expected, not %(seen)s") % {"seen": _shown(value)})
