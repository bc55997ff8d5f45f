"""Rows that did not come in: why, in words, and as a file that can be mended and brought in again."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from subscribers.importing.cells import guard
from subscribers.importing.tables import Table

Line = tuple[int, str]  # (line, the reason's word)


def words(reason: str) -> str:
    """A reason as a sentence for the person who imports."""
    if reason.startswith("address: "):
        return reason.removeprefix("address: ")
    if reason.startswith("status: "):
        word = reason.removeprefix("status: ")
        return _("Nobody knows the status “%(word)s”: say with --means %(word)s=STATUS.") % {"word": word}
    return {
        "columns": _("The row has more cells than the heading."),
        "name": _("The name is longer than 200 characters."),
        "attribute": _("A field is longer than 1000 characters."),
        "switch": _("A column that should say yes or no says something else: leave it out with --mapping HEADING=-."),
        "twice": _("The address stands in the file twice."),
        "unconfirmed": _("This person never confirmed there."),
        "suppressed": _("This address must not be written to."),
        "withdrew": _("This person left here."),
        "kept": _("This person agreed here later than they left there."),
    }[reason]


def write(path: Path, table: Table, refused: Iterable[Line]) -> int:
    """Write the refused rows with their line and reason; gives their number.

    Takes: `refused` in the order of lines. The table is read once more.
    """
    wanted = iter(refused)
    n_rows = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([*map(guard, table.header), "line", "reason"])
        for cells, line, reason in _joined(table, wanted):
            padded = cells + [""] * (len(table.header) - len(cells))
            writer.writerow([*map(guard, padded), line, words(reason)])
            n_rows += 1
    return n_rows


def _joined(table: Table, wanted: Iterator[Line]) -> Iterator[tuple[list[str], int, str]]:
    current = next(wanted, None)
    for line, cells in table.rows():
        if current is None:
            return
        if line == current[0]:
            yield cells, line, current[1]
            current = next(wanted, None)
