"""A message part made ready for many people: its fixed text encoded once, and a slot wherever a person comes in.

What stays Liquid at sending is only what depends on the person by a condition, loop or filter.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TypeGuard

from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, StringLiteral
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.exceptions import LiquidInterrupt
from liquid.template import BoundTemplate

from campaigns.rendering import liquid, places, quoted
from campaigns.rendering.values import Frame, Values
from subscribers import tokens

IS_TRACKED = "person.is_tracked"
# A resource has an address only for those who unlocked one.
SIMPLE_GROUPS = frozenset({"person", "newsletter", "context"})
ALWAYS_THERE = frozenset(places.PLACES) - {"resource"}


class Slot(ABC):
    """A place that each person fills; a slot that stands twice in a message is filled once."""

    @abstractmethod
    def fill(self, values: Values) -> str:
        """What stands here, encoded, ending in a soft break."""


@dataclass(eq=False, frozen=True)
class ClickSlot(Slot):
    """The token of one link."""

    position: int

    def fill(self, values: Values) -> str:
        return tokens.make_click(values.person.delivery_id, self.position) + quoted.SOFT


@dataclass(eq=False, frozen=True)
class TokenSlot(Slot):
    """The token of one of the reader's own pages."""

    place: places.Place

    def fill(self, values: Values) -> str:
        return quoted.value(values.token(self.place))


@dataclass(frozen=True)
class Skeleton:
    """What a message says to all readers of one kind, with the places of what it says to each."""

    texts: list[str]  # encoded; an empty one where a slot stands
    slots: list[Slot]  # each once
    places: list[tuple[int, int]]  # (which text, which slot)

    @classmethod
    def of(cls, parts: Sequence[str | Slot]) -> "Skeleton":
        """Neighbouring texts made one, each slot counted."""
        texts: list[str] = []
        numbers: dict[Slot, int] = {}
        places: list[tuple[int, int]] = []
        for part in parts:
            if isinstance(part, Slot):
                places.append((len(texts), numbers.setdefault(part, len(numbers))))
                texts.append("")
            elif texts and texts[-1]:
                texts[-1] += part
            else:
                texts.append(part)
        return cls(texts, list(numbers), places)

    def filled(self, values: Values) -> str:
        """The whole of it for one reader."""
        contents = [slot.fill(values) for slot in self.slots]
        texts = self.texts.copy()
        for place, number in self.places:
            texts[place] = contents[number]
        return "".join(texts)


@dataclass(eq=False, frozen=True)
class ValueSlot(Slot):
    """One value as it is, or what stands for it: `person.name | default: 'you'`."""

    group: str
    name: str
    fallback: str
    is_html: bool

    def fill(self, values: Values) -> str:
        text = self.text(values)
        return quoted.value(escape(text) if self.is_html else text)

    def text(self, values: Values) -> str:
        """The value on one line, not encoded."""
        found = values[self.group]
        text = liquid.one_line(str(found.get(self.name) or "")) if isinstance(found, Mapping) else ""
        return text or self.fallback


@dataclass(eq=False, frozen=True)
class OutputSlot(Slot):
    """One value that Liquid works out by filters."""

    node: liquid.PlainOutputNode
    template: BoundTemplate

    def fill(self, values: Values) -> str:
        try:
            return quoted.value(self.node.written(values.context(self.template)))
        except liquid.LiquidError:
            # Saving refused what can fail; what a reader's own value breaks is left out of this one mail.
            return ""


@dataclass(eq=False, frozen=True)
class NodeSlot(Slot):
    """A condition, a loop, a name given: anything else that Liquid has to work out."""

    node: Node
    template: BoundTemplate

    def fill(self, values: Values) -> str:
        buffer = liquid.TimedBuffer(liquid.MAX_OUTPUT)
        try:
            self.node.render(values.context(self.template), buffer)
        except (liquid.LiquidError, LiquidInterrupt):
            return ""  # as above
        return quoted.fixed(buffer.getvalue())


