"""Erasing a person: what this room holds goes at once; what the rooms above hold is left to them as a row.

What stays: the empty row and its anonymous counts, consents without their owner, events without their words, and
a keyed digest of the address that keeps imports from bringing the person back (GDPR 17, 21(3)).
"""

import uuid
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision

from subscribers import consent
from subscribers.models import (
    Erasure,
    Facts,
    Frequency,
    Grant,
    MailRequest,
    PendingEvent,
    Signup,
    Stage,
    Subscriber,
)

# What an event may still say about a page, a mail or a form; all else may be a person's own words.
IMPERSONAL = [
    "translation",
    "topics",
    "title",
    "mailing",
    "delivery",
    "position",
    "form",
    "purposes",
    "source",
    "frequency",
]
SPEECHLESS_KINDS = ["noted"]  # and custom.*: their keys and payloads come from outside

FORGET_EVENTS = """
UPDATE subscribers_event AS event SET
    visitor = '',
    object_key = CASE WHEN is_foreign THEN '' ELSE object_key END,
    evidence_reason = CASE WHEN is_foreign THEN '' ELSE evidence_reason END,
    source = CASE WHEN is_foreign THEN split_part(source, ':', 1) ELSE source END,
    payload = CASE WHEN is_foreign THEN '{}'::jsonb ELSE (
        SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(payload) WHERE key = ANY(%s)) END
FROM (SELECT id AS own_id, kind = ANY(%s) OR starts_with(kind, 'custom.') AS is_foreign
      FROM subscribers_event WHERE subscriber_id = %s) AS own
WHERE event.id = own.own_id AND event.subscriber_id = %s
"""


def erase(subscriber: Subscriber, *, now: datetime, is_remembered: bool = True) -> bool:
    """Erase this person for good; False when that was done before.

    Takes: `is_remembered` False for somebody who never confirmed: no digest is kept.
    Changes: every table of this room that names the person, the admin's log of them, one Erasure for the rooms
    above to follow. Safe to run twice.
    """
    with transaction.atomic():
        locked = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
        if locked.address_key is None:
            return False
        if is_remembered:
            consent.suppress(locked.address_key, consent.Reason.ERASED, now=now)
        _forget_acts(locked)
        _forget_wishes(locked)
        _forget_staff_traces(locked)
        consent.forget(locked)
        _empty(locked)
        Erasure.objects.update_or_create(subscriber_id=locked.pk, defaults={"at": now, "followed_at": None})
    subscriber.refresh_from_db()
    return True


def sweep(subscriber_ids: list[int]) -> int:
    """Forget what a late hand wrote about people erased a moment ago; gives how many rows went. Safe to run twice."""
    n_gone = Facts.objects.filter(subscriber__in=subscriber_ids).delete()[0]
    n_gone += PendingEvent.objects.filter(event__subscriber__in=subscriber_ids).delete()[0]
    return n_gone


def _forget_acts(subscriber: Subscriber) -> None:
    PendingEvent.objects.filter(event__subscriber=subscriber).delete()
    with connection.cursor() as cursor:
        cursor.execute(FORGET_EVENTS, [IMPERSONAL, SPEECHLESS_KINDS, subscriber.pk, subscriber.pk])
    Facts.objects.filter(subscriber=subscriber).delete()
    Grant.objects.filter(subscriber=subscriber).delete()


def _forget_wishes(subscriber: Subscriber) -> None:
    MailRequest.objects.filter(subscriber=subscriber).delete()
    Signup.objects.filter(subscriber=subscriber).delete()
    subscriber.topics.clear()


def _forget_staff_traces(subscriber: Subscriber) -> None:
    """The admin's log keeps who did what and when, without the name it was done to."""
    content_type, key = ContentType.objects.get_for_model(Subscriber), str(subscriber.pk)
    ModelLogEntry.objects.filter(content_type=content_type, object_id=key).update(label="", data={})
    Revision.objects.filter(content_type=content_type, object_id=key).delete()
    ReferenceIndex.objects.filter(content_type=content_type, object_id=key).delete()


def _empty(subscriber: Subscriber) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(
        uid=uuid.uuid4(),
        zone="",
        role="",
        attributes={},
        source="",
        frequency=Frequency.EACH,
        stage=Stage.NONE,
    )
