"""What is wrong with the personalisation in a text, by line and column; asked at save, so nothing fails at send."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from liquid.exceptions import LiquidError

from campaigns.rendering import braces, liquid

MAX_SOURCE = 64_000  # characters of one text that holds tags; a long letter has 20 000
OPENS = frozenset({"if", "unless", "case", "for"})
TAG_NAME = re.compile(r"\{%-?\s*(#|\w*)")
# What is not known is nothing at all, which Liquid holds to be other than an empty text.
IS_EMPTY_TEXT = re.compile(r"""\b((?:person|context|newsletter|links)\.\w+)\s*(?:[!=]=|<>)\s*(?:""|''|empty\b)""")
COMPLAINTS = [
    (re.compile(r"unknown filter '(.+)'"), gettext_lazy("there is no filter “%(word)s”; there are: %(filters)s")),
    (re.compile(r"expected tag (\w+)"), gettext_lazy("“%(word)s” is missing")),
    (re.compile(r"unexpected tag '(\w+)'"), gettext_lazy("“%(word)s” ends or divides nothing")),
    (
        re.compile(r"(?:expected a primitive expression|missing expression|missing or unexpected path)"),
        gettext_lazy("something is missing between the braces"),
    ),
    (re.compile(r"expected end of expression"), gettext_lazy("there is more between the braces than can be read")),
    (re.compile(r"unexpected '(.+)'"), gettext_lazy("“%(word)s” cannot stand here")),
    (re.compile(r"loop iteration limit"), gettext_lazy("the loops go round too often")),
    (re.compile(r"block nesting limit"), gettext_lazy("too many conditions stand inside each other")),
    (re.compile(r"a text grew"), gettext_lazy("the text grows too long")),
]


@dataclass(frozen=True)
class Problem:
    """One thing to mend; line and column count from 1."""

    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = _("line %(line)d, column %(column)d") % {"line": self.line, "column": self.column}
        return f"{place}: {self.message}"


class Vocabulary:
    """The variables a kind of message may use: full names, and groups whose members are free."""

    def __init__(self, known: frozenset[str], groups: frozenset[str] = frozenset()) -> None:
        self.known = known
        self.groups = groups

    def __contains__(self, name: str) -> bool:
        group, dot, member = name.partition(".")
        if name in self.known:
            return True
        return bool(dot) and group in self.groups and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", member) is not None

    def sample(self, fill: str | None) -> dict[str, object]:
        """A value for each known name, nested as templates see them."""
        values: dict[str, object] = {group: _Anything(fill) for group in self.groups}
        for name in self.known:
            group, _dot, member = name.partition(".")
            inner = values.setdefault(group, {})
            if isinstance(inner, dict):
                inner[member] = fill
        return values


class _Anything(Mapping[str, str | None]):
    """A group whose members nobody knows before the mail is written."""

    def __init__(self, fill: str | None) -> None:
        self.fill = fill

    def __getitem__(self, name: str) -> str | None:
        return self.fill

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


PERSON = frozenset({"person.name", "person.first_name", "person.address", "person.is_tracked", "newsletter.name"})
PLACES = frozenset({"links.leave", "links.home", "links.why"})
ISSUE = Vocabulary(PERSON | PLACES | {"links.web"})
EMAIL = Vocabulary(PERSON | PLACES | {"links.resource"}, groups=frozenset({"context"}))


def problems(source: str, vocabulary: Vocabulary) -> list[Problem]:
    """Everything to mend in one text, in the order of the text; empty where all is well."""
    if not braces.OPENING.search(source):
        return []
    if len(source) > MAX_SOURCE:
        return [Problem(1, 1, _("too long to hold tags: at most %(n)d characters") % {"n": MAX_SOURCE})]
    if (offset := braces.unclosed(source)) is not None:
        return [_at(source, offset, _("opened here and never closed"))]
    return (
        _unknown_tags(source)
        or _unreadable(source)
        or _unknown_names(source, vocabulary)
        or _always_the_same(source)
        or _failing(source, vocabulary)
    )


def _at(source: str, offset: int, message: str) -> Problem:
    before = source[:offset]
    return Problem(before.count("\n") + 1, offset - before.rfind("\n"), message)


def _tag_name(tag: str) -> str:
    match = TAG_NAME.match(tag)
    return match.group(1) if match else ""


def _unknown_tags(source: str) -> list[Problem]:
    known = liquid.TAGS | {"else", "elsif", "when"} | {f"end{name}" for name in OPENS}
    return [
        _at(source, piece.start, _("“%(name)s” is not a tag that mails know") % {"name": _tag_name(piece.text)})
        for piece in braces.split(source)
        if piece.text.startswith("{%") and piece.is_tag and _tag_name(piece.text) not in known
    ]


def _unreadable(source: str) -> list[Problem]:
    try:
        liquid.STRICT.from_string(source)
    except LiquidError as error:
        return [_placed(source, error)]
    return []


def _placed(source: str, error: LiquidError) -> Problem:
    """The error with its place; the parser knows none where something is left open or empty."""
    place = error.context()
    if place is not None:
        return Problem(place[0], place[1] + 1, _in_words(error))
    return _at(source, _culprit(source), _in_words(error))


def _in_words(error: LiquidError) -> str:
    """The parser's complaint in the language of whoever saves, where we know it; else as it says."""
    said = str(error.message)
    for pattern, words in COMPLAINTS:
        if match := pattern.match(said):
            values = {"word": match.group(1) if match.re.groups else "", "filters": ", ".join(sorted(liquid.FILTERS))}
            return str(words) % values
    return _("this cannot be read: %(detail)s") % {"detail": said}


def _culprit(source: str) -> int:
    """Offset of the first tag that cannot stand alone, or of the block that nobody closes."""
    left_open: list[int] = []
    for piece in braces.split(source):
        if not piece.is_tag:
            continue
        name = _tag_name(piece.text)
        if name in OPENS:
            left_open.append(piece.start)
        elif name.startswith("end") and left_open:
            left_open.pop()
        if not _stands_alone(piece.text, name):
            return piece.start
    return left_open[-1] if left_open else 0


def _stands_alone(tag: str, name: str) -> bool:
    if name.startswith("end") or name in {"else", "elsif", "when", "break", "continue"}:
        return True
    closed = f"{tag}{{% end{name} %}}" if name in OPENS else tag
    try:
        liquid.STRICT.from_string(closed)
    except LiquidError:
        return False
    return True


def _unknown_names(source: str, vocabulary: Vocabulary) -> list[Problem]:
    found = liquid.names(liquid.STRICT.from_string(source))
    unknown = sorted({(offset, name) for name, offset in found if name not in vocabulary})
    return [_at(source, offset, _("nothing is called “%(name)s” here") % {"name": name}) for offset, name in unknown]


def _always_the_same(source: str) -> list[Problem]:
    """Conditions that ask whether a value is an empty text: it never is, so they say the same of everybody."""
    return [
        _at(source, piece.start, _("“%(name)s” is never an empty text: leave the comparison out") % {"name": match[1]})
        for piece in braces.split(source)
        if piece.text.startswith("{%") and piece.is_tag and (match := IS_EMPTY_TEXT.search(piece.text))
    ]


def _failing(source: str, vocabulary: Vocabulary) -> list[Problem]:
    """Try it on somebody who told us everything and on somebody who told us nothing."""
    for fill in ("https://example.org/", None):
        try:
            liquid.STRICT.from_string(source).render(vocabulary.sample(fill))
        except LiquidError as error:
            return [_placed(source, error)]
    return []
