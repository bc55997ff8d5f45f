"""Files of rows: letters, separators and quotes, read or refused with their place."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from content.importing.findings import Broken, Place
from subscribers.importing import cells, csv_tables, opening, quoting

CORPORA = Path("../shared/corpora")
needs_corpora = pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are read in the words of the sources."""
    with translation.override("en"):
        yield


def written(tmp_path: Path, content: str | bytes, name: str = "people.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, **options: object) -> tuple[list[str], list[tuple[int, list[str]]]]:
    table = opening.look(path, **options)  # type: ignore[arg-type]
    rows = list(table.rows())
    assert table.check() == len(rows)
    return table.header, rows


def refused(path: Path, **options: object) -> Broken:
    with pytest.raises(Broken) as caught:
        read(path, **options)
    return caught.value


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_unicode_and_any_line_end_give_the_same_rows(tmp_path: Path, codec: str, end: str) -> None:
    text = end.join(["Email;Nome", "ada@posta.example;Niccolò", "", "ugo@posta.example;Zoë", ""])

    assert read(written(tmp_path, text.encode(codec))) == (
        ["Email", "Nome"],
        [(2, ["ada@posta.example", "Niccolò"]), (4, ["ugo@posta.example", "Zoë"])],
    )


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(tmp_path: Path, mark: str) -> None:
    lines = [["a", "b", "c"], ["1", "x y", ""], ["2", "", "z"]]
    path = written(tmp_path, "\n".join(mark.join(line) for line in lines))

    assert read(path) == (lines[0], [(2, lines[1]), (3, lines[2])])


def test_a_doubtful_separator_is_asked_for_and_an_excel_line_names_it(tmp_path: Path) -> None:
    doubtful = written(tmp_path, "a,b;c\n1,2;3\n")

    assert "--delimiter" in str(refused(doubtful).message)
    assert read(doubtful, delimiter=";") == (["a,b", "c"], [(2, ["1,2", "3"])])
    assert read(written(tmp_path, "sep=;\na;b,c\n1;2,3\n")) == (["a", "b,c"], [(3, ["1", "2,3"])])


def test_quotes_may_hold_separators_quotes_and_line_ends(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n"Neri, Ada","disse ""ciao"""\n"due\r\nrighe",x\n1,2\n')

    assert read(path)[1] == [(2, ["Neri, Ada", 'disse "ciao"']), (3, ["due\nrighe", "x"]), (5, ["1", "2"])]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('a,b\n1,"2\n3,4\n', Place("people.csv", 2, 3)),
        ('a,b\n1,"2"x\n', Place("people.csv", 2, 6)),
        ('a,b\n1, "2"\n', Place("people.csv", 2, 4)),
        ('a,b\n"1\n1",5" pipe and "\n', Place("people.csv", 3, 5)),
        ("a,b\n" + "1,2\n" * 10 + '3,"' + "x" * 1_100_000, Place("people.csv", 12, 3)),
        ("a,b\n1,2\x00\n", Place("people.csv", 2, 4)),
    ],
)
def test_what_is_broken_is_refused_with_line_and_column(tmp_path: Path, text: str, place: Place) -> None:
    assert refused(written(tmp_path, text)).place == place


@pytest.mark.parametrize("raw", [b"a,b\n" + b"x" * 3_000_000, b"a" * 3_000_000])
def test_one_endless_line_is_refused_in_little_memory(tmp_path: Path, raw: bytes) -> None:
    assert "longer than a million" in str(refused(written(tmp_path, raw)).message)


def test_latin_letters_are_refused_with_their_byte_and_read_when_asked(tmp_path: Path) -> None:
    raw = "Email;Città\n".encode() + b"a@b.example;Roma\n" * 80_000 + "z@b.example;Forlì\n".encode("cp1252")
    path = written(tmp_path, raw.replace("à".encode(), b"a'"))
    content = path.read_bytes()

    broken = refused(path)

    assert broken.place == Place("people.csv", 80_002, 17, content.index(b"\xec"))
    assert "Forlì" in str(broken.message)
    assert read(path, encoding="cp1252")[1][-1] == (80_002, ["z@b.example", "Forlì"])


