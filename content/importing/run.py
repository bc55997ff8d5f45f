"""One import from its path to its report."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _
from wagtail.models import Locale

from content.importing.findings import Broken, Finding, Place, Report
from content.importing.fitting import Fitter
from content.importing.images import ENDINGS as IMAGE_ENDINGS
from content.importing.images import Gallery, Shelf
from content.importing.markdown import ENDINGS, MarkdownFile
from content.importing.pieces import Kind, Piece, Source
from content.importing.wordpress import WordPressFile
from content.importing.writing import Desk, Homeless
from content.models import ArticlePage, PlainPage

LOCK = 6_311_208_415  # any number of our own: two imports at once would both make the same page
Step = Callable[[int, int, str], None]  # pieces done, pieces in all, what is being done


class Busy(Exception):
    """Another import is running."""


@dataclass
class Load:
    """What is to be brought in: sources that passed their check, and the report begun."""

    sources: list[Source] = field(default_factory=list)
    n_pieces: int = 0
    report: Report = field(default_factory=Report)


def look(path: Path, encoding: str = "") -> Load:
    """Find and check every source of a file or folder; nothing is written.

    Gives: the sound sources; broken files stand in `report.refused`, other kinds in `report.skipped`.
    """
    load, path = Load(), path.resolve()
    root = path if path.is_dir() else path.parent
    shelf, others = Shelf(root), Counter[str]()
    for file in sorted(_files(path)):
        source = _source(file, root, shelf, encoding)
        if source is None:
            others[file.suffix.lower() or file.name] += 1
            continue
        try:
            load.n_pieces += source.check()
        except Broken as broken:
            load.report.refused.append(Finding(broken.place, broken.message))
        else:
            load.sources.append(source)
    for ending, count in sorted(others.items()):
        load.report.skipped.append(Finding(Place(f"*{ending}"), _("not read: %(count)d files") % {"count": count}))
    return load


def _files(path: Path) -> Iterator[Path]:
    """The file itself, or each below a folder; hidden ones and symbolic links are passed over."""
    if path.is_file():
        yield path
        return
    for found in path.rglob("*"):
        hidden = any(part.startswith(".") for part in found.relative_to(path).parts)
        if found.is_file() and not found.is_symlink() and not hidden and found.suffix.lower() not in IMAGE_ENDINGS:
            yield found


def _source(file: Path, root: Path, shelf: Shelf, encoding: str) -> Source | None:
    if file.suffix.lower() in ENDINGS and file.stem.lower() != "readme":
        return MarkdownFile(file, root, shelf, encoding)
    return WordPressFile(file, shelf) if file.suffix.lower() in (".xml", ".wxr") else None


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock of imports on this connection. Raises Busy where another holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        row = cursor.fetchone()
        if not row[0]:
            raise Busy
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@dataclass
class Import:
    """Brings a load in; may be stopped at any moment and begun again."""

    load: Load
    desk: Desk
    gallery: Gallery
    step: Step
    targets: dict[str, int] = field(default_factory=dict)  # {address of a piece: id of its page}
    empty: dict[str, ArticlePage | PlainPage] = field(default_factory=dict)  # {piece's key: opened, not yet filled}

    @property
    def report(self) -> Report:
        """What was done so far."""
        return self.load.report

    def run(self) -> Report:
        """Open a page for each new piece, then fill them. On a stop, pages still empty are taken away.

        Changes: pages, images, authors, topics; each piece in a transaction of its own.
        """
        try:
            self._each(self._open, _("looking"))
            self._each(self._fill, _("writing"))
        finally:
            for page in self.empty.values():
                if page.pk:
                    page.delete()
        self.report.counts["images"] = self.gallery.n_new
        self.report.counts["names"] = self.desk.names.n_new
        return self.report

    def _each(self, act: Callable[[Piece, Source], None], what: str) -> None:
        n_done = 0
        for source in self.load.sources:
            for piece in source.pieces():
                if isinstance(piece, Piece):
                    act(piece, source)
                elif act == self._open:
                    self.report.skip(piece.place, piece.message)
                n_done += 1
                self.step(n_done, self.load.n_pieces, what)

    def _open(self, piece: Piece, source: Source) -> None:
        try:
            page, is_new = self._meet(piece, self.desk.locale(piece, source))
        except Homeless as error:
            self.report.skip(piece.place, str(error))
            return
        if is_new:
            self.empty[piece.key] = page
        else:
            self.report.counts["known"] += 1
        self.targets |= dict.fromkeys(piece.addresses, page.pk or 0)

    def _meet(self, piece: Piece, locale: Locale) -> tuple[ArticlePage | PlainPage, bool]:
        """The page of a piece, and whether it still wants its text: new, or left empty by a stop."""
        page = self.desk.find(piece, locale)
        if page is None:
            return self.desk.open(piece, locale), True
        return page, page.latest_revision_id is None

    def _fill(self, piece: Piece, source: Source) -> None:
        page = self.empty.get(piece.key)
        if page is None:
            return
        fitter = self.fitter(source)
        is_public = self._write(page, piece, fitter)
        del self.empty[piece.key]
        self.report.counts["published" if is_public else "drafted"] += 1
        self.report.counts["links"] += fitter.n_links
        notes = dict.fromkeys([*piece.notes, *_more_authors(piece), *fitter.notes])
        self.report.notes += [Finding(piece.place, note) for note in notes]

    def fitter(self, source: Source) -> Fitter:
        """What makes the blocks of one piece."""
        return Fitter(source, self.targets, self.gallery)

    def _write(self, page: ArticlePage | PlainPage, piece: Piece, fitter: Fitter) -> bool:
        return self.desk.fill(page, piece, fitter)


class Rehearsal(Import):
    """The same walk with nothing written: what would come in, and what is found on the way."""

    def _meet(self, piece: Piece, locale: Locale) -> tuple[ArticlePage | PlainPage, bool]:
        page = self.desk.find(piece, locale)
        if page is not None:
            return page, page.latest_revision_id is None
        self.desk.parent(piece, locale)
        return ArticlePage(title=piece.title, locale=locale), True

    def _write(self, page: ArticlePage | PlainPage, piece: Piece, fitter: Fitter) -> bool:
        fitter.body(piece)
        if piece.kind is Kind.ARTICLE:
            self.desk.named(piece, page.locale)
        if piece.kind is Kind.ARTICLE and piece.cover:
            fitter.image_id(piece.cover, piece.title, piece)
        return self.desk.is_public(piece)


def _more_authors(piece: Piece) -> list[str]:
    others = piece.authors[1:]
    return [_("only the first author is shown; left out: %(names)s") % {"names": ", ".join(others)}] if others else []
