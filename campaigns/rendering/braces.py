"""Where a text says `{{ … }}` or `{% … %}`: finding these tags, escaping around them, carrying them through MJML."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

OPENING = re.compile(r"\{\{|\{%")
CLOSING = {"{{": "}}", "{%": "%}"}
# What would begin a tag, alone or together with the character that happens to follow.
RISKY = re.compile(r"\{[{%]|\{$")


class TagsLost(Exception):
    """A tag did not come through the MJML compiler exactly once: it stood where only numbers may stand."""


@dataclass(frozen=True)
class Piece:
    """A stretch of template source: either one tag or the text between two."""

    text: str
    is_tag: bool
    start: int  # offset in the source


def split(source: str) -> Iterator[Piece]:
    """The source as pieces, in order; joined they give the source back. Linear, whatever is left open."""
    at = 0
    for start, end in _tags(source):
        if start > at:
            yield Piece(source[at:start], is_tag=False, start=at)
        yield Piece(source[start:end], is_tag=True, start=start)
        at = end
    if at < len(source):
        yield Piece(source[at:], is_tag=False, start=at)


def _tags(source: str) -> Iterator[tuple[int, int]]:
    """Start and end of each tag. What is never closed once is never closed later: it is not looked for again."""
    at, unclosed = 0, set()
    while match := OPENING.search(source, at):
        opening = match.group()
        end = -1 if opening in unclosed else source.find(CLOSING[opening], match.end())
        if end < 0:
            unclosed.add(opening)
            at = match.start() + 1
            if len(unclosed) == len(CLOSING):
                return
            continue
        at = end + len(CLOSING[opening])
        yield match.start(), at


def has_tags(source: str) -> bool:
    """Whether anything here is more than text."""
    return next(_tags(source), None) is not None


def unclosed(source: str) -> int | None:
    """Offset of the first `{{` or `{%` that is never closed, or None."""
    for piece in split(source):
        if not piece.is_tag and (match := OPENING.search(piece.text)):
            return piece.start + match.start()
    return None


def literal(data: str) -> str:
    """Template source that gives exactly this text: a title with `{{` in it is data, not a template."""
    return RISKY.sub(lambda match: f"{{{{ '{match.group()}' }}}}", data)


def markup(source: str) -> SafeString:
    """The source with its text escaped for HTML and its tags untouched."""
    pieces = (piece.text if piece.is_tag else escape(piece.text) for piece in split(source))
    return mark_safe("".join(pieces))  # noqa: S308 -- the text was escaped just above


@dataclass
class Guard:
    """Swaps tags for plain words while the source goes through a compiler that knows no Liquid."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(4))
    tags: list[str] = field(default_factory=list)

    def protect(self, source: str) -> str:
        """The source with a word in place of each tag."""
        return "".join(self._word(piece.text) if piece.is_tag else piece.text for piece in split(source))

    def _word(self, tag: str) -> str:
        self.tags.append(tag)
        return f"zq{self.nonce}x{len(self.tags) - 1}q"

    def width(self, protected: str) -> int:
        """Columns of text with words in place of tags: `{% … %}` takes none, `{{ … }}` counts as its word."""
        words = self._words().finditer(protected)
        return len(protected) - sum(len(word.group()) for word in words if self._tag(word).startswith("{%"))

    def restore(self, output: str) -> str:
        """The output with the tags back in their places.

        Raises: TagsLost, when a tag vanished or was doubled on the way (numeric attributes, titles).
        """
        words = self._words()
        seen = sorted(int(number) for number in words.findall(output))
        if seen != list(range(len(self.tags))):
            wrong = [tag for number, tag in enumerate(self.tags) if seen.count(number) != 1]
            raise TagsLost(", ".join(wrong[:3]))
        return words.sub(self._tag, output)

    def _words(self) -> re.Pattern[str]:
        return re.compile(rf"zq{self.nonce}x(\d+)q")

    def _tag(self, word: re.Match[str]) -> str:
        return self.tags[int(word.group(1))]
