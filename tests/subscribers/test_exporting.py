"""Exporting: all that is known about a person, in one file and as tables, behind a mailed link alone."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from wagtail.models import Locale

from campaigns import data_shown, data_words, exporting
from campaigns.models import Delivery
from content.models import Topic
from subscribers import events, facts, tokens
from subscribers.models import Subscriber
from tests.factories import subscribers as make
from tests.factories import traces
from tests.subscribers.test_erasure import rows_with

pytestmark = pytest.mark.django_db
NOW = make.NOW


def planted_pieces(person: Subscriber) -> set[str]:
    """Every marked text that the database holds about the person."""
    pieces = set()
    rows_with(traces.MARK)
    for table_rows in exporting.everything(person).values():
        text = json.dumps(table_rows, ensure_ascii=False)
        pieces |= {piece for piece in ALL_PIECES if piece in text}
    return pieces


ALL_PIECES = {
    traces.mark(word)
    for word in (
        "name", "role", "attribute", "source", "signup-name", "signup-role", "signup-page", "agent", "consent-page",
        "evidence", "grant", "grant-page", "object", "noted", "visitor", "event", "words-custom.crm", "words-noted",
        "words-page.read", "deep-custom.crm", "deep-noted", "deep-page.read", "recent", "stage", "request", "payload",
        *(f"{word}-{state}" for word in ("context", "reply", "provider") for state in Delivery.State.values),
        "raw", "subject", "run-error", "seen", "why", "label", "log",
    )
} | {traces.ADDRESS, traces.IP, "Pacific/Chatham", "planted-letter"}  # fmt: skip


def test_every_piece_of_every_table_is_in_the_export() -> None:
    person = traces.plant()

    assert ALL_PIECES - planted_pieces(person) == set()


def test_the_export_holds_nothing_of_anybody_else() -> None:
    traces.plant()
    other = make.subscriber("other@letters.example")
    make.agreed(other, make.purpose())

    text = json.dumps(exporting.everything(other))

    assert traces.MARK not in text
    assert traces.IP not in text


def test_the_zip_holds_the_same_as_tables_and_no_formula() -> None:
    person = make.subscriber("anna@letters.example", name="=cmd|' /C calc'!A1", role="+39")
    parts = exporting.everything(person)

    with zipfile.ZipFile(io.BytesIO(exporting.as_zip(parts, now=NOW))) as archive:
        data = json.loads(archive.read("data.json"))
        table = list(csv.DictReader(io.StringIO(archive.read("person.csv").decode("utf-8-sig"), newline="")))
        names = set(archive.namelist())

    assert data["person"][0]["name"] == "=cmd|' /C calc'!A1"
    assert data["exported_at"] == NOW.isoformat()
    assert (table[0]["name"], table[0]["role"], table[0]["address"]) == (
        "'=cmd|' /C calc'!A1",
        "'+39",
        "anna@letters.example",
    )
    assert names == {"data.json", "person.csv"}


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_begins_like_a_formula(lead: str) -> None:
    text = exporting.as_csv([{"column": f"{lead}1+1"}])

    assert list(csv.reader(io.StringIO(text, newline="")))[1] == [f"'{lead}1+1"]


def link(person: Subscriber) -> str:
    return f"/en/export/{tokens.make(tokens.EXPORT, person.pk, now=NOW)}/"


def test_the_mailed_link_shows_and_hands_out_everything(client: Client) -> None:
    person = traces.plant()

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        page = client.get(link(person))
        as_json = client.get(link(person), {"as": "json"})
        as_zip = client.get(link(person), {"as": "zip"})

    assert traces.ADDRESS in page.content.decode()
    assert json.loads(as_json.content)["person"][0]["name"] == traces.mark("name")
    assert as_json["Content-Disposition"] == 'attachment; filename="circolare-2026-11-23.json"'
    assert zipfile.ZipFile(io.BytesIO(as_zip.content)).testzip() is None
    assert {response["Cache-Control"] for response in (page, as_json, as_zip)} == {"no-store, private"}


def test_the_link_works_for_a_day_and_by_get_alone(client: Client) -> None:
    person = traces.plant()

    with time_machine.travel(NOW + timedelta(days=1, minutes=1), tick=False):
        old = client.get(link(person), {"as": "json"})

    assert traces.MARK not in old.content.decode()
    assert client.post(link(person)).status_code == 405


def test_hostile_values_are_shown_as_text(client: Client) -> None:
    person = make.subscriber("anna@letters.example", name="<script>alert(1)</script>")

    with time_machine.travel(NOW, tick=False):
        html = client.get(link(person)).content.decode()

    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_exporting_costs_the_same_for_one_and_three_events(django_assert_num_queries: object) -> None:
    person = make.subscriber()
    for purposes in ([make.purpose()], [make.purpose(), make.purpose()]):
        make.agreed(person, *purposes)
        with django_assert_num_queries(17):
            exporting.everything(person)


def test_every_part_has_a_title() -> None:
    assert set(data_words.TITLES) == set(exporting.everything(make.subscriber()))


def test_every_column_has_words_or_stands_in_the_files_only() -> None:
    columns = {column for rows in exporting.everything(traces.plant()).values() for row in rows for column in row}

    assert columns - set(data_words.COLUMNS) - data_words.IN_FILES_ONLY == set()


def test_the_page_says_it_in_words_with_dates_and_leaves_out_what_is_empty() -> None:
    topic = Topic.objects.create(name="Lettura", slug="lettura", locale=Locale.objects.get(language_code="en"))
    key = topic.translation_key.hex
    tables: dict[str, list[exporting.Row]] = {
        "person": [
            {"uid": "5c1d", "address": "anna@letters.example", "attributes": {}, "state": "active", "zone": "",
             "locale": "it", "paused_until": None, "created_at": "2026-11-18T17:24:09.123456+00:00"},
        ],
        "consents": [{"step": "confirmed", "purpose__key": "giro", "purpose__title_it": "Il giro",
                      "purpose__title_en": "The ring"}],
        "permissions": [{"purpose__key": "giro", "is_given": True}, {"purpose__key": "gone", "is_given": False}],
        "topics": [],
        "events": [
            {"kind": "custom.crm", "payload": {"title": "Guida", "at": "2026-11-18T17:24:09+00:00", "n": 0, "grant": 12,
                                               "topics": [key]}},
        ],
        "facts": [
            {"subscriber_id": 7, "affinity": {key: [1, "", "ff", 3], "gone": [1, "", "0f", 9]},
             "rhythm": [0] * 9 + [4] + [0] * 14, "recent": [[1795022640, "3e21267031d5", [key[:12]]]],
             "marks": {"chose": "2026-11-18T17:24:09+00:00"}, "stage_reason": "articles"},
        ],
        "journeys": [{"journey__name": "Primi passi", "state": "left", "why": "reader"}],
    }  # fmt: skip
    make.purpose("giro", title_en="The ring")

    with translation.override("en"):
        shown = data_shown.parts(tables)

    assert [(part.title, part.rows) for part in shown] == [
        ("About you", [[
            ("Address", "anna@letters.example"), ("State", "Active"), ("Language", "Italiano"),
            ("Added", "18 November 2026, 18:24"),
        ]]),
        ("What you agreed to, step by step", [[("What happened", "confirmed"), ("For", "The ring")]]),
        ("What holds now", [[("For", "The ring"), ("Allowed", "yes")], [("For", "gone"), ("Allowed", "no")]]),
        ("What happened", [[
            ("What it was", "custom.crm"),
            ("In detail", "Title: Guida; When: 18 November 2026, 18:24; n: 0; Topics: Lettura"),
        ]]),
        ("What we concluded from it", [[
            ("Topics you looked at most", "gone, Lettura"), ("Acts by hour of the day", "9–10: 4"),
            ("Last visits", "18 November 2026, 18:24 (Lettura)"),
            ("Signs of interest", "chose topics: 18 November 2026, 18:24"),
            ("Why this stage", "read three articles on two days"),
        ]]),
        ("Journeys", [[("Journey", "Primi passi"), ("State", "Left"), ("Why", "the reader stopped it")]]),
    ]  # fmt: skip


def test_the_page_shows_what_the_facts_of_real_acts_hold(client: Client) -> None:
    topic = Topic.objects.create(name="Lettura", slug="lettura", locale=Locale.objects.get(language_code="en"))
    person = make.subscriber("anna@letters.example")
    make.agreed(person, make.tracking())
    for kind in ("page.read", "resource.downloaded", "topics.chosen"):
        payload = {"topics": [topic.translation_key.hex], "translation": "ab" * 16, "title": "Guida"}
        events.record(
            kind, subscriber_id=person.pk, occurred_at=NOW, now=NOW, source="site", evidence="human", payload=payload
        )
    facts.process(10, now=NOW)

    with time_machine.travel(NOW, tick=False):
        html = client.get(link(person)).content.decode()

    assert "<dt>Topics you looked at most</dt><dd>Lettura</dd>" in html
    assert "<dt>Last visits</dt><dd>23 November 2026, 10:30 (Lettura)" in html
    assert "chose topics: 23 November 2026, 10:30" in html
    assert "ab" * 16 not in html
