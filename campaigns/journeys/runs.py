"""The journeys' hands: claim due runs, look at each, write what comes of it.

A kill at any instant loses nothing: before the commit nothing was written and the lease ends; after it all
was. Two hands on one run (a lease that ended too early) are told apart by `n_moves`: the second writes nothing.
"""

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from campaigns.journeys import committing, exits, frozen, gathering
from campaigns.journeys.advance import advance
from campaigns.journeys.committing import Look
from campaigns.journeys.position import Position
from campaigns.models import Journey, Run

logger = logging.getLogger(__name__)

BATCH = 500  # runs of one transaction, about a quarter of a second

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT run.id FROM campaigns_run AS run
    WHERE run.state = 'open' AND run.due_at <= %(now)s AND (run.lease_until IS NULL OR run.lease_until < %(now)s)
    ORDER BY run.due_at LIMIT %(n)s FOR UPDATE SKIP LOCKED
)
UPDATE campaigns_run AS run SET lease_until = %(now)s + make_interval(secs => %(lease)s)
FROM due WHERE run.id = due.id
RETURNING run.id, run.journey_id, run.version_id, run.subscriber_id, run.state, run.step, run.lap, run.laps,
    run.entered_step_at, run.due_at, run.frozen_for, run.is_moved_by_hand, run.n_moves, run.entered_at, run.is_sample
"""


def work(*, budget_seconds: float, now: datetime) -> int:
    """Look at due runs until none is due or the time is up; gives how many were written. Takes: `now` by `clock`."""
    ends = time.monotonic() + budget_seconds
    n_done = 0
    while True:
        n_claimed, n_written = look_at_due(now=now)
        n_done += n_written
        if n_claimed < BATCH or time.monotonic() >= ends:
            return n_done


def look_at_due(*, now: datetime, n: int = BATCH) -> tuple[int, int]:
    """One batch: (runs claimed, runs written)."""
    runs = claim(n, now=now)
    if not runs:
        return 0, 0
    gone = exits.leave({run.subscriber_id for run in runs}, now=now)
    return len(runs), look_at([run for run in runs if run.pk not in gone], now=now)


def look_at(runs: Sequence[Run], *, now: datetime) -> int:
    """Look at claimed runs and write them in one transaction; gives how many were written.

    If that fails each is done alone, so that one bad run holds up only itself; its error stays on its row.
    """
    try:
        return len(committing.commit(_looks(runs, now), now=now))
    except Exception as error:
        if len(runs) == 1:
            _failed(runs[0], error, now)
            return 0
        logger.exception("a batch of %s runs failed and is done one by one", len(runs))
    return sum(look_at([run], now=now) for run in runs)


def claim(n: int, *, now: datetime) -> list[Run]:
    """Take up to `n` due runs; other hands pass them by for CIRCOLARE_LEASE_SECONDS."""
    return list(Run.objects.raw(CLAIM, {"now": now, "n": n, "lease": settings.CIRCOLARE_LEASE_SECONDS}))


def position_of(run: Run) -> Position:
    """Where a run stands, as the pure heart sees it."""
    return Position(
        run_id=run.pk,
        step=run.step,
        visits=run.laps,
        entered_step_at=run.entered_step_at,
        due_at=run.due_at,
        frozen_for=run.frozen_for,
        is_moved_by_hand=run.is_moved_by_hand,
    )


def finish_drained() -> int:
    """End draining journeys in which nobody is left; gives how many."""
    rows = Journey.objects.filter(state=Journey.State.DRAINING).exclude(runs__state=Run.State.OPEN)
    return rows.update(state=Journey.State.ENDED)


def _looks(runs: Sequence[Run], now: datetime) -> list[Look]:
    facts = gathering.facts(runs, now=now)
    graphs = {version: frozen.graph(version) for version in {run.version_id for run in runs}}
    looks = []
    for run in runs:
        try:
            looks.append(Look(run, *advance(graphs[run.version_id], position_of(run), facts[run.pk], now)))
        except Exception as error:  # the row says what went wrong, the others go on
            _failed(run, error, now)
    return looks


def _failed(run: Run, error: Exception, now: datetime) -> None:
    logger.error("run %s failed at step %s", run.pk, run.step, exc_info=error)
    committing.fail(run, error, now=now)
