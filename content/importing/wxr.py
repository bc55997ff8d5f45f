"""A WordPress export as a stream of its entries: constant memory, no entities, the line of each entry."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError  # noqa: S405  (the exception alone; parsing is defused's)

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from content.importing import decoding
from content.importing.findings import Broken, Place

MAX_BYTES = 2 * 1024**3  # of a file; a blog of ten years is below 100 MB
MAX_ENTRY = 8 * 1024**2  # characters of one entry: memory stays bounded whatever the file says
CHUNK = 64 * 1024  # bytes fed at once
MAX_DEPTH = 40
WP = re.compile(r"\{http://wordpress\.org/export/\d+\.\d+/\}")
OTHERS = {
    "{http://purl.org/dc/elements/1.1/}": "dc:",
    "{http://purl.org/rss/1.0/modules/content/}": "content:",
}
EXCERPT = re.compile(r"\{http://wordpress\.org/export/\d+\.\d+/excerpt/\}")
ENTRIES = frozenset({"item", "wp:author"})
FACTS = frozenset({"title", "link", "language", "wp:wxr_version", "wp:base_site_url", "wp:base_blog_url"})


@dataclass
class Entry:
    """One `<item>` or `<wp:author>`: its texts by short tag, its categories and its custom fields."""

    tag: str
    line: int
    texts: dict[str, str] = field(default_factory=dict)
    categories: list[tuple[str, str, str]] = field(default_factory=list)  # (domain, nicename, name)
    fields: dict[str, str] = field(default_factory=dict)


@dataclass
class Channel:
    """What the file says of the whole site."""

    facts: dict[str, str] = field(default_factory=dict)


class _Gatherer:
    """The parser's target: builds one entry at a time and forgets it once it is taken away."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.channel = Channel()
        self.ready: deque[Entry] = deque()
        self.entry: Entry | None = None
        self.stack: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.field_key = ""
        self.n_entry = 0  # characters of the entry so far
        self.parser: DefusedXMLParser | None = None

    @property
    def place(self) -> Place:
        expat = self.parser.parser  # type: ignore[union-attr]
        return Place(self.name, expat.CurrentLineNumber, expat.CurrentColumnNumber + 1)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        short = _short(tag)
        if len(self.stack) >= MAX_DEPTH:
            raise Broken(self.place, _("The elements are nested too deeply."))
        if self.entry is None and short in ENTRIES and len(self.stack) == 2:
            self.entry, self.n_entry = Entry(short, self.place.line), 0
        self.stack.append((short, attributes))
        self.text.clear()

    def data(self, text: str) -> None:
        self.n_entry += len(text)
        if self.n_entry > MAX_ENTRY:
            most = MAX_ENTRY // 1024**2
            raise Broken(self.place, _("An entry is larger than %(most)d million characters.") % {"most": most})
        self.text.append(text)

    def end(self, tag: str) -> None:
        short, attributes = self.stack.pop()
        text = "".join(self.text).strip()
        self.text.clear()
        if self.entry is None:
            self._fact(short, text)
        elif len(self.stack) == 2:
            self.ready.append(self.entry)
            self.entry, self.n_entry = None, 0
        else:
            self._part(self.entry, short, attributes, text)

    def _fact(self, short: str, text: str) -> None:
        self.n_entry = 0
        if len(self.stack) == 2 and short in FACTS:
            self.channel.facts.setdefault(short, text)

    def _part(self, entry: Entry, short: str, attributes: dict[str, str], text: str) -> None:
        depth = len(self.stack) - 3  # below the entry; comments and their fields lie deeper and are left out
        if depth == 0 and short == "category":
            entry.categories.append((attributes.get("domain", ""), attributes.get("nicename", ""), text))
        elif depth == 0:
            entry.texts.setdefault(short, text)
        elif depth == 1 and self.stack[-1][0] == "wp:postmeta":
            if short == "wp:meta_key":
                self.field_key = text
            elif short == "wp:meta_value":
                entry.fields.setdefault(self.field_key, text)

    def close(self) -> None:
        """The parser asks for it at the end."""


