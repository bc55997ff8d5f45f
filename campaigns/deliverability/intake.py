"""Takes in what providers and servers report afterwards, and finds the mail it is about. Once each, in any order.

Only a sign that we gave out ourselves may change anything for a reader: the delivery's uid that a provider keeps
with the mail, the provider's own name of the mail together with its recipient, or the VERP address a bounce came to.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from campaigns.deliverability import feedback, returned
from campaigns.deliverability.feedback import Told
from campaigns.models import Delivery, Mailing
from campaigns.rendering import headers
from campaigns.sending import ledger
from campaigns.sending.ledger import Fate, Reason, State
from subscribers import consent, events
from subscribers.models import Kind, Subscriber

logger = logging.getLogger(__name__)
# What proves that a mail whose answer was lost did arrive at the next server.
ARRIVED = frozenset({"sent", "delivered", "opened", "clicked", "complained", "unsubscribed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing reported about one mail."""

    kind: str  # sent, delivered, deferred, bounced, complained, unsubscribed, opened, clicked, …
    source: str  # provider:mailgun, mail
    key: str  # the same for every telling of this report
    occurred_at: datetime
    uid: UUID | None = None  # of the delivery, where the report names it
    provider_id: str = ""  # the reporter's own name of the mail …
    recipient_key: str = ""  # … believed only together with its recipient
    code: str = ""  # "550 5.1.1"
    words: str = ""  # of the receiving server
    is_hard: bool = False  # of a bounce: whether nobody lives at the address


@transaction.atomic
def take(report: Report, *, now: datetime) -> bool:
    """Draw the consequences of a report; False when it was known, or is about no mail of ours.

    Changes: events; suppressions and withdrawals; the ledger where the mail was unknown. Safe to run twice.
    """
    delivery = find(report)
    if delivery is None:
        _note_unmatched(report, now)
        return False
    _settle_unknown(delivery, report)
    mailing = Mailing.objects.get(pk=delivery.mailing_id)
    told = Told(report.source, report.key, report.occurred_at)
    if report.kind == "bounced":
        words: dict[str, object] = {"code": report.code, "reply": report.words[:500], "hard": report.is_hard}
        return feedback.bounced(delivery, mailing, words, told, now=now)
    if report.kind == "complained":
        return feedback.complained(delivery, mailing, told, now=now)
    if report.kind == "unsubscribed":
        return _unsubscribe(delivery, mailing, report, now)
    return False


def take_mail(raw: bytes, *, recipient: str, now: datetime) -> int:
    """Take in a mail that came back to us; gives how many of its reports changed something.

    Takes: `recipient`, the address it was delivered to: a VERP address of ours names and proves the mail that it is
    about. Without one, that in the head of the copy inside is looked at; a mail with neither changes nobody.
    """
    n_taken = 0
    for place, one in enumerate(returned.read(raw)):
        uid = headers.read_verp(recipient) or headers.read_verp(one.return_path)
        report = Report(
            kind=one.kind,
            source="mail",
            key=f"mail:{uid.hex}:{one.kind}:{one.code}" if uid else f"mail:{one.message_id[:80]}:{place}",
            occurred_at=now,
            uid=uid,
            code=one.code,
            words=one.words,
            is_hard=one.is_hard,
        )
        n_taken += take(report, now=now)
    return n_taken


def find(report: Report) -> Delivery | None:
    """The delivery a report is about; None where it proves nothing."""
    if report.uid is not None:
        return Delivery.objects.filter(uid=report.uid).first()
    if not report.provider_id or not report.recipient_key:
        return None
    person = Subscriber.objects.filter(address_key=report.recipient_key).values_list("pk", flat=True).first()
    return Delivery.objects.filter(subscriber=person, provider_id=report.provider_id).first() if person else None


def _settle_unknown(delivery: Delivery, report: Report) -> None:
    """A report tells what became of a mail whose answer was lost."""
    if delivery.state != State.UNKNOWN:
        return
    if report.kind in ARRIVED:
        fate = Fate(delivery_id=delivery.pk, state=State.ACCEPTED, reply=f"reported: {report.kind}")
    elif report.kind == "bounced":
        fate = Fate(delivery_id=delivery.pk, state=State.FAILED, reason=Reason.REFUSED, code=report.code)
    else:
        return
    ledger.settle([fate], worker=delivery.worker)


def _unsubscribe(delivery: Delivery, mailing: Mailing, report: Report, now: datetime) -> bool:
    person = Subscriber.objects.filter(pk=delivery.subscriber_id or 0).first()
    if person is None or person.address_key is None:
        return False
    if mailing.purpose is not None:
        return consent.withdraw(person, mailing.purpose, source=report.source, now=now) is not None
    return bool(consent.withdraw_all(person, source=report.source, now=now))


def _note_unmatched(report: Report, now: datetime) -> None:
    """Keep that somebody reported something, without its address: many of these are worth a look."""
    if report.kind not in {"bounced", "complained"}:
        return
    kind = Kind.MAIL_BOUNCED if report.kind == "bounced" else Kind.MAIL_COMPLAINED
    logger.warning("A report from %s is about no mail of ours", report.source)
    events.record(
        kind,
        occurred_at=report.occurred_at,
        now=now,
        source=report.source,
        key=report.key,
        evidence="machine",
        reason="unmatched",
        payload={"code": report.code},
    )
