"""What journeys cost: a tick with nothing due, and the steps of a busy one."""

import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from campaigns.journeys import runs, versions
from campaigns.models import Delivery, Journey, Passage, Run
from subscribers.models import Subscriber
from tasks.journeys import tick
from tests.bench import AtLeast, AtMost, Line, database, figure
from tests.bench.crowd import readers
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import clicked, graph_of, mail, step

N_WAITING = 100_000
N_WALKING = 6_000
N_TICKS = 50
DAY = timedelta(days=1)
BEGIN = """
WITH begun AS (
    INSERT INTO campaigns_run (journey_id, version_id, subscriber_id, entry_key, state, why, step, lap, laps,
        entered_step_at, due_at, frozen_for, is_moved_by_hand, n_moves, n_tries, entered_at, error, is_sample)
    SELECT %(journey)s, %(version)s, id, 'event:1', 'open', '', %(step)s, 1, jsonb_build_object(%(step)s::text, 1),
        %(now)s, %(due)s, interval '0', false, 0, 0, %(now)s, '', false
    FROM subscribers_subscriber ORDER BY id LIMIT %(n)s RETURNING id
)
INSERT INTO campaigns_passage (run_id, step, lap, entered_at, outcome, why, seen)
SELECT id, %(step)s, 1, %(now)s, '', '', '{}'::jsonb FROM begun
"""


@figure
def journeys() -> Iterator[Line]:
    """A tick among 100 000 people who wait, then one worker's steps: mails, waits, clicks waited for, decisions."""
    with database():
        now = timezone.now()
        readers(N_WAITING, rows.purpose())
        fill(rows.waiting(), N_WAITING, step="rest", now=now, due=now + DAY)
        yield Line("journeys.idle_tick", idle_tick_ms(), "ms", AtMost(20), beside=f"{N_WAITING} waiting, none due")
    with database():
        now = timezone.now()
        readers(N_WALKING, rows.purpose())
        fill(busy(), N_WALKING, step="hello", now=now, due=now)
        n_looks, n_steps, seconds = walk(now)
        yield Line("journeys.rate", n_steps / seconds, "steps/s", AtLeast(2_000), beside=f"{n_steps} steps, 1 worker")
        yield Line("journeys.looks", n_looks / seconds, "looks/s")
        yield Line("journeys.mails", Delivery.objects.count() / seconds, "mails queued/s")


def busy() -> Journey:
    """Every kind of step that a journey is made of."""
    email = rows.email()
    letters = [mail(name, to) for name, to in (("hello", "rest"), ("more", "over"), ("less", "over"))]
    for letter in letters:
        letter["settings"] = {"email": email}
    hello, more, less = letters
    settings = {"ask": "did", "event": "link.clicked", "object": None, "since": "hello"}
    return rows.journey(
        graph_of(
            hello,
            step("rest", "wait", {"seconds": 86_400}, next="clicks"),
            clicked("clicks", yes="which", no="which", limit=86_400),
            step("which", "check", settings, yes="more", no="less"),
            more,
            less,
            step("over", "end"),
        )
    )


def fill(journey: Journey, n: int, *, step: str, now: datetime, due: datetime) -> None:
    """So many people at one step."""
    version = versions.newest(journey)
    values = {"journey": journey.pk, "version": version.pk, "step": step, "now": now, "due": due, "n": n}
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
        cursor.execute("ANALYZE campaigns_run, campaigns_passage, subscribers_subscriber, subscribers_permission")
    if Run.objects.count() != n or Subscriber.objects.count() < n:
        raise RuntimeError("not everybody is on the way")


def idle_tick_ms() -> float:
    """Milliseconds of the whole tick, the median of many."""
    tick()
    times = []
    for _ in range(N_TICKS):
        began = time.perf_counter()
        tick()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def walk(now: datetime) -> tuple[int, int, float]:
    """Everybody from beginning to end, day by day: (looks written, steps passed, seconds)."""
    n_looks, began = 0, time.perf_counter()
    for day in range(3):
        n_looks += runs.work(budget_seconds=600, now=now + day * DAY)
    seconds = time.perf_counter() - began
    if Run.objects.exclude(state=Run.State.ENDED).exists():
        raise RuntimeError("somebody did not arrive")
    return n_looks, Passage.objects.filter(left_at__isnull=False).count(), seconds
