"""How often is too often? Counters in the cache, by fixed windows; names are kept as keyed digests."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from subscribers import digests
from subscribers.models import SignupForm

logger = logging.getLogger(__name__)
HOUR = 3_600
DAY = 86_400


@dataclass(frozen=True)
class Limit:
    """So many within so long."""

    name: str
    n: int
    seconds: int


# A school or a firm behind one address signs up together now and then; a robot does not stop at thirty.
NETWORK_HOUR = Limit("signup-network-hour", 30, HOUR)
NETWORK_DAY = Limit("signup-network-day", 100, DAY)
# Beyond this the answer stays the same and nothing is written: see also mail_requests.MAX_A_DAY.
MAILBOX_DAY = Limit("signup-mailbox-day", 10, DAY)
LINK_NETWORK_HOUR = Limit("link-network-hour", 30, HOUR)
BURST_SECONDS = 600
PAUSE = timedelta(minutes=30)


def burst() -> Limit:
    """What the whole installation takes in ten minutes before its forms rest (CIRCOLARE_SIGNUP_CEILING)."""
    return Limit("signup-burst", settings.CIRCOLARE_SIGNUP_CEILING, BURST_SECONDS)


def passes(limit: Limit, who: str, *, now: datetime) -> bool:
    """Count one more for `who`; False when this one is over the limit.

    A cache that does not answer stops nobody: the database keeps its own limit on mails.
    """
    key = _key(limit, who, now)
    try:
        cache.add(key, 0, timeout=limit.seconds)
        return cache.incr(key) <= limit.n
    except (RedisError, ValueError) as error:  # ValueError: the key ended between the two calls
        logger.warning("limit %s could not be counted: %s", limit.name, type(error).__name__)
        return True


def is_reached(limit: Limit, who: str, *, now: datetime) -> bool:
    """Whether `who` has used up the limit; counts nothing."""
    try:
        return int(cache.get(_key(limit, who, now), 0)) >= limit.n
    except RedisError as error:
        logger.warning("limit %s could not be read: %s", limit.name, type(error).__name__)
        return False


def pause_form(key: str, *, now: datetime) -> None:
    """Let a form rest after a burst, in every language, and say so to whoever reads the log."""
    until = now + PAUSE
    SignupForm.objects.filter(key=key).update(paused_until=until)
    logger.warning("sign-up form %s rests until %s: too many requests in ten minutes", key, until.isoformat())


def _key(limit: Limit, who: str, now: datetime) -> str:
    window = int(now.timestamp()) // limit.seconds
    return f"limit:{limit.name}:{window}:{digests.of(who)[:12].hex()}"
