"""Writes what a look led to: position, passages and effects in one transaction, by compare-and-set on `n_moves`.

Whoever else moved, woke, paused or ended a run in the meantime has added to `n_moves`; then nothing of our
look is written, and the run is looked at anew.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.journeys import entering, mails
from campaigns.journeys.position import Effect, Enter, Mail, Passed, Position
from campaigns.models import Run
from subscribers import events
from subscribers.models import Evidence, Kind

# A look that fails is tried again after 30 s, 1 min, 2 min, …; after MAX_TRIES (an hour in all) the run is stuck.
FIRST_WAIT_SECONDS = 30
MAX_TRIES = 8

LOCK = "SELECT 1 FROM campaigns_run WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
MOVE = """
UPDATE campaigns_run AS run
SET state = given.state, why = given.why, step = given.step, lap = given.lap, laps = given.laps,
    entered_step_at = given.entered_step_at, due_at = given.due_at, ended_at = given.ended_at,
    frozen_for = make_interval(secs => given.frozen_seconds), is_moved_by_hand = false,
    n_moves = run.n_moves + 1, n_tries = 0, error = '', lease_until = NULL
FROM jsonb_to_recordset(%s::jsonb) AS given(
    id bigint, n_moves int, state text, why text, step text, lap int, laps jsonb, entered_step_at timestamptz,
    due_at timestamptz, ended_at timestamptz, frozen_seconds double precision)
WHERE run.id = given.id AND run.n_moves = given.n_moves AND run.state = 'open' AND run.frozen_due_at IS NULL
RETURNING run.id
"""
CLOSE = """
UPDATE campaigns_passage AS passage
SET left_at = given.left_at, outcome = given.outcome, why = given.why, seen = passage.seen || given.seen
FROM jsonb_to_recordset(%s::jsonb) AS given(
    run bigint, step text, lap int, left_at timestamptz, outcome text, why text, seen jsonb)
WHERE passage.run_id = given.run AND passage.step = given.step AND passage.lap = given.lap AND passage.left_at IS NULL
"""
OPEN = """
INSERT INTO campaigns_passage (run_id, step, lap, entered_at, left_at, outcome, why, seen)
SELECT run, step, lap, entered_at, left_at, outcome, why, seen
FROM jsonb_to_recordset(%s::jsonb) AS given(
    run bigint, step text, lap int, entered_at timestamptz, left_at timestamptz, outcome text, why text, seen jsonb)
"""
FAIL = """
UPDATE campaigns_run
SET n_tries = n_tries + 1, n_moves = n_moves + 1, lease_until = NULL, error = %(error)s,
    state = CASE WHEN n_tries + 1 >= %(most)s THEN 'failed' ELSE state END,
    due_at = CASE WHEN n_tries + 1 >= %(most)s THEN NULL
        ELSE %(now)s + make_interval(secs => %(wait)s * 2 ^ n_tries) END
WHERE id = %(run)s AND n_moves = %(n_moves)s AND state = 'open'
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a run led to."""

    run: Run  # as it was claimed
    position: Position
    effects: tuple[Effect, ...]


class Doubled(Exception):
    """A passage that should be open was left already: the visit would be told twice."""


def commit(looks: Sequence[Look], *, now: datetime) -> set[int]:
    """Write these looks, all or none; gives the ids of the runs that were still as they were claimed.

    Raises: Doubled, and what enqueuing and entering raise; then nothing is written.
    """
    if not looks:
        return set()
    mails.prepare(_letters(looks))
    with transaction.atomic():
        entering.lock_journeys({look.run.journey_id for look in looks} | set(_targets(looks)))
        ours = move(looks, now=now)
        write([look for look in looks if look.run.pk in ours], now=now)
    return ours


def move(looks: Sequence[Look], *, now: datetime) -> set[int]:
    """Set the new positions where nobody else moved; gives the ids of the runs that moved."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [[look.run.pk for look in looks]])
        cursor.execute(MOVE, [json.dumps([_moved(look, now) for look in looks])])
        return {run_id for (run_id,) in cursor.fetchall()}


