"""Who lives: each part of the installation says so every few seconds, in a row.

Plain SQL: the clock and the task class load this before the models are ready.
"""

import time
from datetime import datetime, timedelta

from django.db import connection

BEAT = "beat"
QUEUES = ("send", "events", "journeys", "upkeep")
# Ticks come each second; one row change in five seconds tells enough.
PAUSE_SECONDS = 5.0
# Several missed words. A worker's ticks may wait behind its longest work, a chunk of two seconds in each thread.
SILENT_AFTER = timedelta(seconds=30)
SAY = """
INSERT INTO campaigns_heartbeat (name, at) VALUES (%s, now())
ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
_last_said: dict[str, float] = {}  # monotonic seconds, of this process


def worker(queue: str) -> str:
    """The name under which the workers of a queue are known, all together."""
    return f"worker:{queue}"


def say(name: str) -> None:
    """Say that a part lives; most calls write nothing, the row is written each few seconds."""
    now = time.monotonic()
    if now - _last_said.get(name, -PAUSE_SECONDS) < PAUSE_SECONDS:
        return
    with connection.cursor() as cursor:
        cursor.execute(SAY, [name])
    _last_said[name] = now


def ages(now: datetime) -> dict[str, timedelta | None]:
    """How long ago each part was heard; None where it never was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, at FROM campaigns_heartbeat")
        heard = dict(cursor.fetchall())
    names = [BEAT, *(worker(queue) for queue in QUEUES)]
    return {name: max(now - heard[name], timedelta(0)) if name in heard else None for name in names}


def silent(now: datetime) -> list[str]:
    """The parts that were not heard for too long, or never."""
    return [name for name, age in ages(now).items() if age is None or age > SILENT_AFTER]
