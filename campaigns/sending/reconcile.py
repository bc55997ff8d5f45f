"""Puts right what hands left behind, and stops what goes wrong for too many. Safe to run at any time, by anybody."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.models import Mailing, PurposeClass
from campaigns.sending import ledger, mailing
from campaigns.sending.ledger import State
from campaigns.transports import staff
from subscribers.models import Event, Kind

logger = logging.getLogger(__name__)
# The first so many mails of a mailing tell whether its list is good; fewer would stop it for single addresses.
FIRST = 500
MOST_BOUNCES = 0.05
MOST_COMPLAINTS = 0.003  # Google's and Yahoo's limit of 2024
FEWEST_COMPLAINTS = 3
MOST_UNWRITABLE = 0.05
FEWEST_UNWRITABLE = 10
UNWRITTEN = (State.EXCLUDED, State.DEFERRED)
COMPLAINTS_COUNT_FOR = timedelta(days=3)
# Somebody waits for a confirmation, and two of them hurt nobody (one Message-ID, so most programs show one).
RETRY_UNKNOWN = """
UPDATE campaigns_delivery AS delivery SET state = 'queued', reason = '', done_at = NULL, n_tries = delivery.n_tries + 1
FROM campaigns_mailing AS mailing
WHERE mailing.id = delivery.mailing_id AND mailing.purpose_class IN ('service', 'resource')
    AND delivery.state = 'unknown' AND delivery.n_tries <= 1 AND delivery.reason = 'lost'
    AND delivery.done_at < statement_timestamp() - make_interval(secs => %s)
    AND delivery.done_at > statement_timestamp() - make_interval(secs => %s)
    AND delivery.mailing_id = ANY(%s)
"""
RETRY_AFTER_SECONDS, RETRY_BEFORE_SECONDS = 300, 86_400


@dataclass(frozen=True)
class Swept:
    """What a sweep did."""

    n_requeued: int
    n_unknown: int
    n_retried: int
    n_held: int


def sweep(now: datetime) -> Swept:
    """Take rows from silent hands, try lost service mails once more, stop mailings that go wrong."""
    expired = ledger.expire()
    n_unknown = sum(state == State.UNKNOWN for _id, _mailing, state in expired)
    if expired:
        logger.warning("Took %s rows from silent hands, %s of them unknown", len(expired), n_unknown)
    n_retried = retry_service()
    staff.forget()
    return Swept(len(expired) - n_unknown, n_unknown, n_retried, stop_bad(now))


def retry_service() -> int:
    """Give service mails whose answer was lost one more try, five minutes later; gives how many."""
    kinds = [PurposeClass.SERVICE, PurposeClass.RESOURCE]
    ids = list(Mailing.objects.filter(is_standing=True, purpose_class__in=kinds).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(RETRY_UNKNOWN, [RETRY_AFTER_SECONDS, RETRY_BEFORE_SECONDS, ids])
        return cursor.rowcount


def stop_bad(now: datetime) -> int:
    """Hold mailings that bounce, annoy or cannot be written for too many; gives how many were held."""
    rows = Mailing.objects.filter(state=Mailing.State.SENDING, purpose_class=PurposeClass.ISSUE, is_standing=False)
    return sum(mailing.hold(one, why) for one in rows if (why := fault(one, now)))


def fault(one: Mailing, now: datetime) -> str:
    """Why a mailing should stop; empty where it may go on."""
    counts = ledger.counts(one.pk)
    n_bounced = one.deliveries.filter(state=State.FAILED).count()
    n_tried = counts[State.ACCEPTED] + counts[State.FAILED]
    if n_bounced > MOST_BOUNCES * max(n_tried, FIRST):
        return _("%(bounced)d of %(tried)d mails came back: look at the list before more leave.") % {
            "bounced": n_bounced,
            "tried": n_tried,
        }
    n_unwritable = one.deliveries.filter(state__in=UNWRITTEN, reason=ledger.Reason.RENDER).count()
    if n_unwritable >= max(FEWEST_UNWRITABLE, MOST_UNWRITABLE * (n_tried + n_unwritable)):
        return _("%(count)d mails could not be written: look at the message.") % {"count": n_unwritable}
    n_complaints = complaints(one, now)
    if n_complaints >= max(FEWEST_COMPLAINTS, MOST_COMPLAINTS * n_tried):
        return _("%(count)d readers called it spam.") % {"count": n_complaints}
    return ""


def complaints(one: Mailing, now: datetime) -> int:
    """How many readers called a mail of this mailing spam, of late."""
    return Event.objects.filter(
        kind=Kind.MAIL_COMPLAINED, occurred_at__gt=now - COMPLAINTS_COUNT_FOR, payload__mailing=one.pk
    ).count()
