"""What the rows of one person add up to: permissions, and the state stored for reading."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from subscribers.models import Consent, Permission, Purpose, State, Subscriber
from subscribers.suppression import BOUNCES, Reason, reasons_among

DECIDED = (Consent.Step.CONFIRMED, Consent.Step.WITHDRAWN)
BATCH = 1_000  # people of one round of `rebuild`

# The newest decision of each person and purpose; ids follow the order of commits within one person,
# because every writer locks the person first.
REBUILD_PERMISSIONS = """
INSERT INTO subscribers_permission (subscriber_id, purpose_id, is_given, since, consent_id)
SELECT DISTINCT ON (subscriber_id, purpose_id) subscriber_id, purpose_id, step = 'confirmed', at, id
FROM subscribers_consent
WHERE subscriber_id IS NOT NULL AND step IN ('confirmed', 'withdrawn')
ORDER BY subscriber_id, purpose_id, id DESC
ON CONFLICT (subscriber_id, purpose_id) DO UPDATE
SET is_given = excluded.is_given, since = excluded.since, consent_id = excluded.consent_id
WHERE (subscribers_permission.is_given, subscribers_permission.since, subscribers_permission.consent_id)
    IS DISTINCT FROM (excluded.is_given, excluded.since, excluded.consent_id)
"""
DROP_UNFOUNDED = """
DELETE FROM subscribers_permission AS p WHERE NOT EXISTS (
    SELECT 1 FROM subscribers_consent AS c
    WHERE c.subscriber_id = p.subscriber_id AND c.purpose_id = p.purpose_id
        AND c.step IN ('confirmed', 'withdrawn'))
"""


def derive(
    *, has_address: bool, reasons: Collection[str], n_newsletters: int, has_decided: bool, is_paused: bool
) -> State:
    """The state that these facts make: the worst news first."""
    if not has_address:
        return State.ERASED
    if Reason.COMPLAINT in reasons:
        return State.COMPLAINED
    if set(reasons) - BOUNCES:
        return State.BLOCKED
    if reasons:
        return State.BOUNCING
    if n_newsletters:
        return State.PAUSED if is_paused else State.ACTIVE
    return State.UNSUBSCRIBED if has_decided else State.WAITING


def may_track(subscriber_id: int) -> bool:
    """Whether this person's reading and clicks may be recorded under their name."""
    return Permission.objects.filter(
        subscriber=subscriber_id, purpose__kind=Purpose.Kind.TRACKING, is_given=True
    ).exists()


def refresh_state(subscriber: Subscriber, *, now: datetime) -> State:
    """Work out one person's state and store it, in the row and in the object given."""
    refresh_states([subscriber], now=now)
    return State(subscriber.state)


def refresh_states(people: list[Subscriber], *, now: datetime) -> int:
    """Work out these people's states and store them, in the rows and in the objects given; how many changed."""
    states = _states(people, now)
    changed = [subscriber for subscriber in people if subscriber.state != states[subscriber.pk]]
    for subscriber in changed:
        subscriber.state = states[subscriber.pk]
    for state in {one.state for one in changed}:
        Subscriber.objects.filter(pk__in=[one.pk for one in changed if one.state == state]).update(state=state)
    return len(changed)


def end_pauses(*, now: datetime) -> int:
    """Wake those whose pause is over; gives how many. Safe to run twice."""
    over = list(Subscriber.objects.filter(state=State.PAUSED, paused_until__lte=now)[:BATCH])
    for subscriber in over:
        Subscriber.objects.filter(pk=subscriber.pk, paused_until__lte=now).update(paused_until=None)
        subscriber.refresh_from_db()
        refresh_state(subscriber, now=now)
    return len(over)


def rebuild(*, now: datetime) -> int:
    """Reproduce every permission and state from consents and suppressions; gives how many rows were wrong."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REBUILD_PERMISSIONS)
        n_wrong = cursor.rowcount
        cursor.execute(DROP_UNFOUNDED)
        n_wrong += cursor.rowcount
    last = 0
    while batch := list(Subscriber.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        n_wrong += refresh_states(batch, now=now)
    return n_wrong


def _states(batch: list[Subscriber], now: datetime) -> dict[int, State]:
    """Three queries for the whole batch."""
    ids = [subscriber.pk for subscriber in batch]
    reasons = reasons_among([subscriber.address_key for subscriber in batch if subscriber.address_key])
    n_newsletters: dict[int, int] = {}
    for owner in Permission.objects.filter(
        subscriber__in=ids, is_given=True, purpose__kind=Purpose.Kind.NEWSLETTER
    ).values_list("subscriber", flat=True):
        n_newsletters[owner] = n_newsletters.get(owner, 0) + 1
    decided = set(
        Consent.objects.filter(subscriber__in=ids, step__in=DECIDED).values_list("subscriber", flat=True).distinct()
    )
    return {
        subscriber.pk: derive(
            has_address=subscriber.address_key is not None,
            reasons=reasons.get(subscriber.address_key or "", ()),
            n_newsletters=n_newsletters.get(subscriber.pk, 0),
            has_decided=subscriber.pk in decided,
            is_paused=subscriber.paused_until is not None and subscriber.paused_until > now,
        )
        for subscriber in batch
    }
