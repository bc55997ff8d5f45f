"""Who may not be in a journey any more, and leaves it at once: inside waits, inside paused journeys."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from subscribers.models import State

# With these nothing may be written to a person, whatever they agreed to before.
OUT = (State.ERASED, State.COMPLAINED, State.BLOCKED, State.BOUNCING)

LEAVE = """
WITH leaving AS MATERIALIZED (
    SELECT run.id, CASE WHEN person.state = ANY(%(out)s) THEN person.state ELSE 'unsubscribed' END AS why
    FROM campaigns_run AS run
    JOIN campaigns_journey AS journey ON journey.id = run.journey_id
    JOIN subscribers_subscriber AS person ON person.id = run.subscriber_id
    LEFT JOIN subscribers_permission AS permission
        ON permission.subscriber_id = run.subscriber_id AND permission.purpose_id = journey.purpose_id
    WHERE run.state = 'open' AND run.subscriber_id = ANY(%(people)s)
        AND (person.state = ANY(%(out)s) OR permission.is_given IS NOT TRUE)
    ORDER BY run.id FOR UPDATE OF run
), gone AS (
    UPDATE campaigns_run AS run
    SET state = 'left', why = leaving.why, ended_at = %(now)s, due_at = NULL, frozen_due_at = NULL,
        lease_until = NULL, n_moves = run.n_moves + 1
    FROM leaving WHERE run.id = leaving.id AND run.state = 'open'
    RETURNING run.id, run.step, run.lap, run.why
), closed AS (
    UPDATE campaigns_passage AS passage SET left_at = %(now)s, outcome = 'left', why = gone.why
    FROM gone WHERE passage.run_id = gone.id AND passage.step = gone.step AND passage.lap = gone.lap
        AND passage.left_at IS NULL
)
SELECT id FROM gone
"""
TAKE_OUT = """
WITH gone AS (
    UPDATE campaigns_run
    SET state = 'left', why = %(why)s, ended_at = %(now)s, due_at = NULL, frozen_due_at = NULL,
        lease_until = NULL, n_moves = n_moves + 1
    WHERE id = ANY(%(runs)s) AND state IN ('open', 'failed')
    RETURNING id, step, lap
), closed AS (
    UPDATE campaigns_passage AS passage SET left_at = %(now)s, outcome = 'left', why = %(why)s
    FROM gone WHERE passage.run_id = gone.id AND passage.step = gone.step AND passage.lap = gone.lap
        AND passage.left_at IS NULL
)
SELECT id FROM gone
"""
FORGET = """
UPDATE campaigns_passage AS passage SET seen = '{}'::jsonb
FROM campaigns_run AS run JOIN subscribers_subscriber AS person ON person.id = run.subscriber_id
WHERE passage.run_id = run.id AND person.state = 'erased' AND run.subscriber_id = ANY(%s)
    AND passage.seen <> '{}'::jsonb
"""


def leave(people: Collection[int], *, now: datetime) -> set[int]:
    """Take these people out of every journey they may not be in: erased, complained, unreachable, or no consent.

    Gives: ids of the runs that ended so. Safe to run twice. For erased people what they did is forgotten too.
    """
    if not people:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, {"people": list(people), "out": [str(state) for state in OUT], "now": now})
        gone = {run_id for (run_id,) in cursor.fetchall()}
        if gone:
            cursor.execute(FORGET, [list(people)])
    return gone


def forget(people: Collection[int]) -> int:
    """Empty what passages of erased people have seen; gives how many. Safe to run twice."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(people)])
        return cursor.rowcount


def take_out(runs: Collection[int], *, why: str, now: datetime) -> set[int]:
    """End these runs whoever the people are; gives the ids of those that were open or stuck."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_OUT, {"runs": list(runs), "why": why, "now": now})
        return {run_id for (run_id,) in cursor.fetchall()}
