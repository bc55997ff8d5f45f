"""Where something stands in a file, what is wrong there, and the report of a whole import."""

from collections import Counter
from dataclasses import dataclass, field

from django.utils.functional import Promise


@dataclass(frozen=True)
class Place:
    """A spot in a file; what is not known is 0, `byte` is None."""

    file: str  # as the person named it, or relative to the folder that was named
    line: int = 0  # from 1
    column: int = 0  # from 1, in characters
    byte: int | None = None  # from 0, where the bytes could not be read as text

    def __str__(self) -> str:
        spot = "".join(f":{number}" for number in (self.line, self.column) if number)
        return f"{self.file}{spot}" + ("" if self.byte is None else f" (byte {self.byte})")


class Broken(Exception):
    """A file that cannot be read as what it claims to be; nothing of it was taken."""

    def __init__(self, place: Place, message: str | Promise) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    place: Place
    message: str | Promise

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass
class Report:
    """What an import did, in numbers and in findings; every piece is counted once."""

    counts: Counter[str] = field(default_factory=Counter)  # published, drafted, known, skipped; images, links
    refused: list[Finding] = field(default_factory=list)  # whole files
    skipped: list[Finding] = field(default_factory=list)  # single pieces, and files of other kinds
    notes: list[Finding] = field(default_factory=list)  # what came in otherwise than it was

    @property
    def n_pieces(self) -> int:
        """Pieces seen."""
        return sum(self.counts[name] for name in ("published", "drafted", "known", "skipped"))

    def skip(self, place: Place, message: str | Promise) -> None:
        """Count one piece that did not come in, and say why."""
        self.counts["skipped"] += 1
        self.skipped.append(Finding(place, message))
