"""What providers tell by HTTP: signed, fresh, once, in any order; and what it does to readers."""

import json
import re
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from campaigns.deliverability import intake
from campaigns.models import Delivery
from subscribers import consent
from subscribers.models import Event, Kind, Permission, Suppression
from tests.factories import campaigns as make
from tests.factories import subscribers as people

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "webhooks-anymail"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KEY = "signing-key"
AUTH = {"HTTP_AUTHORIZATION": "Basic " + b64encode(b"user:password").decode()}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def mailgun(settings) -> None:
    settings.EMAIL_URL = "anymail://mailgun"
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": KEY, "WEBHOOK_SECRET": "user:password"}


@pytest.fixture
def sent() -> Delivery:
    """An accepted mail of an issue to somebody who agreed and agreed to tracking."""
    purpose = people.purpose()
    person = people.subscriber("anna@letters.example")
    people.agreed(person, purpose, at=NOW - timedelta(days=9))
    return make.delivery(make.mailing(purpose=purpose), person, state="accepted", provider_id="<m1@mg.example>")


def signed(event: dict, *, at: datetime = NOW, token: str | None = None, key: str = KEY) -> dict:
    """A request of Mailgun's (its documentation of webhooks, 2026)."""
    token, stamp = token or uuid4().hex, str(int(at.timestamp()))
    signature = hmac(key.encode(), (stamp + token).encode(), sha256).hexdigest()
    return {"signature": {"token": token, "timestamp": stamp, "signature": signature}, "event-data": event}


def bounce(
    delivery: Delivery, *, at: datetime = NOW, code: int = 550, text: str = "5.1.1 no such user", **more
) -> dict:
    return {
        "event": "failed",
        "severity": "permanent",
        "timestamp": at.timestamp(),
        "recipient": delivery.address,
        "user-variables": {"delivery": delivery.uid.hex},
        "delivery-status": {"code": code, "message": f"{code} {text}"},
        "message": {"headers": {"message-id": "m1@mg.example"}},
        **more,
    }


def post(client: Client, body: object, esp: str = "mailgun", **headers: str):
    return client.post(f"/hooks/mail/{esp}/", json.dumps(body), content_type="application/json", **(headers or AUTH))


def suppressions() -> list[str]:
    return sorted(Suppression.objects.values_list("reason", flat=True))


# -- what it does -------------------------------------------------------------------------------------------
def test_a_bounce_suppresses_an_address_that_does_not_exist(client: Client, mailgun: None, sent: Delivery) -> None:
    answer = post(client, signed(bounce(sent)))

    assert (answer.status_code, suppressions()) == (200, ["hard_bounce"])
    event = Event.objects.get(kind=Kind.MAIL_BOUNCED)
    assert (event.subscriber_id, event.object_key, event.source) == (
        sent.subscriber_id,
        str(sent.pk),
        "provider:mailgun",
    )
    assert event.payload["hard"] is True


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (452, "4.2.2 mailbox full"),
        (552, "5.2.2 quota exceeded"),
        (550, "5.7.1 blocked using zen.spamhaus.org"),
        (554, "no"),
    ],
)
def test_a_bounce_for_another_reason_suppresses_nobody(
    client: Client, mailgun: None, sent: Delivery, code: int, text: str
) -> None:
    post(client, signed(bounce(sent, code=code, text=text, severity="temporary")))

    assert suppressions() == []


def test_a_complaint_ends_every_permission_and_is_kept_by_the_address(
    client: Client, mailgun: None, sent: Delivery
) -> None:
    people.agreed(sent.subscriber, people.purpose())
    event = bounce(sent) | {"event": "complained"}

    post(client, signed(event))

    assert suppressions() == ["complaint"]
    assert not Permission.objects.filter(is_given=True).exists()
    assert Event.objects.get(kind=Kind.MAIL_COMPLAINED).payload["mailing"] == sent.mailing_id


def test_an_unsubscription_at_the_provider_ends_the_permission_of_that_newsletter(
    client: Client, mailgun: None, sent: Delivery
) -> None:
    other = people.purpose()
    people.agreed(sent.subscriber, other)

    post(client, signed(bounce(sent) | {"event": "unsubscribed"}))

    given = Permission.objects.filter(is_given=True)
    assert [permission.purpose for permission in given] == [other]


