"""From claimed rows to mails: which version, which person, and the bytes when a connection is free for them."""

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.models import Delivery, Mailing
from campaigns.rendering import personalise, versions
from campaigns.rendering.personalise import Person, Unwritable, Writer
from campaigns.sending.ledger import Fate, Reason, State
from campaigns.transports.contract import Envelope
from campaigns.transports.staff import STAFF

logger = logging.getLogger(__name__)
MOST_TRIES = 5  # to write one mail; a fault of ours may be mended between them
NOT_READY_SECONDS = 300.0  # until a message that could not be compiled is tried again


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that may leave, not yet written."""

    delivery: Delivery
    mailing: Mailing
    version_id: int | None
    writer: Writer | None  # None: the mail was written when it was queued
    person: Person | None

    def envelope(self, now: datetime) -> Envelope | Fate:
        """The mail with its bytes, or what becomes of a row that cannot be written."""
        if self.writer is None or self.person is None:
            return self._written_before()
        try:
            raw = self.writer.write(self.person, now=now)
        except Unwritable as error:
            return unwritable(self.delivery, error.reason)
        except Exception as error:  # one mail must not stop the others, whatever is wrong with it
            logger.exception("Mail %s could not be written", self.delivery.pk)
            return troubled(self.delivery, type(error).__name__)
        return Envelope(
            delivery_id=self.delivery.pk,
            sender=self.writer.envelope_sender(self.person),
            recipient=self.person.address,
            raw=raw,
            key=self.delivery.uid.hex,
            is_clean=True,
        )

    def _written_before(self) -> Envelope:
        context = self.delivery.context
        return Envelope(
            delivery_id=self.delivery.pk,
            sender=str(context["sender"]),
            recipient=str(self.delivery.address),
            raw=base64.b64decode(str(context["raw"])),
            key=self.delivery.uid.hex,
        )


@dataclass
class Batch:
    """Claimed rows, sorted into mails and rows that have none."""

    letters: list[Letter] = field(default_factory=list)
    fates: list[Fate] = field(default_factory=list)


def prepare(deliveries: Sequence[Delivery], *, now: datetime) -> Batch:
    """The mails of a batch, in the order given; a constant number of queries beside one a version.

    Changes: message versions that were not compiled yet.
    """
    batch = Batch()
    mailings = Mailing.objects.select_related("issue").in_bulk({row.mailing_id for row in deliveries})
    ordinary = [row for row in deliveries if mailings[row.mailing_id].service_kind != STAFF]
    people = personalise.people(ordinary) if ordinary else {}
    ready: dict[tuple[int, str], int | str] = {}
    for row in deliveries:
        mailing = mailings[row.mailing_id]
        if mailing.service_kind == STAFF:
            batch.letters.append(Letter(row, mailing, None, None, None))
            continue
        key = (row.mailing_id, row.locale)
        if key not in ready:
            ready[key] = version_of(mailing, row.locale, now)
        found = ready[key]
        if isinstance(found, str):
            batch.fates.append(not_ready(row, found))
        elif row.pk not in people:
            batch.fates.append(Fate(delivery_id=row.pk, state=State.EXCLUDED, reason=Reason.ERASED))
        else:
            batch.letters.append(Letter(row, mailing, found, personalise.writer(found), people[row.pk]))
    return batch


def version_of(mailing: Mailing, locale: str, now: datetime) -> int | str:
    """The id of the frozen message, or why there is none."""
    try:
        return versions.ensure(mailing, locale, now=now).pk
    except versions.NotReady as error:
        return str(error)


def not_ready(delivery: Delivery, why: str) -> Fate:
    """A message that somebody must mend: the row waits."""
    return Fate(
        delivery_id=delivery.pk,
        state=State.DEFERRED,
        reason=Reason.RENDER,
        reply=why,
        wait_seconds=NOT_READY_SECONDS,
    )


def unwritable(delivery: Delivery, why: str) -> Fate:
    """A mail that cannot be written for this person: left out, the others go on."""
    return Fate(delivery_id=delivery.pk, state=State.EXCLUDED, reason=Reason.RENDER, reply=why)


def troubled(delivery: Delivery, why: str) -> Fate:
    """A mail at which our own code failed: tried again, for the next version may know better; left out in the end."""
    if delivery.n_tries + 1 >= MOST_TRIES:
        return unwritable(delivery, why)
    return Fate(
        delivery_id=delivery.pk,
        state=State.DEFERRED,
        reason=Reason.RENDER,
        reply=why,
        wait_seconds=NOT_READY_SECONDS,
        is_try=True,
    )
