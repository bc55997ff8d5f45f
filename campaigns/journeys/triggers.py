"""What an event means for journeys: who leaves at once, whose wait it may end, whom it lets in."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from campaigns.journeys import entering, evidence, exits, frozen, gathering, naming
from campaigns.journeys.entering import Wish
from campaigns.journeys.graph import Act, Entry
from campaigns.journeys.steps import acts
from campaigns.models import Run
from subscribers import events
from subscribers.models import Event, Kind, PendingEvent

logger = logging.getLogger(__name__)

STAGE = PendingEvent.For.JOURNEYS
BATCH = 500
LONGEST_DELAY = timedelta(days=7)  # an event told later than that lets nobody in: the moment is past
LEAVING = {Kind.CONSENT_WITHDRAWN, Kind.MAIL_COMPLAINED, Kind.MAIL_BOUNCED, Kind.NOTED}

LOCK = "SELECT 1 FROM campaigns_run WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
# In a paused journey nobody moves: the run is due at the moment of resuming.
WAKE = """
UPDATE campaigns_run AS run
SET n_moves = run.n_moves + 1, lease_until = NULL,
    due_at = CASE WHEN run.frozen_due_at IS NULL THEN LEAST(run.due_at, %(now)s) END,
    frozen_due_at = CASE WHEN run.frozen_due_at IS NOT NULL THEN journey.paused_at END
FROM campaigns_journey AS journey
WHERE run.id = ANY(%(runs)s) AND run.state = 'open' AND journey.id = run.journey_id
"""


def work(*, budget_seconds: float, now: datetime) -> int:
    """Consume events until none waits or the time is up; gives how many are done. Takes: `now` by `clock`."""
    ends = time.monotonic() + budget_seconds
    n_done = 0
    while True:
        n_batch = consume(now=now)
        n_done += n_batch
        if n_batch < BATCH or time.monotonic() >= ends:
            return n_done


def consume(n: int = BATCH, *, now: datetime) -> int:
    """Take up to `n` events that facts have passed on, and do what they mean; gives how many are done.

    A batch that fails is done one by one, so that one bad event holds up only itself.
    """
    pending = events.claim(STAGE, n, lease_seconds=settings.CIRCOLARE_LEASE_SECONDS)
    if not pending:
        return 0
    try:
        return _work(pending, now)
    except Exception:
        logger.exception("a batch of %s events failed and is done one by one", len(pending))
    return sum(_work_alone(row, now) for row in pending)


def _work_alone(row: PendingEvent, now: datetime) -> int:
    try:
        return _work([row], now)
    except Exception as error:
        logger.exception("event %s failed", row.event_id)
        events.fail(row, repr(error))
        return 0


def _work(pending: Sequence[PendingEvent], now: datetime) -> int:
    with transaction.atomic():
        entering.lock_open_journeys()
        ours = events.finish(pending)
        told = [row.event for row in pending if row.pk in ours and row.event.subscriber_id]
        exits.leave({_whose(event) for event in told if event.kind in LEAVING}, now=now)
        human = [event for event in told if evidence.counts(event.kind, event.evidence)]
        wake(human, now=now)
        entering.enter(_wishes(human, now), now=now)
    return len(ours)


def wake(told: Iterable[Event], *, now: datetime) -> int:
    """Let every run be looked at whose wait one of these events may end; gives how many.

    A run in another hand is woken too: its step may lead to such a wait in this very moment.
    Call it in a transaction, with the journeys locked.
    """
    kinds: dict[int, set[str]] = defaultdict(set)
    for event in told:
        kinds[_whose(event)].add(event.kind)
    if not kinds:
        return 0
    rows = Run.objects.filter(state=Run.State.OPEN, subscriber__in=kinds)
    standing = rows.values_list("pk", "version_id", "step", "subscriber_id")
    runs = [pk for pk, version, step, person in standing if frozen.needs(version, step).listens & kinds[person]]
    if not runs:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [runs])
        cursor.execute(WAKE, {"runs": runs, "now": now})
        return cursor.rowcount


def _wishes(told: Iterable[Event], now: datetime) -> list[Wish]:
    """What these events let in, in the order they happened."""
    timely = [event for event in told if event.occurred_at > now - LONGEST_DELAY and not _is_imported(event)]
    if not timely:
        return []
    doors = _doors()
    wishes = [_wish(event, journey_id, act) for event in timely for journey_id, act in _open_to(event, doors)]
    return sorted(wishes, key=lambda wish: wish.at)


def _doors() -> dict[str, list[tuple[int, Entry]]]:
    """Kind of event → (journey, entry) of the journeys that are live."""
    doors: dict[str, list[tuple[int, Entry]]] = defaultdict(list)
    for journey_id, version_id in entering.current_versions().items():
        for entry in frozen.graph(version_id).entries:
            doors[entry.on].append((journey_id, entry))
    return doors


def _open_to(event: Event, doors: Mapping[str, list[tuple[int, Entry]]]) -> Iterable[tuple[int, Act]]:
    act = gathering.act_of(event)
    return ((journey_id, act) for journey_id, entry in doors.get(event.kind, ()) if entry.admits(act))


def _wish(event: Event, journey_id: int, act: Act) -> Wish:
    return Wish(
        journey_id=journey_id,
        subscriber_id=_whose(event),
        entry_key=f"event:{event.pk}",
        at=event.occurred_at,
        is_led=event.kind in naming.OF_JOURNEYS,
        seen=acts.seen(act),
    )


def _whose(event: Event) -> int:
    """The person; events of nobody were left out before."""
    return event.subscriber_id or 0


def _is_imported(event: Event) -> bool:
    """An import tells what was agreed long ago elsewhere: it starts nothing."""
    source = event.payload.get("source") if isinstance(event.payload, dict) else ""
    return event.source.startswith("import") or str(source or "").startswith("import")