@dataclass
class Builder:
    """Takes a template apart for readers of one kind: those whose clicks are counted, or the others."""

    frame: Frame
    is_tracked: bool
    is_html: bool
    tokens: dict[object, Slot]  # shared by the parts of a message: the same link is signed once
    parts: list[str | Slot] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _values: dict[object, Slot] = field(default_factory=dict)

    def build(self, source: str) -> list[str | Slot]:
        """Encoded text and slots in turn; the last one is text that does not end in a soft break."""
        environment = liquid.HTML if self.is_html else liquid.TEXT
        template = environment.from_string(source)
        has_own_names = "{% assign" in source or "{%- assign" in source or "{%assign" in source
        self._walk(template.nodes, template, has_own_names)
        self.parts.append(quoted.fixed("".join(self._text)).removesuffix(quoted.SOFT))
        return self.parts

    def _walk(self, nodes: list[Node], template: BoundTemplate, has_own_names: bool) -> None:
        for node in nodes:
            if isinstance(node, ContentNode):
                self._text.append(node.text)
            elif _asks_for_tracking(node):
                self._walk(self._branch(node), template, has_own_names)
            elif not self._settled(node):
                value = None if has_own_names else _value(node, is_html=self.is_html)
                self._slot(self._known(value) if value else _worked_out(node, template))

    def _branch(self, node: IfNode) -> list[Node]:
        if self.is_tracked:
            return node.consequence.nodes
        return node.default.nodes if node.default else []

    def _settled(self, node: Node) -> bool:
        """Put in a link or a personal address: text around a token."""
        path = _path(node) if _fallback(node) == "" else ()
        if len(path) == 1 and path[0].startswith("link_") and path[0][5:].isdigit():
            self._link(int(path[0][5:]))
        elif path == ("links", "web"):
            self._written(self.frame.web_url)
        elif len(path) == 2 and path[0] == "links" and path[1] in ALWAYS_THERE:
            place = places.PLACES[path[1]]
            before, behind = places.around(place.url_name, self.frame.language)
            self._written(before)
            self._slot(self.tokens.setdefault(place.purpose, TokenSlot(place)))
            self._written(behind)
        else:
            return False
        return True

    def _link(self, position: int) -> None:
        if not self.is_tracked:
            self._written(self.frame.destinations[position])
            return
        before, behind = places.around(places.CLICK.url_name, self.frame.language)
        self._written(before)
        self._slot(self.tokens.setdefault(position, ClickSlot(position)))
        self._written(behind)

    def _known(self, value: ValueSlot) -> Slot:
        """The slot that already stands for the same value, where one does."""
        return self._values.setdefault((value.group, value.name, value.fallback), value)

    def _written(self, text: str) -> None:
        self._text.append(escape(text) if self.is_html else text)

    def _slot(self, slot: Slot) -> None:
        if self._text:
            self.parts.append(quoted.fixed("".join(self._text)))
            self._text.clear()
        self.parts.append(slot)


def line_of(source: str) -> list[str | ValueSlot] | None:
    """A subject as texts and values; None where more than values is asked for, and Liquid has to work it out."""
    parts: list[str | ValueSlot] = []
    for node in liquid.TEXT.from_string(source).nodes:
        part = node.text if isinstance(node, ContentNode) else _value(node, is_html=False)
        if part is None:
            return None
        parts.append(part)
    return parts


def _value(node: Node, *, is_html: bool) -> ValueSlot | None:
    """A value that stands there as it is; None for anything else."""
    path, fallback = _path(node), _fallback(node)
    if len(path) != 2 or path[0] not in SIMPLE_GROUPS or fallback is None:
        return None
    return ValueSlot(*path, fallback=fallback, is_html=is_html)


def _worked_out(node: Node, template: BoundTemplate) -> Slot:
    return OutputSlot(node, template) if isinstance(node, liquid.PlainOutputNode) else NodeSlot(node, template)


def _asks_for_tracking(node: Node) -> TypeGuard[IfNode]:
    """Whether this is a choice that each of the two skeletons has made already."""
    return isinstance(node, IfNode) and not node.alternatives and str(node.condition) == IS_TRACKED


def _path(node: Node) -> tuple[str, ...]:
    """("person", "name") of `{{ person.name }}`, filters left aside; empty for anything but a name."""
    expression = node.expression if isinstance(node, OutputNode) else None
    if isinstance(expression, FilteredExpression):
        expression = expression.left
    if not isinstance(expression, Path) or not all(isinstance(part, str) for part in expression.path):
        return ()
    return tuple(str(part) for part in expression.path)


def _fallback(node: Node) -> str | None:
    """What `default` gives when that is the only filter, empty without filters; None where there is more to do."""
    expression = node.expression if isinstance(node, OutputNode) else None
    filters = expression.filters if isinstance(expression, FilteredExpression) else None
    if not filters:
        return ""
    only = filters[0]
    if len(filters) > 1 or only.name != "default" or len(only.args) != 1:
        return None
    value = getattr(only.args[0], "value", None)
    return liquid.one_line(value.value) if isinstance(value, StringLiteral) else None