@pytest.mark.parametrize(("event", "state"), [("delivered", "accepted"), ("opened", "accepted"), ("failed", "failed")])
def test_a_report_tells_what_became_of_an_unknown(
    client: Client, mailgun: None, sent: Delivery, event: str, state: str
) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state="unknown", reason="lost", worker="hand")

    post(client, signed(bounce(sent) | {"event": event}))

    sent.refresh_from_db()
    assert sent.state == state


def test_a_bounce_older_than_a_new_confirmation_does_not_suppress_again(
    client: Client, mailgun: None, sent: Delivery
) -> None:
    people.agreed(sent.subscriber, sent.mailing.purpose, at=NOW - timedelta(hours=1))

    post(client, signed(bounce(sent, at=NOW - timedelta(hours=2))))

    assert suppressions() == []
    assert Event.objects.filter(kind=Kind.MAIL_BOUNCED).exists()


def test_five_soft_bounces_over_two_weeks_without_a_mail_that_arrived_suppress(
    client: Client, mailgun: None, sent: Delivery
) -> None:
    start = NOW
    for number in range(5):
        moment = start + timedelta(days=4 * number)
        with time_machine.travel(moment, tick=False):
            row = make.delivery(
                sent.mailing, sent.subscriber, intent_key=f"n{number}", state="accepted", done_at=moment
            )
            Delivery.objects.filter(pk=sent.pk).update(done_at=start - timedelta(days=1))
            before = suppressions()
            post(client, signed(bounce(row, at=moment, code=552, text="5.2.2 mailbox full"), at=moment))

    assert before == []
    assert suppressions() == ["soft_bounce"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0)])
def test_the_end_does_not_depend_on_the_order_nor_on_repetition(
    client: Client, mailgun: None, sent: Delivery, order: tuple[int, ...]
) -> None:
    Delivery.objects.filter(pk=sent.pk).update(state="unknown", worker="hand")
    told = [signed(bounce(sent) | {"event": event}, token=event * 3) for event in ("delivered", "complained", "opened")]

    for number in order * 3:
        assert post(client, told[number]).status_code == 200

    sent.refresh_from_db()
    assert (sent.state, suppressions()) == ("accepted", ["complaint"])
    assert Event.objects.filter(kind=Kind.MAIL_COMPLAINED).count() == 1


def test_words_of_others_are_stored_as_text_and_cut(client: Client, mailgun: None, sent: Delivery) -> None:
    post(client, signed(bounce(sent, text="5.1.1 no such user <script>alert(1)</script> \0" + "x" * 5000)))

    reply = Event.objects.get(kind=Kind.MAIL_BOUNCED).payload["reply"]
    assert "<script>" in reply
    assert len(reply) <= 500


# -- whom it believes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        {"user-variables": {"delivery": uuid4().hex}},
        {"user-variables": {"delivery": "nonsense"}, "recipient": "somebody@else.example"},
        {"user-variables": {}, "recipient": "somebody@else.example"},
        {"user-variables": {}, "message": {"headers": {"message-id": "other@mg.example"}}},
    ],
)
def test_a_report_about_no_mail_of_ours_changes_nobody(
    client: Client, mailgun: None, sent: Delivery, change: dict
) -> None:
    answer = post(client, signed(bounce(sent) | change))

    assert (answer.status_code, suppressions()) == (200, [])
    event = Event.objects.get(kind=Kind.MAIL_BOUNCED)
    assert (event.subscriber_id, event.evidence_reason) == (None, "unmatched")
    assert "@" not in json.dumps(event.payload)


def test_the_providers_own_name_of_the_mail_is_believed_together_with_its_recipient(
    client: Client, mailgun: None, sent: Delivery
) -> None:
    post(client, signed(bounce(sent) | {"user-variables": {}}))

    assert suppressions() == ["hard_bounce"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (lambda row: signed(bounce(row), key="wrong"), AUTH, 400),
        (lambda row: signed(bounce(row), at=NOW - timedelta(minutes=11)), AUTH, 400),
        (lambda row: signed(bounce(row), at=NOW + timedelta(minutes=11)), AUTH, 400),
        (lambda row: signed(bounce(row)), {"HTTP_AUTHORIZATION": "Basic xyz"}, 400),
        (lambda row: {"signature": {}, "event-data": bounce(row)}, AUTH, 400),
        (lambda row: [1, 2], AUTH, 400),
        (lambda row: "x", AUTH, 400),
    ],
)
def test_what_is_not_signed_now_by_the_provider_changes_nobody(
    client: Client, mailgun: None, sent: Delivery, body, headers: dict[str, str], status: int
) -> None:
    assert post(client, body(sent), **headers).status_code == status
    assert (suppressions(), Event.objects.filter(kind=Kind.MAIL_BOUNCED).count()) == ([], 0)


