"""Personalisation: Liquid with an allow-list of tags and filters and with limits; nothing else may run in a mail."""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from html import escape
from typing import Any, ClassVar, TextIO
from urllib.parse import quote, urlsplit

from liquid import Environment, RenderContext, StrictUndefined, Undefined
from liquid.builtin.filters.misc import default, size
from liquid.builtin.filters.string import (
    append,
    capitalize,
    downcase,
    prepend,
    strip,
    truncate,
    truncatewords,
    upcase,
    url_encode,
)
from liquid.builtin.output import Output, OutputNode
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError
from liquid.output import LimitedStringIO
from liquid.stringify import to_liquid_string
from liquid.template import BoundTemplate
from liquid.utils import ReadOnlyChainMap

TAGS = frozenset({"if", "unless", "case", "for", "break", "continue", "assign"})
PSEUDO_TAGS = frozenset({"content", "output", "illegal"})
MAX_OUTPUT = 2_000_000  # bytes of one rendered part
MAX_TEXT = 64_000  # characters of one value made by a filter or kept by assign
MAX_SECONDS = 2.0
MAX_LAPS = 100  # of all nested loops together
SAFE_SCHEMES = frozenset({"http", "https", "mailto"})
URL_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]+")


def one_line(value: str) -> str:
    """The value without line breaks, control characters and lone surrogates; each run of them is one space."""
    return UNPRINTABLE.sub(" ", value).strip()


def checked_url(value: object) -> str:
    """The address where it is a complete http, https or mailto one, safe in an attribute; else an empty text."""
    text = one_line(str(value or ""))
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme not in SAFE_SCHEMES or not (parts.netloc or parts.scheme == "mailto"):
        return ""
    return quote(text, safe=URL_SAFE)


def bounded(text_filter: Callable[..., str]) -> Callable[..., str]:
    """The filter, refusing to make or take texts longer than MAX_TEXT."""

    def apply(value: object, *arguments: object) -> str:
        if sum(len(str(item)) for item in (value, *arguments)) > MAX_TEXT:
            raise FilterArgumentError(f"a text grew beyond {MAX_TEXT} characters", token=None)
        return text_filter(value, *arguments)

    return apply


FILTERS: dict[str, Callable[..., object]] = {
    "default": default,
    "size": size,
    "url": checked_url,
    **{
        text_filter.__name__: bounded(text_filter)
        for text_filter in (
            append,
            capitalize,
            downcase,
            prepend,
            strip,
            truncate,
            truncatewords,
            upcase,
            url_encode,
        )
    },
}


class TimedBuffer(LimitedStringIO):
    """Output with an end: in bytes and in seconds."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)
        self.ends_at = time.monotonic() + MAX_SECONDS

    def write(self, text: str) -> int:
        """Raises: ResourceLimitError, when the template runs longer than MAX_SECONDS."""
        if time.monotonic() > self.ends_at:
            raise ResourceLimitError(f"the template ran longer than {MAX_SECONDS:g} seconds", token=None)
        return super().write(text)


class OwnContext(RenderContext):
    """Sees our values alone: Liquid's own `now` and `today` would read the clock of the machine."""

    def __init__(self, template: BoundTemplate, **settings: Any) -> None:  # Any: passed on as it came
        super().__init__(template, **settings)
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)


class TimedTemplate(BoundTemplate):
    """A template that writes into a TimedBuffer."""

    context_class = OwnContext

    def _get_buffer(self) -> TimedBuffer:
        return TimedBuffer(MAX_OUTPUT)


class PlainOutputNode(OutputNode):
    """Writes a value on one line: subjects and text parts."""

    def written(self, context: RenderContext) -> str:
        """The value as it appears. Markup that a literal claims to be is text like any other."""
        return one_line(to_liquid_string(self.expression.evaluate(context), autoescape=False))

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(self.written(context))


class HtmlOutputNode(PlainOutputNode):
    """Writes a value escaped for HTML text and attributes, whatever it says of itself."""

    def written(self, context: RenderContext) -> str:
        return escape(super().written(context))


class PlainOutput(Output):
    node_class = PlainOutputNode


class HtmlOutput(Output):
    node_class = HtmlOutputNode


class MailEnvironment(Environment):
    """Liquid as far as a mail may use it."""

    block_nesting_limit: ClassVar[int] = 10
    context_depth_limit: ClassVar[int] = 15
    loop_iteration_limit: ClassVar[int | None] = MAX_LAPS
    local_namespace_limit: ClassVar[int | None] = MAX_TEXT
    output_stream_limit: ClassVar[int | None] = MAX_OUTPUT
    template_class = TimedTemplate

    def __init__(self, output: type[Output], undefined: type[Undefined]) -> None:
        super().__init__(undefined=undefined, autoescape=False)
        self.add_tag(output)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Everything built in, less what is not on our lists."""
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS | PSEUDO_TAGS}
        self.filters = dict(FILTERS)


HTML = MailEnvironment(HtmlOutput, Undefined)
TEXT = MailEnvironment(PlainOutput, Undefined)
STRICT = MailEnvironment(HtmlOutput, StrictUndefined)


def render(source: str, values: Mapping[str, object], *, environment: MailEnvironment = TEXT) -> str:
    """The source with the values put in; unknown ones are empty.

    Raises: liquid.exceptions.LiquidError, for a source that `syntax.problems` would have refused.
    """
    return environment.from_string(source).render(values)


def names(template: BoundTemplate) -> Iterable[tuple[str, int]]:
    """Each variable from outside as ("person.name", offset in the source)."""
    for variables in template.analyze().globals.values():
        for variable in variables:
            yield str(variable), variable.span.index


__all__ = ["HTML", "STRICT", "TEXT", "LiquidError", "MailEnvironment", "names", "one_line", "render"]
