"""The sample's texts: Markdown files beside this module, read by the importer of content."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from content.importing.images import Shelf
from content.importing.markdown import MarkdownFile
from content.importing.pieces import Kind, Piece, Unusable, Wish

ROOT = Path(__file__).parent / "texts"
LANGUAGES = ("it", "en")
HOUR = time(8, 0)  # at which pieces come out, in the site's zone


@dataclass
class SampleText(MarkdownFile):
    """One text, dated back from the reference day and public."""

    day: date = date.min

    def pieces(self) -> Iterator[Piece | Unusable]:
        """The one piece, with the date, kind and key it has in the sample."""
        for piece in super().pieces():
            yield self._dated(piece) if isinstance(piece, Piece) else piece

    def _dated(self, piece: Piece) -> Piece:
        days = int(str(piece.extra.get("days_ago", 0)))
        return replace(
            piece,
            key=f"sample:{self.name.removesuffix('.md')}",
            kind=Kind.PAGE if piece.extra.get("kind") == "page" else Kind.ARTICLE,
            published_at=moment(self.day, days),
            wish=Wish.LIVE,
        )


def moment(day: date, days_ago: int, at: time = HOUR) -> datetime:
    """An instant so many days before the reference day, in the site's zone."""
    return timezone.make_aware(datetime.combine(day - timedelta(days=days_ago), at))


def all_of(folder: str, day: date) -> list[SampleText]:
    """Every text of a folder in both languages, Italian first, by name."""
    return [
        SampleText(path, ROOT, Shelf(ROOT), day=day)
        for language in LANGUAGES
        for path in sorted((ROOT / language / folder).glob("*.md"))
    ]


def one(language: str, folder: str, name: str, day: date) -> tuple[SampleText, Piece]:
    """A single text with its piece."""
    text = SampleText(ROOT / language / folder / f"{name}.md", ROOT, Shelf(ROOT), day=day)
    piece = next(text.pieces())
    if not isinstance(piece, Piece):
        raise ValueError(piece.message)
    return text, piece


def names(folder: str) -> list[str]:
    """The texts of a folder; each stands in every language under the same name."""
    return sorted(path.stem for path in (ROOT / LANGUAGES[0] / folder).glob("*.md"))
