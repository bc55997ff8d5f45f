"""What a refusal means and what becomes of the mail: real servers' words, and the patience with them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.deliverability import classify
from campaigns.deliverability.classify import Meaning
from campaigns.models import Delivery
from campaigns.sending import fates
from campaigns.sending.ledger import State
from campaigns.transports.contract import Answer, Outcome

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "smtp-responses" / "responses.json"
DAYS_3 = timedelta(hours=72)


@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("550 5.1.1", "5.1.1 The email account that you tried to reach does not exist.", Meaning.NO_MAILBOX),
        ("550 5.1.10", "5.1.10 RESOLVER.ADR.RecipientNotFound; not found", Meaning.NO_MAILBOX),
        ("550 5.4.1", "5.4.1 Recipient address rejected: Access denied.", Meaning.NO_MAILBOX),
        ("550", "Utente sconosciuto", Meaning.NO_MAILBOX),
        ("553", "sorry, no mailbox here by that name", Meaning.NO_MAILBOX),
        ("550 5.2.1", "5.2.1 The email account that you tried to reach is disabled", Meaning.NO_MAILBOX),
        ("552 5.2.2", "5.2.2 mailbox full", Meaning.FULL),
        ("452 4.2.2", "4.2.2 The recipient's inbox is out of storage", Meaning.FULL),
        ("452 4.3.1", "4.3.1 Insufficient system storage", Meaning.FULL),
        ("552 5.3.4", "5.3.4 Message size exceeds fixed limit", Meaning.CONTENT),
        ("550 5.7.515", "5.7.515 Access denied, sending domain does not meet authentication level", Meaning.POLICY),
        ("550 5.7.26", "5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy", Meaning.POLICY),
        ("421 4.7.0", "4.7.0 Try again later, closing connection", Meaning.LATER),
        ("421 4.7.28", "4.7.28 Our system has detected an unusual rate of unsolicited mail", Meaning.POLICY),
        ("451 4.7.1", "4.7.1 Greylisting in action, please come back later", Meaning.LATER),
        ("450 4.2.0", "4.2.0 Recipient address rejected: Postgrey, see http://postgrey.example", Meaning.LATER),
        ("452 4.5.3", "4.5.3 Too many recipients", Meaning.LATER),
        ("451", "temporary local problem", Meaning.LATER),
        ("554", "transaction failed", Meaning.REFUSED),
        ("550 5.6.7", "the server takes no international addresses", Meaning.CONTENT),
    ],
)
def test_what_a_server_means(code: str, words: str, meaning: Meaning) -> None:
    assert classify.read(code, words) == meaning


@pytest.mark.skipif(not CORPUS.exists(), reason="the collection of replies is not here")
def test_replies_collected_from_real_servers_are_understood() -> None:
    wrong = []
    for record in json.loads(CORPUS.read_text(encoding="utf-8")):
        code, words = record["sample"][:3], record["sample"][4:]
        enhanced = words.split(" ")[0] if words[:2] in {"5.", "4."} else ""
        gives_up = classify.read(f"{code} {enhanced}".strip(), words) in {
            Meaning.NO_MAILBOX, Meaning.CONTENT, Meaning.REFUSED,
        }  # fmt: skip
        if gives_up != (record["action"] == "reject"):
            wrong.append(record["sample"])

    assert wrong == []


@given(st.sampled_from(["421", "450", "451", "452", "500", "550", "552", "553", "554"]), st.text(max_size=600))
def test_any_words_mean_something_and_4xx_is_never_for_good(code: str, words: str) -> None:
    meaning = classify.read(code, words)

    assert isinstance(meaning, Meaning)
    assert not (code.startswith("4") and meaning in {Meaning.NO_MAILBOX, Meaning.CONTENT, Meaning.REFUSED})


# -- patience -----------------------------------------------------------------------------------------------
def test_waits_double_from_five_minutes_to_four_hours_and_end_after_three_days() -> None:
    waits = []
    while (wait := fates.wait_seconds(len(waits) + 1, DAYS_3, 0.5)) is not None:
        waits.append(wait)

    assert waits[:8] == [300, 600, 1200, 2400, 4800, 9600, 14400, 14400]
    assert DAYS_3.total_seconds() <= sum(waits) < DAYS_3.total_seconds() + 14400


@given(st.integers(1, 40), st.floats(0, 1))
def test_a_wait_lies_within_its_jitter(n_tries: int, spread: float) -> None:
    plain = min(300 * 2.0 ** (n_tries - 1), 14400)

    wait = fates.wait_seconds(n_tries, timedelta(days=365), spread)

    assert wait is not None
    assert 0.8 * plain - 0.001 <= wait <= 1.2 * plain + 0.001


def outcome(answer: Answer, code: str = "", reply: str = "", **fields: object) -> Outcome:
    return Outcome(delivery_id=7, answer=answer, code=code, reply=reply, **fields)


@pytest.mark.parametrize(
    ("given_outcome", "state", "reason", "is_bounce", "is_hard"),
    [
        (outcome(Answer.ACCEPTED, "250 2.0.0"), State.ACCEPTED, "", False, False),
        (outcome(Answer.UNKNOWN), State.UNKNOWN, "lost", False, False),
        (outcome(Answer.BUSY), State.DEFERRED, "server", False, False),
        (outcome(Answer.BUSY, "451 4.7.1", "greylisted"), State.DEFERRED, "server", False, False),
        (outcome(Answer.REFUSED, "550 5.1.1", "no such user"), State.FAILED, "refused", True, True),
        (outcome(Answer.REFUSED, "552 5.2.2", "mailbox full"), State.FAILED, "refused", True, False),
        (outcome(Answer.REFUSED, "550 5.7.26", "DMARC policy"), State.DEFERRED, "domain", False, False),
        (outcome(Answer.REFUSED, "554", "no"), State.FAILED, "refused", True, False),
    ],
)
def test_the_fate_after_an_answer(
    given_outcome: Outcome, state: State, reason: str, is_bounce: bool, is_hard: bool
) -> None:
    one = fates.sequel(given_outcome, Delivery(n_tries=0), patience=DAYS_3)

    assert (one.fate.state, one.fate.reason, one.is_bounce, one.is_hard) == (state, reason, is_bounce, is_hard)
    assert (one.fate.wait_seconds is not None) == (state == State.DEFERRED)
    assert one.fate.is_try


def test_the_last_later_is_a_failure_that_suppresses_nobody() -> None:
    one = fates.sequel(outcome(Answer.BUSY, "451 4.7.1", "greylisted"), Delivery(n_tries=30), patience=DAYS_3)

    assert (one.fate.state, one.fate.reason, one.is_hard) == (State.FAILED, "server", False)


def test_a_server_that_names_its_wait_gets_at_least_that() -> None:
    one = fates.sequel(outcome(Answer.BUSY, wait_seconds=5000.0), Delivery(n_tries=0), patience=DAYS_3)

    assert one.fate.wait_seconds == 5000