def _short(tag: str) -> str:
    """`{http://wordpress.org/export/1.2/}post_id` → `wp:post_id`; other namespaces keep their full name."""
    if not tag.startswith("{"):
        return tag
    if match := WP.match(tag):
        return f"wp:{tag[match.end() :]}"
    if match := EXCERPT.match(tag):
        return f"excerpt:{tag[match.end() :]}"
    for full, short in OTHERS.items():
        if tag.startswith(full):
            return short + tag[len(full) :]
    return tag


def stream(path: Path, name: str) -> Iterator[tuple[Channel, Entry]]:
    """Each entry of a file in its order, with what is known of the channel by then.

    Raises: Broken with line and column for XML that is not well formed, has a DTD or entities, for bytes that
    are no text, for a file or entry that is too large, and at the end for a file that is no WordPress export.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Broken(Place(name), _("The file has %(size)d bytes; at most %(most)d are read.") % _sizes(size))
    gatherer = _Gatherer(name)
    parser = gatherer.parser = DefusedXMLParser(target=gatherer, forbid_dtd=True)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            _feed(parser, gatherer, chunk, path)
            while gatherer.ready:
                yield gatherer.channel, gatherer.ready.popleft()
    _close(parser, gatherer, path)
    if "wp:wxr_version" not in gatherer.channel.facts:
        raise Broken(Place(name, 1, 1), _("This is no WordPress export: it names no wp:wxr_version."))


def _sizes(size: int) -> dict[str, int]:
    return {"size": size, "most": MAX_BYTES}


def _feed(parser: DefusedXMLParser, gatherer: _Gatherer, chunk: bytes, path: Path) -> None:
    try:
        parser.feed(chunk)
    except DefusedXmlException as error:
        raise Broken(gatherer.place, _("A DTD or an entity is declared here; such files are not read.")) from error
    except ParseError as error:
        raise _malformed(error, gatherer, path) from error
    except ValueError as error:  # an encoding expat does not know: multi-byte ones
        raise Broken(gatherer.place, _("The encoding that the file names cannot be read.")) from error


def _close(parser: DefusedXMLParser, gatherer: _Gatherer, path: Path) -> None:
    try:
        parser.close()
    except ParseError as error:
        raise _malformed(error, gatherer, path) from error


def _malformed(error: ParseError, gatherer: _Gatherer, path: Path) -> Broken:
    """The refusal of XML that is not well formed; where a byte is no UTF-8, that is said instead."""
    line, column = error.position
    at = gatherer.parser.parser.ErrorByteIndex  # type: ignore[union-attr]
    with path.open("rb") as file:
        head = file.read(decoding.SAMPLE_BYTES)
        file.seek(max(0, at - 8))
        around = file.read(16)
    is_utf8 = b"encoding" not in head[:100].lower() or b"utf-8" in head[:100].lower()
    byte = _first_bad_byte(around)
    if is_utf8 and byte is not None:
        place = Place(gatherer.name, line, column + 1, max(0, at - 8) + byte)
        return Broken(place, _("The bytes here are no UTF-8, which the file says it is."))
    return Broken(Place(gatherer.name, line, column + 1), _("The XML breaks here: %(why)s.") % {"why": _why(error)})


def _why(error: ParseError) -> str:
    return str(error).partition(":")[0]


def _first_bad_byte(around: bytes) -> int | None:
    """The first byte in a window that no UTF-8 character explains; characters cut at its edges are forgiven."""
    start = next((number for number, byte in enumerate(around[:4]) if byte & 0xC0 != 0x80), 0)
    try:
        around[start:].decode()
    except UnicodeDecodeError as error:
        return start + error.start if error.reason != "unexpected end of data" else None
    return None
