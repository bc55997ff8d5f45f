"""What a file of rows looks like to the importer, whatever its format."""

from collections.abc import Iterator
from typing import Protocol

Row = tuple[int, list[str]]  # (line or row number from 1, its cells)


class Table(Protocol):
    """A file that passed its check holds only rows that can be read to the end."""

    @property
    def name(self) -> str:
        """The file's, for the report."""

    @property
    def header(self) -> list[str]:
        """The headings, or the numbers of the columns where there are none."""

    @property
    def first_line(self) -> int:
        """Of the first row after the header."""

    def check(self) -> int:
        """Read everything once and give the number of rows; raises Broken with the place."""

    def rows(self) -> Iterator[Row]:
        """Each row below the header that is not empty."""