def test_latin_1_that_holds_windows_letters_is_refused(tmp_path: Path) -> None:
    assert "cp1252" in str(refused(written(tmp_path, b"a\nl\x92ora\n"), encoding="iso8859-1").message)


@pytest.mark.parametrize("head", [b"\x1f\x8b\x08", b"BZh91AY", b"\xd0\xcf\x11\xe0", b"%PDF-1.7", b"<html>", b"{}", b""])
def test_other_kinds_of_file_are_told_by_name(tmp_path: Path, head: bytes) -> None:
    assert refused(written(tmp_path, head + b"x" * 40 if head else b"")).place.file == "people.csv"


def workbook(tmp_path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "people.xlsx")
    return tmp_path / "people.xlsx"


def test_the_first_sheet_of_a_workbook_is_a_table(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [["Email", "Numero"], ["ada@posta.example", 3.0], [None, None], ["ugo@posta.example", 2.5]]
    )

    assert read(path) == (
        ["Email", "Numero"],
        [(2, ["ada@posta.example", "3"]), (4, ["ugo@posta.example", "2.5"])],
    )


def test_a_workbook_that_is_a_bomb_or_broken_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["Email"]])
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", b"x" * (65 * 1024**2))
    dtd = tmp_path / "dtd.xlsx"
    with zipfile.ZipFile(dtd, "w") as archive:
        archive.writestr("[Content_Types].xml", "<!DOCTYPE a><Types/>")

    assert "too many texts" in str(refused(bomb).message)
    assert "DTD" in str(refused(dtd).message)
    assert "no workbook" in str(refused(written(tmp_path, path.read_bytes()[:900], "cut.xlsx")).message)


@needs_corpora
def test_real_files_give_the_rows_their_makers_expect() -> None:
    expected = json.loads((CORPORA / "csv/expected.json").read_text())
    lists = {name: rows for name, rows in expected.items() if isinstance(rows, list) and isinstance(rows[0], list)}

    found = {name: read(CORPORA / "csv" / name) for name in lists if name != "sine-empty-one-column.csv"}

    assert len(found) > 6
    for name, (header, rows) in found.items():
        assert [header, *(row for _line, row in rows)] == lists[name]


@needs_corpora
def test_the_real_export_of_the_italian_statistics_office_is_never_mangled() -> None:
    path = CORPORA / "csv/istat-comuni-latin1-semicolon.csv"

    assert refused(path).place.byte == 32
    header, rows = read(path, encoding="cp1252")
    assert (len(header), len(rows)) == (26, 7901)
    assert any("Forlì" in cell for _line, row in rows for cell in row)


@needs_corpora
def test_no_real_file_breaks_the_reader() -> None:
    for path in sorted((CORPORA / "csv").iterdir()):
        if path.is_file():
            try:
                opening.look(path, encoding="").check()
            except Broken as broken:
                assert str(broken.message)


@given(st.lists(st.lists(st.text(alphabet='ab",;\n x', max_size=6), min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_any_writer_quotes_is_read_back(rows: list[list[str]]) -> None:
    text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)

    found = [quoting.cells(record, ",") for _line, record in quoting.records(io.StringIO(text), "f", ",")]

    assert found == rows


@given(st.text(alphabet='a",\n', max_size=60))
def test_any_text_is_either_read_or_refused_with_a_place(text: str) -> None:
    try:
        list(quoting.records(io.StringIO(text), "f", ","))
    except Broken as broken:
        assert 1 <= broken.place.line <= text.count("\n") + 1
        assert broken.place.column >= 1


@given(st.text(alphabet="'=+-@\t\rab", max_size=8))
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    assert not cells.guard(cell).startswith(cells.DANGEROUS)
    assert cells.unguard(cells.guard(cell)) == cell


@needs_corpora
def test_known_formulas_are_guarded() -> None:
    for payload in (CORPORA / "hostile-input/csv-formula.txt").read_text().splitlines():
        assert not cells.guard(payload).startswith(("=", "+", "-", "@"))


def test_bytes_cut_between_two_chunks_are_no_fault(tmp_path: Path) -> None:
    text = "a\n" + "è" * (csv_tables.CHUNK // 2) + "\n"
    path = written(tmp_path, text)

    assert csv_tables.look(path).check() == 1
