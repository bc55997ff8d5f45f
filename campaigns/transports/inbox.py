"""The built-in inbox: every mail becomes a row that staff can look at, and nothing leaves the machine."""

from collections.abc import Iterator
from email import policy
from email.parser import BytesHeaderParser
from itertools import islice

from django.db import transaction

from campaigns.models import CapturedMail
from campaigns.transports.contract import Answer, Envelope, Outcome, Record

BATCH = 50


class InboxTransport:
    """Writes mails into `CapturedMail`."""

    is_network = False

    def hand_over(self, envelopes: Iterator[Envelope], record: Record) -> None:
        """Keep a batch and its answers in one transaction: nothing can be unknown here."""
        while batch := list(islice(envelopes, BATCH)):
            with transaction.atomic():
                allowed = record.step([], [envelope.delivery_id for envelope in batch])
                kept = [envelope for envelope in batch if envelope.delivery_id in allowed]
                CapturedMail.objects.bulk_create([captured(envelope) for envelope in kept])
                record.step([accepted(envelope) for envelope in kept], [])

    def close(self) -> None:
        """Nothing is kept open."""


def captured(envelope: Envelope) -> CapturedMail:
    """The row of one mail."""
    headers = BytesHeaderParser(policy=policy.default).parsebytes(envelope.raw)
    return CapturedMail(
        delivery_id=envelope.delivery_id or None,
        sender=envelope.sender,
        recipient=envelope.recipient,
        subject=str(headers.get("Subject", ""))[:500].replace("\0", ""),
        raw=envelope.raw,
    )


def accepted(envelope: Envelope) -> Outcome:
    """The answer to a mail that was kept."""
    return Outcome(delivery_id=envelope.delivery_id, answer=Answer.ACCEPTED, code="250", reply="kept in the inbox")
