"""Which kind of file is this? By its first bytes, not by its name."""

import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from content.importing.findings import Broken, Place
from subscribers.importing import csv_tables, xlsx_tables
from subscribers.importing.tables import Table

ZIP = b"PK\x03\x04"
FOREIGN = (  # what people hand over by mistake
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xd0\xcf\x11\xe0", "Excel 97-2003 (.xls)"),
    (b"%PDF", "PDF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"SQLite", "SQLite"),
)


def look(path: Path, *, encoding: str = "", delimiter: str = "", has_header: bool = True) -> Table:
    """The table a file holds. Raises Broken for what is no table."""
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(ZIP):
        return _packed(path, has_header)
    for mark, name in FOREIGN:
        if head.startswith(mark):
            raise Broken(Place(path.name), _("This is %(kind)s. Save it as CSV or XLSX first.") % {"kind": name})
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html", b"<?xml", b"{")):
        raise Broken(Place(path.name, 1, 1), _("This is no table but HTML, XML or JSON. Save it as CSV or XLSX first."))
    return csv_tables.look(path, encoding=encoding, delimiter=delimiter, has_header=has_header)


def _packed(path: Path, has_header: bool) -> Table:
    """A workbook is a zip with a list of content types; other zips are told by name."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise Broken(Place(path.name), _("This is no workbook that can be opened.")) from error
    if "[Content_Types].xml" in names:
        return xlsx_tables.look(path, has_header=has_header)
    kind = "OpenDocument" if "mimetype" in names else "ZIP"
    raise Broken(Place(path.name), _("This is %(kind)s. Save it as CSV or XLSX first.") % {"kind": kind})
