"""One hand's work for two seconds at most: claim, ask the gate, write, hand over, record.

A chunk is bounded by time, not by number: ticks and other chunks get their turn (Celery runs it, rows decide).
"""

import logging
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import redis
from django.db import connection
from django.utils import timezone

from campaigns import fence, gate
from campaigns.models import Account, Delivery
from campaigns.sending import ledger, rates, writing
from campaigns.sending.hand import Hand
from campaigns.sending.ledger import Fate, Reason, State
from campaigns.sending.rates import Rates
from campaigns.transports import accounts
from campaigns.transports.contract import AccountRefused, Busy, Envelope

logger = logging.getLogger(__name__)
SMALLEST_CLAIM, LARGEST_CLAIM = 20, 500  # rows; the largest is also what a crash of the database may make unknown
CLAIM_SECONDS = 0.5  # how much work a claim should be, at the speed of the last chunk
# Mailings with something due and a way that is open; service mails first, somebody waits for them.
DUE = """
SELECT mailing.id, mailing.account_id FROM campaigns_mailing AS mailing
JOIN campaigns_account AS account ON account.id = mailing.account_id
WHERE mailing.state = 'sending' AND account.paused_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM campaigns_domainbrake AS brake WHERE brake.account_id = account.id
        AND brake.domain = '' AND brake.stopped_until > statement_timestamp())
    AND EXISTS (SELECT 1 FROM campaigns_delivery AS delivery WHERE delivery.mailing_id = mailing.id
        AND delivery.state IN ('queued', 'deferred') AND delivery.due_at <= statement_timestamp())
ORDER BY array_position(ARRAY['service', 'test', 'resource', 'journey', 'issue'], mailing.purpose_class::text),
    mailing.id
"""
_speeds: dict[int, float] = {}  # mails a second of each account in this process, as last seen


@dataclass
class Source:
    """The mails of one account for one chunk: claimed, judged and written as the transport asks for them."""

    hand: Hand
    rates: Rates
    mailing_ids: deque[int]
    deadline: float  # monotonic
    begun_at: float  # monotonic

    def envelopes(self) -> Iterator[Envelope]:
        """Mails ready to leave, until nothing is due, nothing is permitted, or the time is over."""
        while self.mailing_ids and time.monotonic() < self.deadline:
            claimed = self._claim()
            if claimed is None:
                return
            yield from self._ready(claimed)

    def _claim(self) -> list[Delivery] | None:
        """The next rows of the first mailing that has any; empty when that mailing is done; None to stop."""
        mailing_id = self.mailing_ids[0]
        self.note_speed()
        wanted = claim_size(self.rates.account.pk)
        n_permitted = self.rates.permit(wanted)
        if n_permitted < 1:
            return None
        n_its_own = self.rates.permit_of(mailing_id, n_permitted)
        claimed = ledger.claim(mailing_id, n_its_own, worker=self.hand.worker) if n_its_own else []
        self.rates.return_unused(n_its_own - len(claimed), mailing_id)
        if len(claimed) < n_permitted:
            self.mailing_ids.popleft()  # nothing more of it now: all claimed, or slowed down
        return claimed

    def note_speed(self) -> None:
        """How fast this chunk is so far, so that the next claim fits it; a handful of mails tells nothing."""
        if self.hand.n_answered >= SMALLEST_CLAIM:
            seconds = time.monotonic() - self.begun_at
            _speeds[self.rates.account.pk] = self.hand.n_answered / max(seconds, 0.001)

    def _ready(self, claimed: list[Delivery]) -> Iterator[Envelope]:
        if not claimed:
            return
        now = timezone.now()
        going = self._judged(claimed, now)
        batch = writing.prepare(going, now=now)
        self.hand.settle(batch.fates)
        self.rates.return_unused(len(claimed) - len(batch.letters))
        for letter in batch.letters:
            self.hand.hold(letter.delivery, letter.mailing, letter.version_id)
        for letter in batch.letters:
            if time.monotonic() > self.deadline:
                return
            envelope = letter.envelope(now)
            if isinstance(envelope, Fate):
                self.hand.settle([envelope])
            else:
                yield envelope

    def _judged(self, claimed: Sequence[Delivery], now: datetime) -> list[Delivery]:
        """Those the gate and the receiving domains let through; of the others it is written why not."""
        verdicts = gate.check(claimed, now=now)
        fates = [fate_of(number, verdict, now) for number, verdict in verdicts.items() if not is_go(verdict)]
        going = [delivery for delivery in claimed if is_go(verdicts[delivery.pk])]
        waits = self.rates.waits(going, now=now)
        fates += [
            Fate(delivery_id=number, state=State.DEFERRED, reason=Reason.DOMAIN, wait_seconds=seconds)
            for number, seconds in waits.items()
        ]
        self.hand.settle(fates)
        return [delivery for delivery in going if delivery.pk not in waits]


