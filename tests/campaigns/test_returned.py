"""Mails that come back: read whatever wrote them, believed only with a sign of ours."""

import io
import json
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from campaigns.deliverability import intake, returned
from campaigns.deliverability.returned import Returned
from campaigns.models import Delivery
from campaigns.rendering import headers
from subscribers.models import Event, Kind, Suppression
from tests.factories import campaigns as make
from tests.factories import subscribers as people

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
needs_corpora = pytest.mark.skipif(not CORPORA.exists(), reason="the collections of mails are not here")

REPORT = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@letters.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: text/rfc822-headers

Return-Path: <{return_path}>
Message-ID: <m1@news.example>
To: anna@letters.example

--b--
"""


def report(
    *, to: str = "x@news.example", action: str = "failed", status: str = "5.1.1",
    words: str = "550 5.1.1 no such user", return_path: str = "",
) -> bytes:  # fmt: skip
    text = REPORT.format(to=to, action=action, status=status, words=words, return_path=return_path)
    return text.replace("\n", "\r\n").encode()


# -- reading ------------------------------------------------------------------------------------------------
def test_a_delivery_status_is_read() -> None:
    assert returned.read(report(return_path="b-1@news.example")) == [
        Returned(
            "bounced",
            "anna@letters.example",
            "550 5.1.1",
            "550 5.1.1 no such user",
            "<m1@news.example>",
            "b-1@news.example",
        )
    ]


@pytest.mark.parametrize(
    ("fields", "kind", "is_hard"),
    [
        ({}, "bounced", True),
        ({"action": "delayed", "status": "4.4.1", "words": "connection timed out"}, "deferred", False),
        ({"action": "delivered", "status": "2.0.0", "words": "250 ok"}, "delivered", False),
        ({"action": "relayed", "status": "2.0.0", "words": "250 ok"}, "delivered", False),
        ({"status": "5.2.2", "words": "552 5.2.2 mailbox full"}, "bounced", False),
        ({"status": "5.0.0", "words": "550 5.1.1 user unknown"}, "bounced", True),
        ({"status": "5.4.4", "words": "Host or domain name not found"}, "bounced", True),
        ({"status": "5.7.1", "words": "554 5.7.1 blocked using zen.spamhaus.org"}, "bounced", False),
    ],
)
def test_what_a_report_means(fields: dict[str, str], kind: str, is_hard: bool) -> None:
    (one,) = returned.read(report(**fields))

    assert (one.kind, one.is_hard) == (kind, is_hard)


@pytest.mark.parametrize("ends", [b"\n", b"\r", b"\r\n"])
def test_lines_may_end_in_any_way(ends: bytes) -> None:
    assert returned.read(report().replace(b"\r\n", ends))[0].is_hard


def test_somebody_who_is_away_is_no_bounce() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "anna@letters.example", "Out of office"
    message["Auto-Submitted"] = "auto-replied"
    message.set_content("I am away. My address is anna@letters.example, 550 5.1.1 is my extension.")

    assert returned.read(message.as_bytes()) == []


@given(st.binary(max_size=3000))
def test_no_bytes_make_it_fail(raw: bytes) -> None:
    assert isinstance(returned.read(raw), list)
    assert isinstance(returned.read(report()[:200] + raw), list)


@needs_corpora
def test_reports_of_many_servers_are_found_and_nobody_is_called_dead_who_lives() -> None:
    expected = json.loads((CORPORA / "bounce-sisimai" / "expected.json").read_text(encoding="utf-8"))
    n_mails = n_found = n_compared = n_alike = 0
    false_alarms = []
    for name, record in expected.items():
        got = {one.recipient: one for one in returned.read((CORPORA / "bounce-sisimai" / name).read_bytes())}
        if record["class"] in {"autoreply", "not_a_bounce", "delivered"}:
            false_alarms += [name for one in got.values() if one.is_hard]
        if record["class"] != "bounce" or not name.startswith("bsd/"):
            continue
        wanted = {row["recipient"].lower(): row["hardbounce"] for row in record["reference_p5"]}
        n_mails += 1
        n_found += bool(set(wanted) & set(got))
        for address in set(wanted) & set(got):
            n_compared += 1
            n_alike += got[address].is_hard == wanted[address]

    assert false_alarms == []
    assert n_found / n_mails >= 0.94
    assert n_alike / n_compared >= 0.86


@needs_corpora
@pytest.mark.parametrize("folder", ["mime-messages", "autoreply"])
def test_ordinary_mails_and_automatic_answers_report_no_dead_address(folder: str) -> None:
    for file in sorted((CORPORA / folder).glob("*.eml")):
        begun_at = time.monotonic()
        found = returned.read(file.read_bytes())

        assert not [one for one in found if one.is_hard], file.name
        assert time.monotonic() - begun_at < 2, file.name


@needs_corpora
def test_complaints_are_read_and_reports_about_authentication_are_none() -> None:
    kinds = {
        file.name: [one.kind for one in returned.read(file.read_bytes())] for file in (CORPORA / "arf").glob("*.eml")
    }

    assert kinds == {
        "kumo-1.eml": ["complained"],
        "kumo-2.eml": ["complained"],
        "kumo-3.eml": ["complained"],
        "mailauth-001.eml": ["complained"],
        "mailauth-003.eml": [],
        "mailauth-004.eml": [],
        "mailauth-005.eml": [],
    }


# -- believing ----------------------------------------------------------------------------------------------
@pytest.fixture
def sent(db: None) -> Delivery:
    person = people.subscriber("anna@letters.example")
    people.agreed(person, people.purpose(), at=NOW - timedelta(days=9))
    return make.delivery(make.mailing(), person, state="accepted", done_at=NOW)


def verp(delivery: Delivery) -> str:
    return headers.envelope_sender(delivery.uid, "news.example")


def suppressions() -> list[str]:
    return list(Suppression.objects.values_list("reason", flat=True))


def test_a_bounce_to_our_own_address_suppresses_once(sent: Delivery) -> None:
    raw = report(to=verp(sent))

    taken = [intake.take_mail(raw, recipient=verp(sent), now=NOW) for _ in range(3)]

    assert (taken, suppressions()) == ([1, 0, 0], ["hard_bounce"])
    assert Event.objects.filter(kind=Kind.MAIL_BOUNCED).count() == 1


def test_the_copy_inside_may_name_our_address(sent: Delivery) -> None:
    assert intake.take_mail(report(return_path=verp(sent)), recipient="postmaster@news.example", now=NOW) == 1
    assert suppressions() == ["hard_bounce"]


@pytest.mark.parametrize(
    "forge", [lambda a: "x" + a[1:], lambda a: a[:-20] + "aaaa" + a[-16:], lambda a: "b-aa-bb@news.example"]
)
def test_a_forged_or_foreign_bounce_changes_nobody(sent: Delivery, forge) -> None:
    forged = forge(verp(sent))

    n_taken = intake.take_mail(report(to=forged, return_path=forged), recipient=forged, now=NOW)

    assert (n_taken, suppressions()) == (0, [])


def test_a_delay_suppresses_nobody(sent: Delivery) -> None:
    raw = report(action="delayed", status="4.4.1", words="connection timed out")

    assert (intake.take_mail(raw, recipient=verp(sent), now=NOW), suppressions()) == (0, [])


def test_a_bounce_about_an_erased_person_leaves_them_erased(sent: Delivery) -> None:
    type(sent.subscriber).objects.filter(pk=sent.subscriber_id).update(
        state="erased", address=None, address_key=None, name=""
    )
    Delivery.objects.filter(pk=sent.pk).update(address=None, address_key=None)

    intake.take_mail(report(), recipient=verp(sent), now=NOW)

    sent.subscriber.refresh_from_db()
    assert (sent.subscriber.state, suppressions()) == ("erased", [])


def test_a_mail_server_hands_over_what_came_back(sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(report())))
    out = io.StringIO()

    call_command("take_bounce", "--to", verp(sent), stdout=out)

    assert out.getvalue() == "1 reports taken in\n"
    assert suppressions() == ["hard_bounce"]
