"""What every way out must keep to, and what is special about a provider's API and the inbox."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
import responses
from django.core.exceptions import ValidationError

from campaigns.models import Account, CapturedMail
from campaigns.transports import accounts, esp, ways
from campaigns.transports.contract import AccountRefused, Answer, Busy, Envelope, Outcome, Transport
from campaigns.transports.esp import EspTransport
from campaigns.transports.inbox import InboxTransport
from campaigns.transports.memory import MemoryTransport
from campaigns.transports.smtp import SmtpTransport
from tests import sinks

RAW = (
    b"From: Ada di Circolare <ada@news.example>\r\nTo: Reader <reader%d@letters.example>\r\n"
    b"Subject: =?utf-8?b?UGVyw7I=?=\r\nMessage-ID: <m%d@news.example>\r\nReply-To: r@news.example\r\n"
    b"List-Unsubscribe: <https://news.example/u/x>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nPer=C3=B2 testo\r\n--b\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>ciao</p>\r\n--b--\r\n"
)
MAILGUN = "https://api.mailgun.net/v3/news.example/messages"
RESEND = "https://api.resend.com/emails"


class Notes:
    """A record in memory."""

    def __init__(self, *refused: int) -> None:
        self.refused = set(refused)
        self.outcomes: dict[int, Outcome] = {}
        self.begun: list[int] = []

    def step(self, outcomes: list[Outcome], beginning: list[int]) -> set[int]:
        for outcome in outcomes:
            assert outcome.delivery_id in self.begun or outcome.answer != Answer.ACCEPTED
            self.outcomes[outcome.delivery_id] = outcome
        self.begun += [number for number in beginning if number not in self.refused]
        return set(beginning) - self.refused

    def renew(self) -> None:
        pass

    def answers(self) -> dict[int, str]:
        return {number: outcome.answer.value for number, outcome in sorted(self.outcomes.items())}


def mails(*numbers: int) -> Iterator[Envelope]:
    return (Envelope(n, f"b{n}@news.example", f"reader{n}@letters.example", RAW % (n, n), f"key{n}") for n in numbers)


@pytest.fixture
def anymail(settings) -> None:
    settings.ANYMAIL = {
        "MAILGUN_API_KEY": "secret-key", "MAILGUN_SENDER_DOMAIN": "news.example", "RESEND_API_KEY": "secret-key",
    }  # fmt: skip


def hand_over(transport: Transport, envelopes: Iterator[Envelope], notes: Notes) -> Exception | None:
    try:
        transport.hand_over(envelopes, notes)
    except (Busy, AccountRefused) as error:
        return error
    return None


# -- every way ----------------------------------------------------------------------------------------------
@pytest.fixture(params=["inbox", "memory", "smtp", "mailgun"])
def way(request: pytest.FixtureRequest, tmp_path: Path, db: None, anymail: None) -> Iterator[Transport]:
    if request.param == "inbox":
        yield InboxTransport()
    elif request.param == "memory":
        yield MemoryTransport()
    elif request.param == "smtp":
        with sinks.smtp(tmp_path) as sink:
            transport = SmtpTransport(ways.read(sink.url), n_connections=2)
            yield transport
            transport.close()
    else:
        with responses.RequestsMock(assert_all_requests_are_fired=False) as service:
            service.add(responses.POST, MAILGUN, json={"id": "<m@news.example>", "message": "Queued."})
            yield EspTransport(ways.read("anymail://mailgun"))


def test_a_mail_is_begun_before_it_is_answered_and_each_gets_one_answer(way: Transport) -> None:
    notes = Notes()

    trouble = hand_over(way, mails(*range(1, 8)), notes)

    assert trouble is None
    assert notes.answers() == dict.fromkeys(range(1, 8), "accepted")
    assert sorted(notes.begun) == list(range(1, 8))


def test_what_may_not_leave_any_more_gets_no_answer(way: Transport) -> None:
    notes = Notes(2, 3)

    hand_over(way, mails(1, 2, 3, 4), notes)

    assert notes.answers() == {1: "accepted", 4: "accepted"}


def test_nothing_to_send_is_no_trouble(way: Transport) -> None:
    assert hand_over(way, mails(), Notes()) is None


# -- the inbox ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_inbox_keeps_every_byte_and_the_subject_as_people_read_it() -> None:
    InboxTransport().hand_over(mails(7), Notes())

    mail = CapturedMail.objects.get()
    assert (mail.delivery_id, mail.sender, mail.recipient) == (7, "b7@news.example", "reader7@letters.example")
    assert (mail.subject, bytes(mail.raw)) == ("Però", RAW % (7, 7))


# -- providers ----------------------------------------------------------------------------------------------
@responses.activate
def test_a_provider_gets_both_bodies_the_head_and_the_name_of_the_delivery(anymail: None) -> None:
    responses.add(responses.POST, MAILGUN, json={"id": "<m7@mg.example>", "message": "Queued."})
    notes = Notes()

    EspTransport(ways.read("anymail://mailgun")).hand_over(mails(7), notes)

    sent = {key: values[0] for key, values in parse_qs(str(responses.calls[0].request.body)).items()}
    assert sent == {
        "from": "Ada di Circolare <ada@news.example>",
        "to": "Reader <reader7@letters.example>",
        "subject": "Però",
        "text": "Però testo",
        "html": "<p>ciao</p>",
        "h:Reply-To": "r@news.example",
        "h:Message-Id": "<m7@news.example>",
        "h:List-Unsubscribe": "<https://news.example/u/x>",
        "v:delivery": "key7",
    }
    assert notes.outcomes[7].provider_id == "<m7@mg.example>"


@responses.activate
@pytest.mark.parametrize(("answer", "wait"), [("17", 17.0), ("", None)])
def test_a_provider_that_wants_us_slower_is_busy(anymail: None, answer: str, wait: float | None) -> None:
    responses.add(responses.POST, MAILGUN, json={"id": "<1>", "message": "Queued."})
    responses.add(responses.POST, MAILGUN, status=429, headers={"Retry-After": answer} if answer else {})
    notes = Notes()

    trouble = hand_over(EspTransport(ways.read("anymail://mailgun")), mails(1, 2, 3), notes)

    assert isinstance(trouble, Busy)
    assert trouble.wait_seconds == wait
    assert notes.answers() == {1: "accepted", 2: "busy"}
    assert 3 not in notes.begun


@responses.activate
@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_refused_stops_the_account_and_is_not_repeated_in_its_reason(anymail: None, status: int) -> None:
    responses.add(responses.POST, MAILGUN, status=status, body="Forbidden secret-key")
    notes = Notes()

    trouble = hand_over(EspTransport(ways.read("anymail://mailgun")), mails(1, 2, 3), notes)

    assert isinstance(trouble, AccountRefused)
    assert notes.answers() == {1: "busy"}
    assert "secret-key" not in str(trouble) + notes.outcomes[1].reply
    assert len(responses.calls) == 1


@responses.activate
def test_one_address_a_provider_refuses_does_not_stop_the_others(anymail: None) -> None:
    responses.add(responses.POST, MAILGUN, json={"id": "<1>", "message": "Queued."})
    responses.add(responses.POST, MAILGUN, status=400, json={"message": "'to' parameter is not a valid address"})
    responses.add(responses.POST, MAILGUN, json={"id": "<3>", "message": "Queued."})
    notes = Notes()

    trouble = hand_over(EspTransport(ways.read("anymail://mailgun")), mails(1, 2, 3), notes)

    assert trouble is None
    assert notes.answers() == {1: "accepted", 2: "refused", 3: "accepted"}


LOST = {
    "500": {"status": 500},
    "503": {"status": 503},
    "cut": {"body": requests.ConnectionError("connection reset by peer")},
    "timeout": {"body": requests.ReadTimeout("read timed out")},
    "html": {"status": 200, "body": "<html>welcome"},
}


@responses.activate
@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize(("name", "url", "answer"), [("mailgun", MAILGUN, "unknown"), ("resend", RESEND, "busy")])
def test_a_lost_answer_is_unknown_unless_the_provider_takes_a_key_once(
    anymail: None, how: str, name: str, url: str, answer: str
) -> None:
    responses.add(responses.POST, url, **LOST[how])
    notes = Notes()

    trouble = hand_over(EspTransport(ways.read(f"anymail://{name}")), mails(1), notes)

    assert trouble is None
    assert notes.answers() == {1: answer}


@responses.activate
def test_a_provider_that_takes_keys_gets_the_same_key_at_each_try(anymail: None) -> None:
    responses.add(responses.POST, RESEND, json={"id": "r1"})
    transport = EspTransport(ways.read("anymail://resend"))

    transport.hand_over(mails(1, 2), Notes())
    transport.hand_over(mails(1), Notes())

    assert [call.request.headers["Idempotency-Key"] for call in responses.calls] == ["key1", "key2", "key1"]
    assert json.loads(responses.calls[0].request.body)["to"] == ["Reader <reader1@letters.example>"]


def test_a_provider_that_cannot_be_reached_touches_nobody(anymail: None, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = EspTransport(ways.read("anymail://mailgun"))
    transport.backend.api_url = "http://127.0.0.1:1/"
    notes = Notes()

    trouble = hand_over(transport, mails(1, 2), notes)

    assert isinstance(trouble, Busy)
    assert notes.answers() == {1: "busy"}


@pytest.mark.parametrize("url", ["anymail://nobody_knows_it", "anymail://mailgun"])
def test_a_provider_that_is_not_set_up_says_what_is_missing(url: str, settings) -> None:
    settings.ANYMAIL = {}

    with pytest.raises(AccountRefused):
        EspTransport(ways.read(url))


@pytest.mark.parametrize(("value", "seconds"), [("120", 120.0), ("", None), ("soon", None)])
def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    answer = requests.Response()
    answer.headers["Retry-After"] = value

    assert esp.retry_after(requests.HTTPError(response=answer)) == seconds


def test_retry_after_as_a_date_in_the_past_is_now() -> None:
    answer = requests.Response()
    answer.headers["Retry-After"] = "Wed, 21 Oct 2015 07:28:00 GMT"

    assert esp.retry_after(requests.HTTPError(response=answer)) == 0.0


# -- accounts -----------------------------------------------------------------------------------------------
def test_a_thread_keeps_the_transport_of_an_account_until_its_address_changes(settings) -> None:
    account = Account(pk=1, n_connections=2)
    settings.EMAIL_URL = "smtp://127.0.0.1:2525"
    first = accounts.transport_of(account)
    same = accounts.transport_of(account)
    account.n_connections = 3
    other = accounts.transport_of(account)
    settings.EMAIL_URL = "inbox://"
    inbox = accounts.transport_of(account)
    accounts.close()

    assert first is same
    assert other is not first
    assert isinstance(inbox, InboxTransport)


def test_an_account_may_name_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account(pk=1, url_variable="EMAIL_URL_BULK")

    with pytest.raises(AccountRefused, match="EMAIL_URL_BULK is not set"):
        accounts.way_of(account)
    assert accounts.is_network(account)
    monkeypatch.setenv("EMAIL_URL_BULK", "memory://")
    assert accounts.way_of(account).kind == "memory"
    assert not accounts.is_network(account)


def test_an_account_reads_no_other_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_SECRET", "memory://")
    account = Account(pk=1, url_variable="OTHER_SECRET")

    with pytest.raises(AccountRefused, match="does not begin with EMAIL_URL"):
        accounts.way_of(account)
    with pytest.raises(ValidationError, match="EMAIL_URL_"):
        account.clean()


def test_a_broken_address_is_the_accounts_trouble(settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.it?tls=maybe"

    with pytest.raises(AccountRefused, match="can only be off"):
        accounts.transport_of(Account(pk=1))
