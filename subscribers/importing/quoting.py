"""Records of a CSV file: quotes may hold separators and line ends, and must be sound."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache

from django.utils.translation import gettext as _

from content.importing.findings import Broken, Place

MAX_RECORD = 1024**2  # characters; also of one line
MAX_LINES = 1_000  # of one record
csv.field_size_limit(MAX_RECORD)


def records(lines: Iterable[str], name: str, delimiter: str) -> Iterator[tuple[int, str]]:
    """(number of its first line, text) of each record that is not empty; line ends inside quotes stay.

    Raises: Broken with line and column where a quote is opened and never closed, closed and followed by
    something, or stands inside a cell that does not begin with one.
    """
    blank = f"{delimiter} \n"
    numbered = enumerate(lines, start=1)
    for number, line in numbered:
        if '"' in line:
            yield number, _gather(number, line, numbered, name, delimiter)
        elif line.strip(blank):
            yield number, line.rstrip("\n")


def _gather(start: int, held: str, numbered: Iterator[tuple[int, str]], name: str, delimiter: str) -> str:
    """One record from its first line on: further lines belong to it while a quote is open."""
    n_lines = 1
    while held.count('"') % 2:
        _number, more = next(numbered, (0, ""))
        held, n_lines = held + more, n_lines + 1
        if not more or len(held) > MAX_RECORD or n_lines > MAX_LINES:
            raise _broken(held.rstrip("\n"), start, name, delimiter)
    record = held.rstrip("\n")
    if not sound(delimiter).fullmatch(record):
        raise _broken(record, start, name, delimiter)
    return record


def cells(record: str, delimiter: str) -> list[str]:
    """The cells of one sound record."""
    if '"' not in record:
        return record.split(delimiter)
    return next(csv.reader([record], delimiter=delimiter))


@cache
def sound(delimiter: str) -> re.Pattern[str]:
    """Matches a whole record whose quotes are sound; possessive, so that no input makes it slow."""
    mark = re.escape(delimiter)
    cell = rf'(?:"[^"]*+(?:""[^"]*+)*+"|[^"{mark}\n]*+)'
    return re.compile(rf"{cell}(?:{mark}{cell})*+")


def _broken(record: str, start: int, name: str, delimiter: str) -> Broken:
    at, why = _fault(record, delimiter)
    line, column = start + record.count("\n", 0, at), at - record.rfind("\n", 0, at)
    return Broken(Place(name, line, column), why)


def _fault(record: str, delimiter: str) -> tuple[int, str]:
    """Where the first unsound quote of a record stands, and what is wrong with it."""
    at = 0
    while at < len(record):
        if record[at] == '"':
            end = re.compile(r'"[^"]*(?:""[^"]*)*"').match(record, at)
            if end is None:
                return at, _("The quote opened here is never closed.")
            at = end.end()
            if at < len(record) and record[at] not in (delimiter, "\n"):
                return at, _("After a closing quote a separator was expected.")
        else:
            found = re.compile(rf'[^"{re.escape(delimiter)}\n]*').match(record, at)
            at = found.end() if found else at
            if at < len(record) and record[at] == '"':
                return at, _("There is a quote inside a cell that does not begin with one.")
        at += 1
    return 0, _("The quotes of this record cannot be read.")
