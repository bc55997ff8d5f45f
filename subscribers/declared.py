"""Events of what people themselves declare: agreeing, leaving, choosing. A person did it, nobody need judge."""

from datetime import datetime

from subscribers import events
from subscribers.models import Evidence, Subscriber


def declared(
    subscriber: Subscriber,
    kind: str,
    *,
    at: datetime,
    object_kind: str = "",
    object_key: str = "",
    key: str = "",
    payload: dict[str, object] | None = None,
) -> events.NewEvent:
    """One event of this person, made by the site; not recorded yet. A `key` makes it safe to tell twice."""
    return events.NewEvent(
        kind=kind,
        occurred_at=at,
        source="site",
        subscriber_id=subscriber.pk,
        object_kind=object_kind,
        object_key=object_key,
        key=key,
        evidence=Evidence.HUMAN,
        reason="declared",
        payload=payload or {},
        is_sample=subscriber.is_sample,
    )


def tell(
    subscriber: Subscriber,
    kind: str,
    *,
    now: datetime,
    object_kind: str = "",
    object_key: str = "",
    key: str = "",
    payload: dict[str, object] | None = None,
) -> None:
    """Record such an event, now."""
    act = declared(subscriber, kind, at=now, object_kind=object_kind, object_key=object_key, key=key, payload=payload)
    events.record_many([act], now=now)
