"""The SMTP client against a real server on loopback that misbehaves on order."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from campaigns.transports import line as line_module
from campaigns.transports import ways
from campaigns.transports.contract import AccountRefused, Answer, Busy, Envelope, Outcome
from campaigns.transports.smtp import SmtpTransport
from tests import sinks
from tests.sinks import Sink

CERTIFICATES = Path(sinks.__file__).with_name("certificates")
CONTENT = b"Message-ID: <1@letters.example>\r\nSubject: One\r\n\r\nHello\r\n"


class Notes:
    """A record that remembers what it was told, and refuses the mails named."""

    def __init__(self, *refused: int) -> None:
        self.refused = set(refused)
        self.steps: list[tuple[list[int], list[int]]] = []
        self.outcomes: dict[int, Outcome] = {}
        self.begun: list[int] = []

    def step(self, outcomes: list[Outcome], beginning: list[int]) -> set[int]:
        self.steps.append(([outcome.delivery_id for outcome in outcomes], list(beginning)))
        for outcome in outcomes:
            assert outcome.delivery_id not in self.outcomes, "a mail was answered twice"
            self.outcomes[outcome.delivery_id] = outcome
        self.begun += [number for number in beginning if number not in self.refused]
        return set(beginning) - self.refused

    def renew(self) -> None:
        pass

    def answers(self) -> dict[int, tuple[str, str]]:
        return {number: (outcome.answer.value, outcome.code) for number, outcome in sorted(self.outcomes.items())}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with sinks.smtp(tmp_path / "sink") as server:
        yield server


def mails(*numbers: int, raw: bytes = CONTENT, domain: str = "letters.example") -> Iterator[Envelope]:
    return (Envelope(n, f"bounce-{n}@news.example", f"reader{n}@{domain}", raw) for n in numbers)


def send(
    url: str, envelopes: Iterator[Envelope], *, n_connections: int = 1, notes: Notes | None = None
) -> tuple[Notes, Exception | None]:
    notes = notes or Notes()
    transport = SmtpTransport(ways.read(url), n_connections=n_connections)
    try:
        transport.hand_over(envelopes, notes)
    except (Busy, AccountRefused) as error:
        return notes, error
    finally:
        transport.close()
    return notes, None


def test_every_mail_arrives_once_over_several_connections(sink: Sink) -> None:
    notes, trouble = send(sink.url, mails(*range(1, 201)), n_connections=4)

    assert trouble is None
    assert notes.answers() == dict.fromkeys(range(1, 201), ("accepted", "250 2.0.0"))
    assert sorted(sink.recipients()) == sorted(f"reader{n}@letters.example" for n in range(1, 201))
    assert {mail.sender for mail in sink.received()} == {f"bounce-{n}@news.example" for n in range(1, 201)}
    assert sink.n_connections() == 4


def test_one_mail_opens_one_connection_and_keeps_it_for_the_next(sink: Sink) -> None:
    transport, notes = SmtpTransport(ways.read(sink.url), n_connections=8), Notes()

    for number in (1, 2, 3):
        transport.hand_over(mails(number), notes)
    transport.close()

    assert len(notes.outcomes) == 3
    assert sink.n_connections() == 1


def test_a_kept_connection_that_the_server_closed_is_replaced_silently(sink: Sink) -> None:
    transport, notes = SmtpTransport(ways.read(sink.url)), Notes()
    sink.tell({"at": "dot", "cut": "after", "times": 1})

    transport.hand_over(mails(1), notes)
    transport.hand_over(mails(2), notes)
    transport.close()

    assert [outcome.answer for outcome in notes.outcomes.values()] == [Answer.ACCEPTED, Answer.ACCEPTED]
    assert sink.n_connections() == 2


def test_a_connection_takes_no_more_mails_than_it_may(sink: Sink) -> None:
    notes = Notes()
    transport = SmtpTransport(ways.read(sink.url), n_connections=1, n_per_connection=3)

    transport.hand_over(mails(*range(1, 11)), notes)
    transport.close()

    assert len(sink.received()) == 10
    assert [[mail.connection for mail in sink.received()].count(n) for n in (1, 2, 3, 4)] == [3, 3, 3, 1]


def test_no_content_leaves_before_its_record(sink: Sink) -> None:
    seen: list[int] = []

    class Watching(Notes):
        def step(self, outcomes: list[Outcome], beginning: list[int]) -> set[int]:
            seen.append(len(sink.received()) - len(self.begun))
            return super().step(outcomes, beginning)

    notes, _ = send(sink.url, mails(*range(1, 31)), notes=Watching())

    assert len(notes.outcomes) == 30
    assert max(seen) <= 0


def test_the_answer_to_one_mail_and_the_beginning_of_the_next_are_one_step(sink: Sink) -> None:
    notes, _ = send(sink.url, mails(1, 2, 3))

    assert notes.steps == [([], [1]), ([1], [2]), ([2], [3]), ([3], [])]


def test_a_mail_that_may_not_leave_any_more_does_not_leave(sink: Sink) -> None:
    notes, trouble = send(sink.url, mails(1, 2, 3, 4), notes=Notes(2, 4))

    assert trouble is None
    assert notes.answers() == {1: ("accepted", "250 2.0.0"), 3: ("accepted", "250 2.0.0")}
    assert sink.recipients() == ["reader1@letters.example", "reader3@letters.example"]


def test_a_server_without_pipelining_is_asked_step_by_step(tmp_path: Path) -> None:
    with sinks.smtp(tmp_path, "--no-pipelining") as sink:
        sink.tell({"at": "rcpt", "to": "reader3@", "say": "550 5.1.1 nobody"})
        notes, _ = send(sink.url, mails(*range(1, 6)), n_connections=2)

    assert notes.answers() == dict.fromkeys((1, 2, 4, 5), ("accepted", "250 2.0.0")) | {3: ("refused", "550 5.1.1")}


@pytest.mark.parametrize("phase", ["rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("said", "answer"),
    [("451 4.7.1 greylisted", ("busy", "451 4.7.1")), ("550 5.1.1 no such user", ("refused", "550 5.1.1"))],
)
def test_a_refusal_concerns_one_mail_whatever_the_phase(
    sink: Sink, phase: str, said: str, answer: tuple[str, str]
) -> None:
    sink.tell({"at": phase, "to": "reader2@", "say": said})

    notes, trouble = send(sink.url, mails(1, 2, 3))

    assert trouble is None
    assert notes.answers() == {1: ("accepted", "250 2.0.0"), 2: answer, 3: ("accepted", "250 2.0.0")}
    assert sink.recipients() == ["reader1@letters.example", "reader3@letters.example"]


def test_a_reply_of_several_lines_is_one_answer(sink: Sink) -> None:
    sink.tell(
        {"at": "rcpt", "say": "550-5.7.1 We do not like you.\r\n550-5.7.1 Ask our postmaster\r\n550 5.7.1 about it."}
    )

    notes, _ = send(sink.url, mails(1))

    assert notes.outcomes[1].code == "550 5.7.1"
    assert notes.outcomes[1].reply == "5.7.1 We do not like you. Ask our postmaster about it."


def test_421_after_some_mails_opens_a_new_connection_and_counts_against_nobody(sink: Sink) -> None:
    sink.tell({"at": "mail", "say": "421 4.7.0 too many mails on this connection", "skip": 3, "each": 4})

    notes, trouble = send(sink.url, mails(*range(1, 11)))

    assert trouble is None
    assert notes.answers() == dict.fromkeys(range(1, 11), ("accepted", "250 2.0.0"))
    assert sorted(sink.recipients()) == sorted(f"reader{n}@letters.example" for n in range(1, 11))


def test_421_at_the_door_is_told_and_no_mail_is_touched(sink: Sink) -> None:
    sink.tell({"at": "connect", "say": "421 4.3.2 closing"})

    notes, trouble = send(sink.url, mails(1, 2, 3), n_connections=3)

    assert (type(trouble), notes.outcomes, notes.begun) == (Busy, {}, [])
    assert "421 4.3.2 closing" in str(trouble)


def test_421_in_place_of_the_verdict_means_later_and_not_unknown(sink: Sink) -> None:
    sink.tell({"at": "dot", "to": "reader2@", "say": "421 4.3.2 shutting down"})

    notes, _ = send(sink.url, mails(1, 2, 3))

    assert notes.answers() == {1: ("accepted", "250 2.0.0"), 2: ("busy", "421 4.3.2"), 3: ("accepted", "250 2.0.0")}


def test_a_server_that_is_not_there_is_busy() -> None:
    notes, trouble = send("smtp://127.0.0.1:1", mails(1))

    assert (type(trouble), notes.outcomes) == (Busy, {})


def test_a_connection_cut_before_the_verdict_makes_one_unknown(sink: Sink) -> None:
    sink.tell({"at": "dot", "to": "reader2@", "cut": "before"})

    notes, trouble = send(sink.url, mails(1, 2, 3))

    assert trouble is None
    assert notes.answers() == {1: ("accepted", "250 2.0.0"), 2: ("unknown", ""), 3: ("accepted", "250 2.0.0")}
    assert sink.recipients() == [f"reader{n}@letters.example" for n in (1, 2, 3)]


def test_a_connection_cut_at_an_announcement_is_tried_once_more_and_then_left_for_later(sink: Sink) -> None:
    sink.tell({"at": "rcpt", "to": "reader2@", "cut": "before"})

    notes, trouble = send(sink.url, mails(1, 2, 3))

    assert trouble is None or isinstance(trouble, Busy)
    assert notes.answers()[2] == ("busy", "")
    assert 2 not in notes.begun


def test_a_server_that_stays_silent_after_the_content_makes_an_unknown(
    sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "VERDICT_SECONDS", 0.3)
    sink.tell({"at": "dot", "to": "reader1@", "stall": 30})

    notes, _ = send(sink.url, mails(1))

    assert notes.answers() == {1: ("unknown", "")}


def test_a_server_that_stays_silent_at_an_announcement_is_busy_and_touches_nobody(sink: Sink) -> None:
    sink.tell({"at": "rcpt", "stall": 30})

    notes, trouble = send(f"{sink.url}?timeout=1", mails(1))

    assert (type(trouble), notes.begun) == (Busy, [])


def test_a_refused_sender_stops_the_account_and_consumes_nobody(sink: Sink) -> None:
    sink.tell({"at": "mail", "say": "553 5.7.1 sender address rejected: not owned by user"})

    notes, trouble = send(sink.url, mails(1, 2, 3), n_connections=2)

    assert (type(trouble), notes.outcomes, notes.begun) == (AccountRefused, {}, [])


def test_when_nobody_is_left_to_receive_an_open_content_is_ended_empty(sink: Sink) -> None:
    class Polite(Notes):
        pass

    sink.tell({"at": "rcpt", "to": "reader1@", "say": "450 4.2.0 later"})

    notes, _ = send(sink.url, mails(1, 2), notes=Polite())

    assert sink.recipients() == ["reader2@letters.example"]
    assert notes.answers() == {1: ("busy", "450 4.2.0"), 2: ("accepted", "250 2.0.0")}


@pytest.mark.parametrize(
    "body",
    [
        b".\r\nmiddle\r\n..\r\nend",
        b"one\n.\n\r\nMAIL FROM:<evil@example>\r\n",
        b"a\rb\nc\r\nd\x00e\r\n",
        b"last line without an end",
        b"",
    ],
)
def test_whatever_the_content_one_mail_arrives_and_its_lines_end_in_crlf(sink: Sink, body: bytes) -> None:
    raw = b"Subject: dots\r\n\r\n" + body

    notes, _ = send(sink.url, mails(1, 2, raw=raw))

    first, second = sink.received()
    stuffed = sink.body(first)
    unstuffed = stuffed.replace(b"\r\n..", b"\r\n.")
    expected = raw.replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    assert unstuffed == expected + (b"" if expected.endswith(b"\r\n") else b"\r\n")
    assert (first.recipient, second.recipient) == ("reader1@letters.example", "reader2@letters.example")
    assert len(notes.outcomes) == 2


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<v@b.example", "a b@c.example", "a\x00@b.example", ""])
def test_an_address_that_could_end_the_command_never_reaches_the_wire(sink: Sink, address: str) -> None:
    notes, trouble = send(sink.url, iter([Envelope(1, "b@news.example", address, CONTENT)]))

    assert trouble is None
    assert notes.answers() == {1: ("refused", "553 5.1.3")}
    assert sink.received() == []


def test_an_international_address_needs_a_server_that_takes_it(tmp_path: Path, sink: Sink) -> None:
    address = "però@letters.example"

    notes, _ = send(sink.url, iter([Envelope(1, "b@news.example", address, CONTENT)]))
    with sinks.smtp(tmp_path / "utf8", "--smtputf8") as worldly:
        worldly_notes, _ = send(worldly.url, iter([Envelope(1, "b@news.example", address, CONTENT)]))
        arrived = worldly.recipients()

    assert notes.answers() == {1: ("refused", "553 5.6.7")}
    assert worldly_notes.answers() == {1: ("accepted", "250 2.0.0")}
    assert arrived == [address]


def test_large_mails_pass_through_small_system_buffers(sink: Sink) -> None:
    raw = b"Subject: large\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 60_000

    notes, _ = send(sink.url, mails(1, 2, 3, raw=raw), n_connections=2)

    assert [mail.size for mail in sink.received()] == [len(raw)] * 3
    assert len(notes.outcomes) == 3


# -- encryption and login -----------------------------------------------------------------------------------
def tls_sink(folder: Path, certificate: str, *options: str, tls: str = "starttls"):
    return sinks.smtp(folder, "--tls", tls, "--certificate", str(CERTIFICATES / certificate), *options)


def secure_url(sink: Sink, *, scheme: str = "smtp+tls", login: str = "", ca: bool = True) -> str:
    options = f"?ca={CERTIFICATES / 'ca.pem'}" if ca else ""
    return f"{scheme}://{login}127.0.0.1:{sink.port}{options}"


@pytest.mark.parametrize(("scheme", "tls"), [("smtp+tls", "starttls"), ("smtp+ssl", "implicit")])
@pytest.mark.parametrize("offered", ["PLAIN LOGIN", "LOGIN"])
def test_mail_leaves_encrypted_and_logged_in(tmp_path: Path, scheme: str, tls: str, offered: str) -> None:
    options = ("--auth", offered, "--login", "anna:p@ss word")
    with tls_sink(tmp_path, "good.pem", *options, tls=tls) as sink:
        url = secure_url(sink, scheme=scheme, login="anna:p%40ss%20word@")
        notes, trouble = send(url, mails(*range(1, 41), raw=CONTENT * 300), n_connections=3)

        assert trouble is None
        assert set(notes.answers().values()) == {("accepted", "250 2.0.0")}
        assert len(sink.received()) == 40
        assert {fact[3] for fact in sink.facts("auth")} == {"anna:tls"}


@pytest.mark.parametrize(
    ("certificate", "with_authority", "words"),
    [
        ("expired.pem", True, "expired"),
        ("other.pem", True, "IP address mismatch"),
        ("good.pem", False, "certificate"),
    ],
)
@pytest.mark.parametrize(("scheme", "tls"), [("smtp+tls", "starttls"), ("smtp+ssl", "implicit")])
def test_a_bad_certificate_stops_the_account_before_any_login(
    tmp_path: Path, scheme: str, tls: str, certificate: str, with_authority: bool, words: str
) -> None:
    with tls_sink(tmp_path, certificate, "--auth", "PLAIN", "--login", "anna:secret", tls=tls) as sink:
        url = secure_url(sink, scheme=scheme, login="anna:secret@", ca=with_authority)
        notes, trouble = send(url, mails(1, 2), n_connections=2)

        assert (type(trouble), notes.outcomes, notes.begun) == (AccountRefused, {}, [])
        assert words in str(trouble)
        assert (sink.facts("auth"), sink.received()) == ([], [])


def test_a_server_that_lost_its_starttls_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    with sinks.smtp(tmp_path, "--auth", "PLAIN", "--login", "anna:secret") as sink:
        notes, trouble = send(secure_url(sink, login="anna:secret@"), mails(1))

        assert (type(trouble), notes.begun) == (AccountRefused, [])
        assert (sink.facts("auth"), sink.received()) == ([], [])


def test_a_wrong_password_is_tried_once_and_consumes_nobody(tmp_path: Path) -> None:
    with tls_sink(tmp_path, "good.pem", "--auth", "PLAIN", "--login", "anna:right") as sink:
        notes, trouble = send(secure_url(sink, login="anna:wrong@"), mails(*range(1, 20)), n_connections=4)

        assert (type(trouble), notes.outcomes, notes.begun) == (AccountRefused, {}, [])
        assert "535 5.7.8" in str(trouble)
        assert "wrong" not in str(trouble)
        assert len(sink.facts("auth")) == 1


def test_a_login_that_is_refused_for_a_while_is_only_busy(tmp_path: Path) -> None:
    with tls_sink(tmp_path, "good.pem", "--auth", "PLAIN", "--login", "anna:right") as sink:
        sink.tell({"at": "auth", "say": "454 4.7.0 temporary authentication failure"})
        notes, trouble = send(secure_url(sink, login="anna:right@"), mails(1))

    assert (type(trouble), notes.begun) == (Busy, [])


def test_what_arrives_is_the_message_that_was_given(sink: Sink) -> None:
    raw = (
        b"From: a@news.example\r\nTo: b@letters.example\r\nSubject: x\r\n\r\n" + b"\r\n".join([b"line"] * 50) + b"\r\n"
    )

    send(sink.url, mails(1, raw=raw))

    parsed = message_from_bytes(sink.body(sink.received()[0]), policy=policy.SMTP)
    assert parsed.as_bytes() == raw