def run_chunk(worker: str, *, budget_seconds: float = 2.0) -> int:
    """Send what is due for a while; gives how many mails got an answer.

    Takes: the hand's name, unique among all that live.
    Changes: rows, and what servers received. Any number of hands may run at once.
    """
    deadline = time.monotonic() + budget_seconds
    if not fence.is_open():
        return 0
    n_answered = 0
    for account_id, mailing_ids in due().items():
        if time.monotonic() > deadline:
            break
        n_answered += send_by(account_id, mailing_ids, worker=worker, deadline=deadline)
    return n_answered


def due() -> dict[int, list[int]]:
    """Mailings that have something due now, by account, in the order in which they are served."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(DUE)
        for mailing_id, account_id in cursor.fetchall():
            found.setdefault(account_id, []).append(mailing_id)
    return found


def send_by(account_id: int, mailing_ids: Sequence[int], *, worker: str, deadline: float) -> int:
    """Send the due mails of some mailings by their account; gives how many got an answer."""
    limits = Rates(Account.objects.get(pk=account_id), mailing_ids, now=timezone.now())
    if not limits.is_open:
        return 0
    hand = Hand(worker, account_id=account_id)
    source = Source(hand, limits, deque(mailing_ids), deadline, begun_at=time.monotonic())
    try:
        with relaxed_commits():
            accounts.transport_of(limits.account).hand_over(source.envelopes(), hand)
    except AccountRefused as error:
        rates.pause(account_id, str(error), now=timezone.now())
    except Busy as error:
        rates.brake(account_id, rates.SERVER, str(error), now=timezone.now(), at_least=error.wait_seconds)
    except redis.RedisError:
        logger.warning("The cache is away: account %s has a limit and sends nothing", account_id)
    finally:
        limits.return_unused(hand.give_back())
        source.note_speed()
    return hand.n_answered


@contextmanager
def relaxed_commits() -> Iterator[None]:
    """Do not wait for the disk at each step, and prepare it; claims do wait (see `ledger.claim`)."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    line = connection.connection
    threshold, line.prepare_threshold = line.prepare_threshold, 1
    try:
        yield
    finally:
        if connection.connection is line and not line.closed:
            line.prepare_threshold = threshold
            with connection.cursor() as cursor:
                cursor.execute("RESET synchronous_commit")


def is_go(verdict: gate.Verdict) -> bool:
    """Whether a mail may leave now."""
    return isinstance(verdict, gate.Go)


def fate_of(delivery_id: int, verdict: gate.Verdict, now: datetime) -> Fate:
    """What the gate's No does to a claimed row."""
    if isinstance(verdict, gate.Later):
        wait = max(1.0, (verdict.at - now).total_seconds())
        return Fate(delivery_id=delivery_id, state=State.DEFERRED, reason=verdict.reason, wait_seconds=wait)
    reason = verdict.reason if isinstance(verdict, gate.Never) else ""
    return Fate(delivery_id=delivery_id, state=State.EXCLUDED, reason=reason)


def claim_size(account_id: int) -> int:
    """How many rows to claim at once, from the account's speed in this chunk or the last."""
    return int(min(LARGEST_CLAIM, max(SMALLEST_CLAIM, _speeds.get(account_id, 0.0) * CLAIM_SECONDS)))
