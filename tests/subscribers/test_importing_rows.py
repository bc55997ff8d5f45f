"""Columns, standings and single rows."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.importing.findings import Broken
from subscribers import addresses, digests
from subscribers.importing import columns, rows, standings
from subscribers.importing.columns import Columns
from subscribers.importing.rows import Person, Refused, Terms
from subscribers.importing.standings import Standing

CORPORA = Path("../shared/corpora")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AGREED = datetime(2024, 5, 1, tzinfo=UTC)
TERMS = Terms("it", AGREED, NOW)


def find(header: list[str], **mapping: str) -> Columns:
    return columns.find(header, mapping, "f.csv", 1)


def read(header: list[str], cells: list[str], terms: Terms = TERMS, **mapping: str) -> Person:
    return rows.reader(find(header, **mapping), terms)(2, cells)


def fields(person: Person) -> list[str]:
    return person.copy_line.rstrip("\n").split("\t")


@pytest.mark.parametrize(
    ("header", "places"),
    [
        (["Email Address", "First Name", "Last Name", "OPTIN_TIME", "CONFIRM_TIME"], [0, 1, 2, 4]),
        (["email", "active_subscription", "email_disabled"], [0, None, 2]),
        (["E-mail", "Nome", "Cognome", "Lingua"], [0, 1, 2, 3]),
        (["indirizzo_email", "nome"], [0, 1]),
        (["id", "email", "name", "subscribed_to_emails", "deleted_at"], [None, 0, 1, 2, 3]),
    ],
)
def test_headings_of_many_systems_are_known(header: list[str], places: list[int | None]) -> None:
    found = find(header)

    assert len(found.places) == len([place for place in places if place is not None])
    assert "address" in found.places


def test_confirmed_counts_before_opted_in() -> None:
    assert find(["Email", "OPTIN_TIME", "CONFIRM_TIME"]).places["agreed_at"] == 2


def test_a_lone_first_name_is_the_name_and_a_name_beside_a_surname_the_first() -> None:
    assert find(["email", "nome"]).places == {"address": 0, "name": 1}
    assert find(["email", "name", "surname"]).places == {"address": 0, "first_name": 1, "last_name": 2}


def test_a_mapping_wins_names_fields_and_leaves_out() -> None:
    found = find(["posta", "Email", "città", "status"], posta="address", **{"3": "attributes.city", "status": "-"})

    assert found == Columns({"address": 0}, {"city": 2}, ("Email", "status"), 4)


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (["a", "b"], {}),
        (["ada@posta.example", "Ada"], {}),
        (["email", "e-mail"], {}),
        (["email", "x"], {"y": "name"}),
        (["email", "x", "x"], {"x": "name"}),
        (["email"], {"email": "adress"}),
        (["email"] * 1001, {}),
    ],
)
def test_a_heading_that_cannot_be_understood_is_refused(header: list[str], mapping: dict[str, str]) -> None:
    with pytest.raises(Broken):
        columns.find(header, mapping, "f.csv", 1)


def test_a_row_becomes_a_line_for_the_database() -> None:
    header = ["Email", "Nome", "Cognome", "Lingua", "confirmed at", "timezone", "Città"]
    cells = [" Ada.Neri@Posta.Example ", "Ada\t", "D'A\\B", "English", "2021-03-04 10:00:00", "Europe/Rome", "Forlì"]

    person = read(header, cells, **{"Città": "attributes.city"})

    assert (person.line, person.key, person.standing) == (2, "ada.neri@posta.example", Standing.AGREES)
    assert person.marks == tuple(digests.all_of("ada.neri@posta.example"))
    assert fields(person) == [
        "2",
        "new",
        "agrees",
        "Ada.Neri@posta.example",
        "ada.neri@posta.example",
        "Ada D'A\\\\B",
        "en",
        "Europe/Rome",
        '{"city": "Forlì"}',
        "2021-03-04T10:00:00+00:00",
        r"\N",
    ]


def test_a_date_to_come_or_unreadable_gives_way_to_the_file_s() -> None:
    for written in ("2099-01-01", "soon", ""):
        assert fields(read(["email", "confirmed at"], ["a@b.example", written]))[9] == AGREED.isoformat()


@pytest.mark.parametrize(
    ("header", "cell", "standing"),
    [
        ("status", "Subscribed", Standing.AGREES),
        ("status", "Unsubscribed", Standing.LEFT),
        ("status", "cleaned", Standing.BOUNCED),
        ("status", "Spam complaint", Standing.COMPLAINED),
        ("status", "blocklisted", Standing.BLOCKED),
        ("status", "unconfirmed", Standing.UNCONFIRMED),
        ("status", "", Standing.AGREES),
        ("email_disabled", "true", Standing.LEFT),
        ("email_disabled", "", Standing.AGREES),
        ("subscribed_to_emails", "false", Standing.LEFT),
        ("subscribed_to_emails", "true", Standing.AGREES),
        ("UNSUB_TIME", "2018-07-23 12:19:27", Standing.LEFT),
        ("CLEAN_TIME", "2018-07-23 12:19:27", Standing.BOUNCED),
        ("CLEAN_TIME", "", Standing.AGREES),
    ],
)
def test_what_the_other_system_says_is_understood(header: str, cell: str, standing: Standing) -> None:
    assert read(["email", header], ["a@b.example", cell]).standing is standing


def test_the_strictest_of_several_words_counts() -> None:
    person = read(["email", "status", "CLEAN_TIME"], ["a@b.example", "unsubscribed", "2020-01-01"])

    assert person.standing is Standing.BOUNCED
    assert fields(person)[1:3] == ["", "bounced"]
    assert fields(person)[9:] == ["2020-01-01T00:00:00+00:00", person.marks[0].hex()]


def test_a_word_can_be_given_a_meaning_and_no_word_is_guessed() -> None:
    terms = Terms("it", AGREED, NOW, words={"4": Standing.LEFT})

    assert read(["email", "status"], ["a@b.example", "4"], terms).standing is Standing.LEFT
    with pytest.raises(Refused, match="status: 5"):
        read(["email", "status"], ["a@b.example", "5"], terms)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["no address", "x"], "address: "),
        (["", "x"], "address: "),
        (["a@b.example", "x", "too many"], "columns"),
        (["a@b.example", "x" * 201], "name"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(cells: list[str], reason: str) -> None:
    with pytest.raises(Refused) as caught:
        read(["email", "name"], cells)

    assert str(caught.value).startswith(reason)


def test_a_short_row_has_empty_cells_and_a_guarded_formula_loses_its_guard() -> None:
    assert fields(read(["email", "name"], ["a@b.example"]))[5] == ""
    assert fields(read(["email", "name"], ["a@b.example", "'=1+1"]))[5] == "=1+1"


def same(written: str) -> bool:
    """Whether the quick reader says what the careful one says."""
    try:
        careful = addresses.read(written)
        expected: tuple[str, str] | None = (careful.written, careful.key)
    except addresses.BadAddress:
        expected = None
    try:
        return rows.address(written) == expected
    except Refused:
        return expected is None


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")
def test_the_quick_reader_agrees_with_the_careful_one_on_every_known_address() -> None:
    found: set[str] = set()
    for path in sorted((CORPORA / "addresses").glob("*.json")):
        records = json.loads(path.read_text(encoding="utf-8"))
        found |= {
            text for record in records if isinstance(record, dict) for text in record.values() if isinstance(text, str)
        }

    assert len([text for text in found if "@" in text]) > 300
    assert [text for text in sorted(found) if not same(text.strip(addresses.AROUND))] == []


@given(
    st.text(alphabet="ab.@-+_'A!è", max_size=20),
    st.sampled_from(["b.example", "B.Example", "b..example", "-b.it", "x"]),
)
def test_the_quick_reader_agrees_with_the_careful_one(local: str, domain: str) -> None:
    assert same(f"{local}@{domain}".strip(addresses.AROUND))


@pytest.mark.parametrize("n_letters", [63, 64, 65])
def test_the_quick_reader_keeps_the_limits(n_letters: int) -> None:
    assert same("x" * n_letters + "@b.example")
    assert same("x" * 60 + "@" + "y" * 60 + "." + "z" * 60 + "." + "w" * (n_letters - 3) + ".it")


def test_every_word_for_a_standing_is_one_standing_s_alone() -> None:
    assert len(standings.BY_WORD) == sum(len(words) for words in standings.WORDS.values())