def write(looks: Sequence[Look], *, now: datetime) -> None:
    """Write passages, mails, entries into other journeys and events of runs that moved."""
    _write_passages(looks)
    mails.queue(_letters(looks), now=now)
    wishes = [_wish(look, effect, now) for look in looks for effect in look.effects if isinstance(effect, Enter)]
    entering.enter(wishes, now=now)
    events.record_many([_ended(look, now) for look in looks if look.position.is_over], now=now)


def fail(run: Run, error: BaseException, *, now: datetime) -> None:
    """Keep the error on the row and look again later, each time twice as late; at last the run is stuck."""
    values: dict[str, Any] = {
        "error": f"{type(error).__name__}: {error}".replace("\0", "")[:500],
        "most": MAX_TRIES,
        "now": now,
        "wait": FIRST_WAIT_SECONDS,
        "run": run.pk,
        "n_moves": run.n_moves,
    }
    with connection.cursor() as cursor:
        cursor.execute(FAIL, values)


def _moved(look: Look, now: datetime) -> dict[str, object]:
    position = look.position
    return {
        "id": look.run.pk,
        "n_moves": look.run.n_moves,
        "state": Run.State.ENDED if position.is_over else Run.State.OPEN,
        "why": position.why[:120],
        "step": position.step,
        "lap": position.lap,
        "laps": dict(position.visits),
        "entered_step_at": position.entered_step_at.isoformat(),
        "due_at": position.due_at.isoformat() if position.due_at else None,
        "ended_at": now.isoformat() if position.is_over else None,
        "frozen_seconds": position.frozen_for / timedelta(seconds=1),
    }


def _write_passages(looks: Sequence[Look]) -> None:
    closed: list[dict[str, object]] = []
    opened: list[dict[str, object]] = []
    for look in looks:
        standing = (look.run.step, look.run.lap)
        for row in look.effects:
            if isinstance(row, Passed):
                (closed if (row.step, row.lap) == standing else opened).append(_passage(look.run, row))
        if not look.position.is_over and (look.position.step, look.position.lap) != standing:
            opened.append(_arrival(look))
    with connection.cursor() as cursor:
        if closed:
            cursor.execute(CLOSE, [json.dumps(closed)])
            if cursor.rowcount != len(closed):
                raise Doubled(f"{len(closed) - cursor.rowcount} of {len(closed)} passages were left already")
        if opened:
            cursor.execute(OPEN, [json.dumps(opened)])


def _passage(run: Run, row: Passed) -> dict[str, object]:
    return {
        "run": run.pk,
        "step": row.step,
        "lap": row.lap,
        "entered_at": row.entered_at.isoformat(),
        "left_at": row.left_at.isoformat(),
        "outcome": row.outcome,
        "why": row.why[:200],
        "seen": row.seen,
    }


def _arrival(look: Look) -> dict[str, object]:
    return {
        "run": look.run.pk,
        "step": look.position.step,
        "lap": look.position.lap,
        "entered_at": look.position.entered_step_at.isoformat(),
        "left_at": None,
        "outcome": "",
        "why": "",
        "seen": {},
    }


def _letters(looks: Iterable[Look]) -> list[tuple[Run, Mail]]:
    return [(look.run, effect) for look in looks for effect in look.effects if isinstance(effect, Mail)]


def _targets(looks: Iterable[Look]) -> Iterable[int]:
    return (effect.journey_id for look in looks for effect in look.effects if isinstance(effect, Enter))


def _wish(look: Look, effect: Enter, now: datetime) -> entering.Wish:
    seen: Mapping[str, object] = {"from_run": look.run.pk}
    return entering.Wish(
        journey_id=effect.journey_id,
        subscriber_id=look.run.subscriber_id,
        entry_key=effect.key,
        at=now,
        is_led=True,
        seen=dict(seen),
    )


def _ended(look: Look, now: datetime) -> events.NewEvent:
    run = look.run
    return events.NewEvent(
        kind=Kind.JOURNEY_ENDED,
        occurred_at=now,
        source="journey",
        subscriber_id=run.subscriber_id,
        object_kind="journey",
        object_key=str(run.journey_id),
        key=f"run:{run.pk}:ended",
        evidence=Evidence.MACHINE,
        reason="journey",
        payload={"run": run.pk, "step": look.position.step, "why": look.position.why},
        is_sample=run.is_sample,
    )
