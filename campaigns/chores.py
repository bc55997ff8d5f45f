"""What is tidied up once a day, as rows say when each chore was last done; and pages published when they are due."""

import logging
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from campaigns.models import Chore
from subscribers import forgetting
from subscribers.signup import pruning

logger = logging.getLogger(__name__)
Numbers = dict[str, int]
# In the publication's night; a machine that sleeps at night catches up in the day.
NIGHT_HOURS = range(2, 6)
SOONEST = timedelta(hours=20)
LATEST = timedelta(hours=30)


@dataclass(frozen=True)
class Duty:
    """One chore."""

    name: str
    do: Callable[[datetime], Numbers]  # gives what it did in numbers; safe to run twice


def forget_sessions(now: datetime) -> Numbers:
    """Delete sessions of staff that are over."""
    return {"sessions": Session.objects.filter(expire_date__lt=now).delete()[0]}


DUTIES = (
    Duty("forget", pruning.prune),
    Duty("events", forgetting.prune),
    Duty("sessions", forget_sessions),
)


def do_due(now: datetime, duties: Sequence[Duty] = DUTIES) -> list[str]:
    """Do what is due, each chore by one worker only; gives the names of those done to the end.

    A chore that fails is told and leaves the others alone; it is due again at the next call.
    """
    return [duty.name for duty in duties if do_if_due(duty, now)]


def do_if_due(duty: Duty, now: datetime) -> bool:
    """Whether the chore was due, nobody else's, and done to its end."""
    with only_one(duty.name) as is_mine:
        chore, _ = Chore.objects.get_or_create(name=duty.name)
        if not is_mine or not is_due(chore.done_at, now):
            return False
        try:
            numbers = duty.do(now)
        except Exception:
            logger.exception("chore %s failed", duty.name)
            return False
        Chore.objects.filter(pk=chore.pk).update(done_at=now, result=numbers)
        logger.info("chore %s done: %s", duty.name, numbers)
        return True


def publish_pages() -> None:
    """Publish and take back what somebody scheduled for now, by Wagtail's own command. Safe to run twice."""
    with only_one("pages") as is_mine:
        if is_mine:
            call_command("publish_scheduled", stdout=StringIO())


def is_due(done_at: datetime | None, now: datetime) -> bool:
    """Whether a daily chore should be done now."""
    if done_at is None or now - done_at > LATEST:
        return True
    hour = timezone.localtime(now, timezone.get_default_timezone()).hour
    return now - done_at > SOONEST and hour in NIGHT_HOURS


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """True for one process at a time, whatever becomes of the others."""
    key = zlib.crc32(f"{settings.CIRCOLARE_KEY_PREFIX}chore:{name}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
