"""What the ledger and the journeys forget about people whom the room below has erased."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from campaigns.models import CapturedMail, Delivery, Passage, Run
from subscribers import erasure
from subscribers.models import Erasure

# A worker may still write about somebody for a moment after the erasure: we look again until then.
SETTLED = timedelta(hours=1)
BATCH = 200  # people of one call
IN_HAND = (Delivery.State.CLAIMED, Delivery.State.HANDING_OVER)
STOPPABLE = (Delivery.State.QUEUED, Delivery.State.DEFERRED)

# The server's words often repeat the address; the context may hold what the person typed.
FORGET_DELIVERIES = """
UPDATE campaigns_delivery SET
    address = NULL, address_key = NULL, domain = '', context = '{}'::jsonb, reply = '', provider_id = '',
    state = CASE WHEN state = ANY(%s) THEN 'excluded' ELSE state END,
    reason = CASE WHEN state = ANY(%s) THEN 'erased' ELSE reason END,
    done_at = CASE WHEN state = ANY(%s) THEN %s ELSE done_at END
WHERE id = ANY(%s) AND state <> ALL(%s)
"""


def follow(now: datetime) -> int:
    """Forget in this room those who were erased; gives how many people were looked at. Safe to run twice.

    Changes: addresses, replies and contexts of their deliveries, their captured mails, runs and passages; what
    was waiting is excluded. A mail in a worker's hand is left to the gate and forgotten at the next call.
    """
    waiting = list(Erasure.objects.filter(followed_at=None).order_by("at")[:BATCH])
    for row in waiting:
        with transaction.atomic():
            _forget_mails(row.subscriber_id, now)
            _leave_journeys(row.subscriber_id, now)
            erasure.sweep([row.subscriber_id])
            if row.at <= now - SETTLED:
                Erasure.objects.filter(pk=row.pk).update(followed_at=now)
    return len(waiting)


def _forget_mails(subscriber_id: int, now: datetime) -> None:
    own = Delivery.objects.filter(subscriber=subscriber_id)
    keys = {key for key in own.values_list("address_key", flat=True).distinct() if key}
    # Test mails went to the address without naming the person.
    mails = Delivery.objects.filter(Q(subscriber=subscriber_id) | Q(address_key__in=keys))
    ids = list(mails.values_list("id", flat=True))
    CapturedMail.objects.annotate(key=Lower("recipient")).filter(Q(delivery_id__in=ids) | Q(key__in=keys)).delete()
    stoppable, in_hand = list(STOPPABLE), list(IN_HAND)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_DELIVERIES, [stoppable, stoppable, stoppable, now, ids, in_hand])


def _leave_journeys(subscriber_id: int, now: datetime) -> None:
    runs = Run.objects.filter(subscriber=subscriber_id)
    runs.filter(state=Run.State.OPEN).update(state=Run.State.LEFT, why="erased", ended_at=now, due_at=None)
    runs.update(error="")
    Passage.objects.filter(run__in=runs.values("pk")).update(seen={}, why="")
