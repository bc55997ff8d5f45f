"""One article as a source tells it, before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from content.importing.findings import Place


class Wish(Enum):
    """What the source says about being public."""

    UNSAID = "unsaid"
    LIVE = "live"
    DRAFT = "draft"


class Kind(Enum):
    """What a piece becomes."""

    ARTICLE = "article"
    PAGE = "page"  # without a date: a plain page below the home page


@dataclass(frozen=True)
class Term:
    """A topic by its name, and by its slug where the source has one."""

    name: str
    slug: str = ""


@dataclass(frozen=True)
class Piece:
    """Everything a source says of one article; empty where it says nothing."""

    key: str  # the same at every reading, whatever the order: `markdown:…`, `wxr:…`
    place: Place
    title: str
    html: str  # as found: not yet clean
    kind: Kind = Kind.ARTICLE
    slug: str = ""
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    published_at: datetime | None = None  # aware
    wish: Wish = Wish.UNSAID
    language: str = ""  # it, en-US, Italiano: as written
    cover: str = ""  # an image's address as written
    twin: str = ""  # a name shared by the translations of one piece
    further_reading: tuple[dict[str, str], ...] = ()
    addresses: tuple[str, ...] = ()  # resolved ones, under which other pieces link to it
    extra: dict[str, object] = field(default_factory=dict)  # what else its head says
    notes: tuple[str, ...] = ()  # for the report


@dataclass(frozen=True)
class Unusable:
    """An entry that cannot come in, and why."""

    place: Place
    message: str


class Source(Protocol):
    """A file or folder that holds pieces."""

    language: str  # of all its pieces, "" where it does not say

    @property
    def name(self) -> str:
        """What the report calls it."""

    def check(self) -> int:
        """Read everything once and give the number of pieces; raises Broken before any is written."""

    def pieces(self) -> Iterator[Piece | Unusable]:
        """Each piece in the source's own order, a few in memory at a time."""

    def resolve(self, href: str, piece: Piece) -> str:
        """The address a link in a piece means, comparable with `Piece.addresses`; "" for none of ours."""

    def absolute(self, href: str) -> str:
        """A relative address made whole where the source knows its site; "" where it does not."""

    def image(self, reference: str, piece: Piece) -> Path | None:
        """The file beside the source that an image's address means."""
