"""Events of what people themselves declare: agreeing, leaving, choosing. A person did it, nobody need judge."""

from datetime import datetime

from subscribers import events
from subscribers.models import Evidence, Subscriber


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
    """Record one event of this person, now, by the site. A `key` makes it safe to tell twice."""
    act = events.NewEvent(
        kind=kind,
        occurred_at=now,
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
    events.record_many([act], now=now)
