"""CSV files as tables: encoding and separator are found out or asked for, never guessed silently."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from content.importing import decoding
from content.importing.decoding import Encoding
from content.importing.findings import Broken, Place
from subscribers.importing import quoting
from subscribers.importing.tables import Row

SEPARATORS = (",", ";", "\t", "|")
N_LOOKED_AT = 20  # records, to find the separator
CHUNK = 1024**2  # bytes decoded at once
C1 = re.compile(r"[\x80-\x9f]")


@dataclass(frozen=True)
class CsvTable:
    """One CSV file whose layout is known."""

    path: Path
    name: str
    encoding: Encoding
    delimiter: str
    header: list[str]
    header_line: int  # 0: the file has none

    @property
    def first_line(self) -> int:
        """The line below the header's first."""
        return self.header_line + 1

    def check(self) -> int:
        """Read every byte, letter and quote once; gives the number of rows. Raises Broken."""
        check_bytes(self.path, self.name, self.encoding)
        return sum(1 for number, _record in self._records() if number > self.header_line)

    def rows(self) -> Iterator[Row]:
        """Each record below the header, parted into cells."""
        delimiter, header_line = self.delimiter, self.header_line
        for number, record in self._records():
            if number > header_line:
                yield number, quoting.cells(record, delimiter)

    def _records(self) -> Iterator[tuple[int, str]]:
        return quoting.records(lines(self.path, self.encoding), self.name, self.delimiter)


def lines(path: Path, encoding: Encoding) -> Iterator[str]:
    """The lines of a file, each with one `\\n`, whatever ended it."""
    with path.open("rb") as raw:
        raw.seek(encoding.n_mark)
        yield from io.TextIOWrapper(raw, encoding=encoding.name, newline=None)


def look(path: Path, *, encoding: str = "", delimiter: str = "", has_header: bool = True) -> CsvTable:
    """Find out how a file is written. Takes what a person asked for, "" for what is to be found out.

    Raises: Broken when bytes cannot be decoded, the file is empty, or two separators are equally likely.
    """
    name = path.name
    with path.open("rb") as file:
        found = decoding.detect(file.read(decoding.SAMPLE_BYTES), encoding)
    check_bytes(path, name, found)
    named, n_skipped = _excel_line(path, found)
    delimiter = delimiter or named or _separator(_sample(path, found), name)
    first = _first_record(path, found, name, delimiter, n_skipped)
    if first is None:
        raise Broken(Place(name, 1, 1), _("The file is empty."))
    line, header = first
    if not has_header:
        return CsvTable(path, name, found, delimiter, [str(number + 1) for number in range(len(header))], line - 1)
    return CsvTable(path, name, found, delimiter, [cell.strip() for cell in header], line)


def _excel_line(path: Path, encoding: Encoding) -> tuple[str, int]:
    """The separator that a first line `sep=;` names, and how many lines that takes."""
    first = next(lines(path, encoding), "")
    text = first.rstrip("\n")
    return (text[4], 1) if text.lower().startswith("sep=") and len(text) == 5 else ("", 0)


def _sample(path: Path, encoding: Encoding) -> list[str]:
    found = (line for _number, line in zip(range(N_LOOKED_AT), lines(path, encoding), strict=False))
    return [line[: quoting.MAX_RECORD].rstrip("\n") for line in found if line.strip()]


def _separator(sample: list[str], name: str) -> str:
    """The one separator that stands in the heading and as often in most lines; a comma where there is none."""
    if not sample:
        return ","
    scores: dict[str, tuple[int, int]] = {}
    for mark in SEPARATORS:
        counts = [_count(line, mark) for line in sample]
        if counts[0]:
            scores[mark] = (sum(count == counts[0] for count in counts), counts[0])
    best = sorted(scores, key=lambda mark: scores[mark], reverse=True)
    if len(best) > 1 and scores[best[0]] == scores[best[1]]:
        raise Broken(
            Place(name, 1, 1),
            _("Both “%(one)s” and “%(other)s” could part the cells: say which with --delimiter.")
            % {"one": best[0], "other": best[1]},
        )
    return best[0] if best else ","


def _count(line: str, mark: str) -> int:
    """How often a mark stands outside quotes."""
    return sum(part.count(mark) for part in line.split('"')[::2])


def _first_record(path: Path, encoding: Encoding, name: str, delimiter: str, skip: int) -> tuple[int, list[str]] | None:
    for number, record in quoting.records(lines(path, encoding), name, delimiter):
        if number > skip and record.strip(delimiter + ' "'):
            return number, quoting.cells(record, delimiter)
    return None


def check_bytes(path: Path, name: str, encoding: Encoding) -> None:
    """Decode everything once in constant memory.

    Raises: Broken with line, column and byte for the first byte that is no letter; with line and column for a
    control character or a line beyond all measure.
    """
    decoder = codecs.getincrementaldecoder(encoding.name)()
    n_read, n_pending, n_line = encoding.n_mark, 0, 0
    with path.open("rb") as file:
        file.seek(encoding.n_mark)
        while True:
            chunk = file.read(CHUNK)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise _undecodable(path, name, n_read - n_pending + error.start, encoding) from error
            n_line = _check_text(text, n_line, path, name, encoding)
            if not chunk:
                return
            n_read, n_pending = n_read + len(chunk), len(decoder.getstate()[0])


def _check_text(text: str, n_line: int, path: Path, name: str, encoding: Encoding) -> int:
    """Refuse what no table holds; gives how long the line is that the text ends in."""
    if decoding.CONTROL.search(text):
        raise _first_control(path, name, encoding)
    if encoding.name in ("iso8859-1", "latin-1") and C1.search(text):
        raise Broken(Place(name), _("There are control characters of Latin-1: the file is more likely cp1252."))
    end = max(text.rfind("\n"), text.rfind("\r"))
    n_line = len(text) - end - 1 if end >= 0 else n_line + len(text)
    if n_line > quoting.MAX_RECORD * 2:
        raise Broken(Place(name), _("A line is longer than a million characters: this is no table."))
    return n_line


def _undecodable(path: Path, name: str, byte: int, encoding: Encoding) -> Broken:
    """The refusal with the line and column of a byte; reads the file up to it once more."""
    line, column = 1, 1
    decoder = codecs.getincrementaldecoder(encoding.name)(errors="replace")
    translator = io.IncrementalNewlineDecoder(decoder, translate=True)
    with path.open("rb") as file:
        file.seek(encoding.n_mark)
        left = byte - encoding.n_mark
        while left > 0:
            raw = file.read(min(CHUNK, left))
            left -= len(raw)
            text = translator.decode(raw)
            line += text.count("\n")
            column = len(text) - text.rfind("\n") if "\n" in text else column + len(text)
        file.seek(max(0, byte - 12))
        around = file.read(36)
    seen = around[min(byte, 12)]
    message = _("Byte 0x%(byte)02X is no %(encoding)s.") % {"byte": seen, "encoding": encoding.name.upper()}
    return Broken(Place(name, line, column, byte), message + " " + decoding.guess(around, min(byte, 12)))


def _first_control(path: Path, name: str, encoding: Encoding) -> Broken:
    for number, line in enumerate(lines(path, encoding), start=1):
        if match := decoding.CONTROL.search(line):
            code = ord(match[0])
            message = _("There is a control character (U+%(code)04X) here.") % {"code": code}
            return Broken(Place(name, number, match.start() + 1), message)
    return Broken(Place(name), _("There are control characters."))
