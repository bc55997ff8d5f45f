"""The first sheet of an XLSX workbook as a table."""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from content.importing.findings import Broken, Place
from subscribers.importing.tables import Row

MAX_UNPACKED = 512 * 1024**2  # bytes of all parts
MAX_STRINGS = 64 * 1024**2  # bytes of the table of texts, which is held in memory
MAX_COLUMNS = 1_000
BROKEN = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, TypeError, EOFError)


@dataclass(frozen=True)
class XlsxTable:
    """One workbook; line numbers are its row numbers."""

    path: Path
    name: str
    header: list[str]
    header_line: int

    @property
    def first_line(self) -> int:
        """The row below the header."""
        return self.header_line + 1

    def check(self) -> int:
        """Read every row once; gives their number. Raises Broken."""
        return sum(1 for _row in self.rows())

    def rows(self) -> Iterator[Row]:
        """Each row below the header that is not empty."""
        for number, cells in _rows(self.path, self.name):
            if number > self.header_line:
                yield number, cells


def look(path: Path, *, has_header: bool = True) -> XlsxTable:
    """Find the heading. Raises Broken for a workbook that cannot be read, is too large or is empty."""
    refuse_bombs(path)
    first = next(_rows(path, path.name), None)
    if first is None:
        raise Broken(Place(path.name, 1, 1), _("The file is empty."))
    line, cells = first
    if not has_header:
        return XlsxTable(path, path.name, [str(number + 1) for number in range(len(cells))], line - 1)
    return XlsxTable(path, path.name, [cell.strip() for cell in cells], line)


def refuse_bombs(path: Path) -> None:
    """Raises Broken where unpacking would fill the memory, or a part declares a DTD."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Broken(Place(path.name), _("Unpacked, the workbook is larger than 512 MB."))
            for part in parts:
                if part.filename.endswith("sharedStrings.xml") and part.file_size > MAX_STRINGS:
                    raise Broken(Place(path.name), _("The workbook holds too many texts; save the sheet as CSV."))
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(part).read(4096):
                    raise Broken(Place(path.name), _("A part of the workbook declares a DTD; such files are not read."))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise Broken(Place(path.name), _("This is no workbook that can be opened.")) from error


def _rows(path: Path, name: str) -> Iterator[Row]:
    with _sheet(path, name) as sheet:
        try:
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                if len(values) > MAX_COLUMNS:
                    raise Broken(Place(name, number), _("A row has more than a thousand columns."))
                cells = [_text(value) for value in values]
                if any(cells):
                    yield number, cells
        except BROKEN as error:
            raise Broken(Place(name), _("The sheet breaks off: %(why)s.") % {"why": error}) from error


@contextmanager
def _sheet(path: Path, name: str) -> Iterator[ReadOnlyWorksheet]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl names each decoration that it does not read
        try:
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except BROKEN as error:
            raise Broken(Place(name), _("This is no workbook that can be opened.")) from error
        try:
            yield book.worksheets[0]
        finally:
            book.close()


def _text(value: object) -> str:
    """A cell as it would stand in a CSV file: whole numbers without `.0`, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)
