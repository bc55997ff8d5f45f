"""What a refusal, a bounce or a complaint does to the address and to the mailing it came from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.models import Delivery, Mailing
from campaigns.sending.fates import Sequel
from subscribers import consent, events
from subscribers.models import Event, Kind, Subscriber, Suppression

N_SOFT = 5  # soft bounces in a row …
SOFT_WINDOW = timedelta(days=14)  # … over at least so long, without a mail that arrived between them
Reason = Suppression.Reason


@dataclass(frozen=True, slots=True)
class Told:
    """Who told us, and when it happened."""

    source: str  # mail, provider:mailgun
    key: str  # the same for every telling
    occurred_at: datetime


def refused(delivery: Delivery, mailing: Mailing, one: Sequel, *, now: datetime) -> None:
    """Draw the consequences of a server's refusal while it was being handed over.

    Changes: an event; the suppression of an address that does not exist. Safe to run twice for one try.
    """
    if not one.is_bounce:
        return
    words = {"code": one.fate.code, "reply": one.fate.reply[:500], "hard": one.is_hard}
    bounced(delivery, mailing, words, Told("mail", f"refused:{delivery.pk}", now), now=now)


def bounced(delivery: Delivery, mailing: Mailing, words: dict[str, object], told: Told, *, now: datetime) -> bool:
    """Note that a mail came back, and suppress the address where that is final; False when it was known.

    Takes: `words` with code, reply and `hard` (whether nobody lives there).
    """
    is_new = events.record(
        Kind.MAIL_BOUNCED,
        subscriber_id=delivery.subscriber_id,
        object_kind="delivery",
        object_key=str(delivery.pk),
        occurred_at=told.occurred_at,
        now=now,
        source=told.source,
        key=told.key,
        evidence="machine",
        reason="report",
        payload={**words, "delivery": delivery.pk, "mailing": mailing.pk},
    )
    if is_new is None:
        return False
    if delivery.address_key and words["hard"]:
        detail = f"{words['code']} of mailing {mailing.pk}"
        consent.suppress(delivery.address_key, Reason.HARD_BOUNCE, now=now, detail=detail, occurred_at=told.occurred_at)
    elif delivery.address_key and delivery.subscriber_id and _is_given_up(delivery.subscriber_id, now):
        detail = f"{N_SOFT} refusals in a row"
        consent.suppress(delivery.address_key, Reason.SOFT_BOUNCE, now=now, detail=detail, occurred_at=told.occurred_at)
    return True


def complained(delivery: Delivery, mailing: Mailing, told: Told, *, now: datetime) -> bool:
    """Note that a reader called a mail spam; False when it was known.

    Changes: an event, a suppression, every permission of theirs: nothing but what they ask for is sent any more.
    """
    is_new = events.record(
        Kind.MAIL_COMPLAINED,
        subscriber_id=delivery.subscriber_id,
        object_kind="delivery",
        object_key=str(delivery.pk),
        occurred_at=told.occurred_at,
        now=now,
        source=told.source,
        key=told.key,
        evidence="human",
        reason="report",
        payload={"delivery": delivery.pk, "mailing": mailing.pk},
    )
    if is_new is None:
        return False
    if delivery.address_key:
        detail = f"of mailing {mailing.pk}"
        consent.suppress(delivery.address_key, Reason.COMPLAINT, now=now, detail=detail, occurred_at=told.occurred_at)
    person = Subscriber.objects.filter(pk=delivery.subscriber_id or 0, address_key=delivery.address_key).first()
    if person is not None and delivery.address_key:
        consent.withdraw_all(person, source="complaint", now=now)
    return True


def _is_given_up(subscriber_id: int, now: datetime) -> bool:
    """Whether the last N_SOFT mails all came back, over SOFT_WINDOW or longer."""
    arrived = (
        Delivery.objects.filter(subscriber=subscriber_id, state=Delivery.State.ACCEPTED)
        .exclude(pk__in=_bounced_ids(subscriber_id))
        .order_by("-done_at")
        .values_list("done_at", flat=True)
        .first()
    )
    bounces = Event.objects.filter(subscriber=subscriber_id, kind=Kind.MAIL_BOUNCED)
    if arrived:
        bounces = bounces.filter(occurred_at__gt=arrived)
    moments = list(bounces.order_by("occurred_at").values_list("occurred_at", flat=True))
    return len(moments) >= N_SOFT and now - moments[0] >= SOFT_WINDOW


def _bounced_ids(subscriber_id: int) -> list[int]:
    """Deliveries a server took and sent back later."""
    keys = Event.objects.filter(subscriber=subscriber_id, kind=Kind.MAIL_BOUNCED).values_list("object_key", flat=True)
    return [int(key) for key in keys if key.isdigit()]
