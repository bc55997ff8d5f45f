"""Bytes, heads and dates: what is read, and what is refused with its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.importing import dates, decoding, headers, values
from content.importing.findings import Broken, Place
from content.importing.pieces import Term, Wish


def written(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "piece.md"
    path.write_bytes(raw)
    return path


def read(path: Path, encoding: str = "") -> str:
    return decoding.text(path, name="piece.md", encoding=encoding, max_bytes=10_000)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_text_in_any_unicode_is_read_without_being_told(tmp_path: Path, codec: str) -> None:
    path = written(tmp_path, "Perché così?\r\nÈ già venerdì.\rFine".encode(codec))

    assert read(path) == "Perché così?\nÈ già venerdì.\nFine"


def test_latin_letters_are_refused_with_their_byte_and_read_when_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "Uno\nPerché no".encode("cp1252"))

    with pytest.raises(Broken) as caught:
        read(path)

    assert caught.value.place == Place("piece.md", 2, 6, 9)
    assert "Perché no" in str(caught.value.message)
    assert read(path, "cp1252") == "Uno\nPerché no"


def test_a_byte_behind_a_mark_is_counted_from_the_file_s_start(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbfab\xe8")

    with pytest.raises(Broken) as caught:
        read(path)

    assert caught.value.place == Place("piece.md", 1, 3, 5)


def test_a_control_character_and_too_many_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"piece.md:2:2: .*U\+0007"):
        read(written(tmp_path, b"ok\na\x07b"))
    with pytest.raises(Broken, match="10001"):
        read(written(tmp_path, b"x" * 10_001))


def test_yaml_and_plain_heads_say_the_same() -> None:
    yaml = headers.split("---\ntitle: 'Uno: due'\ntags: [a, b]\npublished: no\nYear: 2024\n---\nBody\n", "f")
    plain = headers.split("Title: Uno: due\nTags: a, b\nPublished: no\nYear: 2024\n\nBody\n", "f")

    assert yaml.values == {"title": "Uno: due", "tags": ["a", "b"], "published": "no", "year": "2024"}
    assert plain.values == {"title": "Uno: due", "tags": "a, b", "published": "no", "year": "2024"}
    assert (yaml.body, yaml.body_line, plain.body, plain.body_line) == ("Body\n", 7, "Body\n", 6)


def test_a_text_that_only_looks_like_a_head_is_all_body() -> None:
    assert headers.split("Attenzione: oggi piove\n\nMolto.", "f").body == "Attenzione: oggi piove\n\nMolto."


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("---\ntitle: a\n", Place("f", 1, 1)),
        ("---\ntitle: a\nbad: [1, 2\n---\nx", Place("f", 3, 11)),
        ("---\na: &x 1\nb: *x\n---\n", Place("f", 3, 4)),
        ("---\n- a\n- b\n---\n", Place("f", 2, 1)),
        ("---\ntitle: 'a\n---\n", Place("f", 2, 10)),
        ("+++\ntitle = 1\n+++\n", Place("f", 1, 1)),
        ("Title: a\nno key here\n\nbody", Place("f", 2, 1)),
    ],
)
def test_a_broken_head_names_line_and_column(text: str, place: Place) -> None:
    with pytest.raises(Broken) as caught:
        headers.split(text, "f")

    assert caught.value.place == place


def test_a_head_of_a_million_references_is_refused_at_once() -> None:
    bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
    )

    with pytest.raises(Broken, match="references"):
        headers.split(bomb + "---\n", "f")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-08-12T10:00:00Z", datetime(2026, 8, 12, 10, tzinfo=UTC)),
        ("2023-01-02 16:55:00+00:00", datetime(2023, 1, 2, 16, 55, tzinfo=UTC)),
        ("2026-08-12", datetime(2026, 8, 11, 22, tzinfo=UTC)),
        ("2026/01/12 10:30:00", datetime(2026, 1, 12, 9, 30, tzinfo=UTC)),
        ("12/1/2026", datetime(2026, 1, 11, 23, tzinfo=UTC)),
        ("3.10.2026, 8:05", datetime(2026, 10, 3, 6, 5, tzinfo=UTC)),
        ("Sat, 09 Oct 2010 15:12:29 +0000", datetime(2010, 10, 9, 15, 12, 29, tzinfo=UTC)),
        ("2026-02-31", None),
        ("31/02/2026", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, moment: datetime | None) -> None:
    assert dates.read(text) == moment


def test_the_unset_date_of_wordpress_is_none() -> None:
    assert dates.utc("0000-00-00 00:00:00") is None
    assert dates.utc("2024-06-05 16:04:48") == datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC)


def test_many_tools_words_mean_ours() -> None:
    head: dict[str, object] = {
        "authors": ["Ada Neri", {"name": "Ugo Blu"}],
        "category": "Uno; Due",
        "tags": ["Due", "3"],
    }

    assert values.authors(head) == ("Ada Neri", "Ugo Blu")
    assert values.terms(head) == (Term("Uno"), Term("Due"), Term("3"))
    assert [values.language(text) for text in ("it-IT", "Italiano", "EN_us", "")] == ["it", "it", "en", ""]
    assert [
        values.wish({key: value}) for key, value in (("draft", "true"), ("published", "false"), ("status", "published"))
    ] == [
        Wish.DRAFT,
        Wish.DRAFT,
        Wish.LIVE,
    ]
    assert values.wish({"title": "x"}) is Wish.UNSAID