def test_a_repeated_request_is_answered_and_changes_nothing_more(client: Client, mailgun: None, sent: Delivery) -> None:
    body = signed(bounce(sent))
    post(client, body)
    consent.lift(sent.address_key, reasons=["hard_bounce"], now=NOW)

    assert post(client, body).status_code == 200
    assert suppressions() == []


def test_a_provider_we_do_not_send_by_has_no_address_here(client: Client, mailgun: None) -> None:
    assert post(client, {}, esp="postmark").status_code == 404
    assert post(client, {}, esp="base").status_code == 404
    assert client.get("/hooks/mail/mailgun/").status_code == 405
    assert client.head("/hooks/mail/mailgun/").status_code == 200


def test_a_provider_without_signature_is_refused_until_a_secret_is_set(client: Client, settings) -> None:
    settings.EMAIL_URL = "anymail://postmark"
    settings.ANYMAIL = {}
    body = {
        "RecordType": "Bounce",
        "ID": 1,
        "Type": "HardBounce",
        "Email": "a@b.example",
        "BouncedAt": "2026-11-23T09:00:00Z",
    }

    assert post(client, body, esp="postmark").status_code == 400
    settings.ANYMAIL = {"WEBHOOK_SECRET": "user:password"}
    assert post(client, body, esp="postmark").status_code == 200


def test_when_our_side_fails_the_provider_is_told_to_come_again(
    mailgun: None, sent: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(intake.events, "record", away)
    monkeypatch.setattr("campaigns.deliverability.feedback.events.record", away)

    answer = post(Client(raise_request_exception=False), signed(bounce(sent)))

    assert answer.status_code == 500


# -- recorded requests --------------------------------------------------------------------------------------
RECORDED = sorted(CORPUS.glob("*--tracking--*.json")) if CORPUS.exists() else []


def moment_of(record: dict) -> datetime:
    """When the request was signed, as far as its signature says."""
    text, headers = record["body"].get("text") or "", record["headers"]
    if "Webhook-Timestamp" in headers:
        return datetime.fromtimestamp(int(headers["Webhook-Timestamp"]), UTC)
    found = re.search(r'"timestamp": "(\d{10})"|\btimestamp"?=?[^\d]{0,8}(\d{10})', text)
    if record["esp"] == "mailgun" and found:
        return datetime.fromtimestamp(int(found[1] or found[2]), UTC)
    return NOW


def text_of(value: object) -> str:
    """A header as recorded: text, or base64 of bytes."""
    return b64decode(value["b64"]).decode() if isinstance(value, dict) else str(value)


@pytest.mark.skipif(not RECORDED, reason="the collection of recorded requests is not here")
def test_recorded_requests_of_providers_are_read_as_their_maker_says(client: Client, settings) -> None:
    wrong = []
    for file in RECORDED:
        record = json.loads(file.read_text(encoding="utf-8"))
        expected = record["expected"]
        # Mandrill signs the address it was told, which is another one there.
        if expected["exception"] or "text" not in record["body"] or record["esp"] == "mandrill":
            continue
        settings.EMAIL_URL = f"anymail://{record['esp']}"
        given = record["anymail_settings"]
        bare = {key.removeprefix("ANYMAIL_"): value for key, value in given.items() if key != "ANYMAIL"}
        settings.ANYMAIL = {"WEBHOOK_SECRET": "username:password"} | bare | given.get("ANYMAIL", {})
        headers = {f"HTTP_{key.upper().replace('-', '_')}": text_of(value) for key, value in record["headers"].items()}
        with time_machine.travel(moment_of(record), tick=False):
            answer = client.post(
                f"/hooks/mail/{record['esp']}/", record["body"]["text"], content_type=record["content_type"], **headers
            )
        if answer.status_code == 501:  # its signature needs a package that we do not install
            continue
        if (answer.status_code == 200) != (expected["status"] == 200):
            wrong.append((file.name, answer.status_code, expected["status"]))

    assert not wrong, "\n".join(map(str, wrong))
