"""The journeys a reader is on, for the reader's own page: their name, since when, what comes next, and the way out."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.journeys import exits
from campaigns.models import Journey, Run
from subscribers.models import Subscriber


@dataclass(frozen=True)
class Way:
    """One journey the reader is on."""

    run_id: int
    name: str  # content: in the language it was written in
    since: datetime
    next_at: datetime | None  # when it is looked at next; None while it rests
    is_soon: bool  # that look is due


def of(subscriber: Subscriber, *, now: datetime) -> list[Way]:
    """Those not at their end, oldest first; one query."""
    runs = Run.objects.filter(subscriber=subscriber, state=Run.State.OPEN).select_related("journey")
    return [_way(run, now) for run in runs.order_by("entered_at", "pk")]


def stop(subscriber: Subscriber, run_id: int, *, now: datetime) -> bool:
    """Take the reader out of one journey of theirs; False where there was none to stop. Safe to run twice."""
    own = Run.objects.filter(pk=run_id, subscriber=subscriber).values_list("pk", flat=True)
    return bool(exits.take_out(own, why="reader", now=now))


def _way(run: Run, now: datetime) -> Way:
    is_resting = run.journey.state == Journey.State.PAUSED
    next_at = None if is_resting else run.due_at
    return Way(run.pk, run.journey.name, run.entered_at, next_at, is_soon=next_at is not None and next_at <= now)
