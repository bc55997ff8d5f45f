"""Hands mails over to nobody: the ledger's own moves with the answers that the plan knows, then dated back.

No transport is asked and no mail is written, so nothing can leave; what the rows say is what a server would have made
of them at that time.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from campaigns.deliverability import feedback
from campaigns.models import Delivery, Mailing
from campaigns.rendering import versions
from campaigns.sending import fates, ledger
from campaigns.sending.hand import Hand
from campaigns.transports.contract import Answer, Outcome

WORKER = "sample"
ALL = 10_000
SECONDS_A_MAIL = 0.2
# The ledger's clock is the database's; that these mails left long ago is true of the sample alone.
DATE = """
UPDATE campaigns_delivery AS delivery SET claimed_at = given.at, done_at = given.at
FROM jsonb_to_recordset(%s::jsonb) AS given(id bigint, at timestamptz)
WHERE delivery.id = given.id AND delivery.is_sample
"""
ANSWERS = {
    "accepted": (Answer.ACCEPTED, "250", "kept for the sample"),
    "hard": (Answer.REFUSED, "550 5.1.1", "no such mailbox here"),
    "soft": (Answer.REFUSED, "552 5.2.2", "mailbox is full"),
}

Fate = Callable[[Delivery], str]  # what the plan says of a mail: a key of ANSWERS


def everything_is_well(_row: Delivery) -> str:
    """The fate of mails of which the plan says nothing."""
    return "accepted"


@dataclass
class Post:
    """Hands mails over, and remembers what each mailing says: nobody rewrites it while the story is told."""

    versions: dict[tuple[int, str], int] = field(default_factory=dict)  # {(mailing, language): message version}

    def hand_over(
        self, mailing: Mailing, *, at: datetime, n: int = ALL, fate: Fate = everything_is_well
    ) -> list[Delivery]:
        """Let up to `n` waiting mails leave at that moment; gives those that were accepted, as they are now.

        Changes: their rows, and what a refusal leads to; message versions that were not compiled yet.
        """
        rows = _claim(mailing, n)
        begun = self._begin(mailing, rows, at)
        sequels = [fates.sequel(_answer(row, fate(row)), row, patience=_patience()) for row in begun]
        ledger.settle([one.fate for one in sequels], worker=WORKER)
        moments = _date(begun, at)
        for row, one in zip(begun, sequels, strict=True):
            feedback.refused(row, mailing, one, now=moments[row.pk])
        is_accepted = {one.fate.delivery_id for one in sequels if one.fate.state == ledger.State.ACCEPTED}
        return [row for row in begun if row.pk in is_accepted]

    def _begin(self, mailing: Mailing, rows: list[Delivery], at: datetime) -> list[Delivery]:
        """Those that may leave, after the last look that every mail gets."""
        hand = Hand(WORKER, account_id=mailing.account_id)
        for row in rows:
            row.version_id = self._version(mailing, row.locale, at)
            hand.hold(row, mailing, row.version_id)
        allowed = hand.step([], [row.pk for row in rows]) if rows else set()
        hand.give_back()
        return [row for row in rows if row.pk in allowed]

    def _version(self, mailing: Mailing, locale: str, at: datetime) -> int:
        place = (mailing.pk, locale)
        if place not in self.versions:
            self.versions[place] = versions.ensure(mailing, locale, now=at).pk
        return self.versions[place]


def _claim(mailing: Mailing, n: int) -> list[Delivery]:
    """Up to `n` waiting mails in the order in which their readers came; the ledger's own order is that of its rows."""
    rows = sorted(ledger.claim(mailing.pk, ALL, worker=WORKER), key=lambda row: row.subscriber_id or 0)
    ledger.release([row.pk for row in rows[n:]], worker=WORKER)
    return rows[:n]


def _answer(row: Delivery, fate: str) -> Outcome:
    answer, code, reply = ANSWERS[fate]
    return Outcome(delivery_id=row.pk, answer=answer, code=code, reply=reply)


def _patience() -> timedelta:
    return timedelta(hours=settings.CIRCOLARE_RETRY_HOURS)


def _date(rows: list[Delivery], at: datetime) -> dict[int, datetime]:
    """Write when each was taken; in the order of the rows, a few a second."""
    moments = {row.pk: at + timedelta(seconds=SECONDS_A_MAIL * place) for place, row in enumerate(rows)}
    given = [{"id": pk, "at": moment.isoformat()} for pk, moment in moments.items()]
    with connection.cursor() as cursor:
        cursor.execute(DATE, [json.dumps(given)])
    for row in rows:
        row.done_at = row.claimed_at = moments[row.pk]
    return moments
