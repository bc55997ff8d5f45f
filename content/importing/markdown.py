"""Markdown files of a folder as pieces."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.importing import dates, decoding, headers, values
from content.importing.findings import Place
from content.importing.images import Shelf
from content.importing.pieces import Piece, Unusable

MAX_BYTES = 5 * 1024**2
ENDINGS = frozenset({".md", ".markdown", ".mdown"})
FURTHER = ("title", "url", "source", "reason")
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


@dataclass
class MarkdownFile:
    """One file below `root`, the folder whose name begins its key."""

    path: Path
    root: Path
    shelf: Shelf
    encoding: str = ""
    language: str = ""  # a folder says none; each head may

    @property
    def name(self) -> str:
        """The path below the root, as the report calls it."""
        return self.path.relative_to(self.root).as_posix()

    def check(self) -> int:
        """One piece; raises Broken where bytes or head cannot be read."""
        headers.split(self._text(), self.name)
        return 1

    def pieces(self) -> Iterator[Piece | Unusable]:
        """The one piece of the file."""
        yield read(self._text(), self.name, f"{self.root.name}/{self.name}")

    def _text(self) -> str:
        return decoding.text(self.path, name=self.name, encoding=self.encoding, max_bytes=MAX_BYTES)

    def resolve(self, href: str, piece: Piece) -> str:
        """Another file below the root, without its ending; "" for anything with a host."""
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or not parts.path:
            return ""
        folder = "/" if parts.path.startswith("/") else f"/{PurePosixPath(self.name).parent}"
        return _bare(os.path.normpath(f"{folder}/{unquote(parts.path).lstrip('/')}"))

    def absolute(self, href: str) -> str:
        """A folder of files knows no site."""
        return ""

    def image(self, reference: str, piece: Piece) -> Path | None:
        """An image in the folder, looked for beside the file first."""
        return self.shelf.find(reference, PurePosixPath(self.name).parent)


def read(text: str, name: str, key: str) -> Piece | Unusable:
    """The piece of one Markdown text.

    Takes: `key` = where it stands, folder and file, the same at each reading.
    Raises: Broken for a head that cannot be read.
    """
    head = headers.split(text, name)
    tokens = MARKDOWN.parse(head.body)
    title, tokens = _title(head, tokens)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    place = Place(name, 1 if head.values else head.body_line)
    if not title:
        return Unusable(place, _("There is no title: neither in the head nor as the first heading."))
    piece = Piece(
        key=f"markdown:{values.first(head.values, 'id') or key}",
        place=place,
        title=title,
        html=html,
        further_reading=values.rows(head.values.get("further_reading"), FURTHER),
        addresses=(_bare(f"/{name}"),),
        extra={name: value for name, value in head.values.items() if name not in values.READ},
    )
    return _with_head(piece, head.values, PurePosixPath(name))


def _with_head(piece: Piece, head: dict[str, object], path: PurePosixPath) -> Piece:
    published_at, notes = _date(head, path)
    authors = values.authors(head)
    return replace(
        piece,
        slug=values.first(head, "slug").strip("/").rpartition("/")[2],
        standfirst=values.first(head, "standfirst"),
        authors=authors,
        terms=values.terms(head),
        published_at=published_at,
        wish=values.wish(head),
        language=values.first(head, "language") or _language_of_name(path),
        cover=values.first(head, "cover"),
        twin=values.first(head, "twin"),
        notes=notes,
    )


def _title(head: headers.Head, tokens: list[Token]) -> tuple[str, list[Token]]:
    """The title, and the text without the first heading where that only repeats it."""
    given = values.first(head.values, "title")
    opens = bool(tokens) and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
    written = _plain(tokens[1]) if opens else ""
    if opens and (not given or written.casefold() == given.casefold()):
        return given or written, tokens[3:]
    return given, tokens


def _plain(token: Token) -> str:
    parts = (child.content if child.type in ("text", "code_inline") else " " for child in token.children or [])
    return " ".join("".join(parts).split())


def _date(head: dict[str, object], path: PurePosixPath) -> tuple[datetime | None, tuple[str, ...]]:
    given = [values.one(head.get(name)) for name in values.NAMES["date"]]
    written = [text for text in given if text and text.lower() not in values.YES | values.NO]
    found = next((moment for text in written if (moment := dates.read(text))), None)
    if written and found is None:
        return dates.of_name(path.name), (_("the date “%(date)s” could not be read") % {"date": written[0]},)
    return found or dates.of_name(path.name), ()


def _language_of_name(path: PurePosixPath) -> str:
    """`post.en.md` is in English."""
    parts = path.stem.rsplit(".", 1)
    return parts[1] if len(parts) == 2 and len(parts[1]) == 2 else ""


def _bare(path: str) -> str:
    """A path without ending, `index` and slashes at its end, in lower case."""
    bare = path.lower().rstrip("/")
    for ending in (".md", ".markdown", ".mdown", ".html", ".htm"):
        bare = bare.removesuffix(ending)
    return bare.removesuffix("/index") or "/"
