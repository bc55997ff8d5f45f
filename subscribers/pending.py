"""The queue of events: taken by a claim with a lease, given back when done, kept as a dead letter when it never works.

Nobody remembers "the last id", because ids become visible in the order of commits and not of numbers.
"""

import json
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, models
from django.db.models.functions import Now

from subscribers.models import Event, PendingEvent
from subscribers.stored import clean

MAX_TRIES = 8  # with the waits below the last look is about 9 minutes after the first
FIRST_WAIT_SECONDS = 4

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM subscribers_pendingevent
    WHERE stage = %s AND n_tries < %s AND (lease_until IS NULL OR lease_until < statement_timestamp())
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE subscribers_pendingevent AS pending
    SET lease_until = statement_timestamp() + make_interval(secs => %s), n_tries = pending.n_tries + 1
    FROM due WHERE pending.id = due.id
    RETURNING pending.id, pending.event_id, pending.stage, pending.n_tries, pending.error
)
SELECT taken.*, event.* FROM taken JOIN (
    SELECT id, kind, subscriber_id, object_kind, object_key, occurred_at, source, evidence, evidence_reason, payload
    FROM subscribers_event
) AS event ON event.id = taken.event_id ORDER BY taken.id
"""
# What a consumer needs; the other columns are loaded when somebody asks for them.
PENDING_FIELDS = ("id", "event_id", "stage", "n_tries", "error")
EVENT_FIELDS = (
    "id",
    "kind",
    "subscriber_id",
    "object_kind",
    "object_key",
    "occurred_at",
    "source",
    "evidence",
    "evidence_reason",
    "payload",
)
MOVE = """
UPDATE subscribers_pendingevent AS pending SET stage = %s, lease_until = NULL, n_tries = 0, error = ''
FROM unnest(%s::bigint[], %s::int[]) AS claimed(id, n_tries)
WHERE pending.id = claimed.id AND pending.n_tries = claimed.n_tries AND pending.stage = %s
RETURNING pending.id
"""
DELETE = """
DELETE FROM subscribers_pendingevent AS pending
USING unnest(%s::bigint[], %s::int[]) AS claimed(id, n_tries)
WHERE pending.id = claimed.id AND pending.n_tries = claimed.n_tries AND pending.stage = %s
RETURNING pending.id
"""


def claim(stage: str, n: int, *, lease_seconds: float) -> list[PendingEvent]:
    """Take up to `n` pending rows of a stage, each with its `.event`; others pass them by until the lease ends.

    One round trip. A row is given out at most MAX_TRIES times, then it is a dead letter (see `dead`).
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [stage, MAX_TRIES, n, lease_seconds])
        return [_claimed(values) for values in cursor.fetchall()]


def _claimed(values: tuple) -> PendingEvent:
    """Values of both tables side by side, the payload last and as text."""
    width = len(PENDING_FIELDS)
    pending = PendingEvent.from_db("default", PENDING_FIELDS, values[:width])
    event = Event.from_db("default", EVENT_FIELDS, (*values[width:-1], json.loads(values[-1])))
    pending._state.fields_cache["event"] = event  # what `pending.event = event` does, without its checks
    return pending


def pass_on(pending: Sequence[PendingEvent], to: str) -> set[int]:
    """Move claimed rows to the next stage; gives the ids of the rows that were still ours.

    Call it inside the transaction that writes what was worked out, and write only for the ids given: a
    worker that lost its lease gets none, so nothing is counted twice.
    """
    return _settle(MOVE, pending, to)


def finish(pending: Sequence[PendingEvent]) -> set[int]:
    """Delete claimed rows that are done; gives the ids of the rows that were still ours, as `pass_on` does."""
    return _settle(DELETE, pending)


def _settle(statement: str, pending: Sequence[PendingEvent], *before: str) -> set[int]:
    if not pending:
        return set()
    ids, tries = [row.pk for row in pending], [row.n_tries for row in pending]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before, ids, tries, pending[0].stage])
        return {row_id for (row_id,) in cursor.fetchall()}


def fail(pending: PendingEvent, error: str) -> None:
    """Note what went wrong and try again later, each time twice as late; after MAX_TRIES it stays as a dead letter."""
    wait = timedelta(seconds=FIRST_WAIT_SECONDS * 2 ** (pending.n_tries - 1))
    PendingEvent.objects.filter(pk=pending.pk, n_tries=pending.n_tries).update(
        lease_until=Now() + wait, error=clean(error)[:500]
    )


def dead() -> models.QuerySet[PendingEvent]:
    """Rows given up after MAX_TRIES: for the administrator's eyes; `revive` gives them another round."""
    return PendingEvent.objects.filter(n_tries__gte=MAX_TRIES).select_related("event").order_by("id")


def revive(pending: models.QuerySet[PendingEvent]) -> int:
    """Let dead letters be looked at again; gives how many."""
    return pending.filter(n_tries__gte=MAX_TRIES).update(n_tries=0, lease_until=None, error="")
