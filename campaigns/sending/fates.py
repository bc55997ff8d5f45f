"""What becomes of a mail after a server's answer, and of others because of it? Pure."""

import random
from dataclasses import dataclass
from datetime import timedelta

from campaigns.deliverability import classify
from campaigns.deliverability.classify import Meaning
from campaigns.models import Delivery
from campaigns.sending.ledger import Fate, Reason, State
from campaigns.transports.contract import Answer, Outcome

FIRST_WAIT_SECONDS = 300.0  # greylisting opens after about five minutes
LONGEST_WAIT_SECONDS = 4 * 3600.0
JITTER = 0.2  # so that mails deferred together do not come back together


@dataclass(frozen=True, slots=True)
class Sequel:
    """The end of one try."""

    fate: Fate
    meaning: Meaning | None = None  # None where the server took it, or nobody can say

    @property
    def is_bounce(self) -> bool:
        """Whether the receiver refused it for good."""
        return self.fate.state == State.FAILED and self.meaning is not None

    @property
    def is_hard(self) -> bool:
        """Whether the address must never be written to again."""
        return self.meaning == Meaning.NO_MAILBOX


def sequel(outcome: Outcome, delivery: Delivery, *, patience: timedelta) -> Sequel:
    """What an answer means for the delivery that was tried; `n_tries` of it does not count this try yet."""
    if outcome.answer == Answer.ACCEPTED:
        return Sequel(_fate(outcome, State.ACCEPTED))
    if outcome.answer == Answer.UNKNOWN:
        return Sequel(_fate(outcome, State.UNKNOWN, Reason.LOST))
    if not outcome.code:  # no server spoke: the line broke before it could own the mail
        return Sequel(_later(outcome, delivery, Reason.SERVER, patience))
    meaning = classify.read(outcome.code, outcome.reply)
    if meaning == Meaning.POLICY:
        return Sequel(_later(outcome, delivery, Reason.DOMAIN, patience), meaning)
    if outcome.answer == Answer.BUSY or meaning == Meaning.LATER:
        return Sequel(_later(outcome, delivery, Reason.SERVER, patience), meaning)
    return Sequel(_fate(outcome, State.FAILED, Reason.REFUSED), meaning)


def wait_seconds(n_tries: int, patience: timedelta, spread: float) -> float | None:
    """How long to wait after the n-th try (from 1): 5 minutes, doubling up to 4 hours; None when it was the last.

    Takes: `spread` from 0 to 1, where within the jitter the wait falls.
    """
    waited = sum(_plain_wait(n) for n in range(1, n_tries))
    if waited >= patience.total_seconds():
        return None
    return _plain_wait(n_tries) * (1 - JITTER + 2 * JITTER * spread)


def _plain_wait(n_tries: int) -> float:
    return min(FIRST_WAIT_SECONDS * 2.0 ** (n_tries - 1), LONGEST_WAIT_SECONDS)


def _later(outcome: Outcome, delivery: Delivery, reason: Reason, patience: timedelta) -> Fate:
    wait = wait_seconds(delivery.n_tries + 1, patience, random.random())  # noqa: S311 - spreads load, hides nothing
    if wait is None:
        return _fate(outcome, State.FAILED, reason)
    return _fate(outcome, State.DEFERRED, reason, max(wait, outcome.wait_seconds or 0.0))


def _fate(outcome: Outcome, state: State, reason: str = "", wait: float | None = None) -> Fate:
    return Fate(
        delivery_id=outcome.delivery_id,
        state=state,
        reason=reason,
        code=outcome.code,
        reply=outcome.reply,
        provider_id=outcome.provider_id,
        wait_seconds=wait,
        is_try=True,
    )
