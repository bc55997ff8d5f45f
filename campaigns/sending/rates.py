"""How fast may mail leave now? Per account, mailing and receiving domain, shared by all hands, changed while they work.

Limits stand in rows and are read for each chunk; what is used up of them stands in the cache. While the cache is
away, a way with a limit sends nothing: nobody can say what the others send.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from campaigns.deliverability.classify import Meaning
from campaigns.models import Account, Delivery, DomainBrake, Mailing
from campaigns.sending.fates import Sequel

logger = logging.getLogger(__name__)
SERVER = ""  # the domain of a brake that holds the next server itself
BURST_SECONDS = 2.0  # what a bucket holds at most: ticks come each second, and may be late
ABSENT_SECONDS = 30.0  # how long mails of a limited domain wait while the cache is away
SERVER_FIRST, SERVER_LONGEST = timedelta(seconds=5), timedelta(minutes=5)
DOMAIN_FIRST, DOMAIN_LONGEST = timedelta(minutes=15), timedelta(hours=4)
# A brake that was released longer ago than this begins anew with its first pause.
FORGOTTEN_AFTER = timedelta(hours=1)
# A token bucket by the cache's own clock. A new one holds one second's worth, so that an emptied cache is no burst.
TAKE = """
local rate, burst, want = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'n', 'at')
local n = math.min(burst, tonumber(kept[1] or rate) + math.max(0, now - tonumber(kept[2] or now)) * rate)
local given = math.min(want, math.floor(n))
redis.call('HSET', KEYS[1], 'n', string.format('%.6f', n - given), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], 3600)
return given
"""


class Rates:
    """The limits of one account, and of mailings that leave by it, as they stand at the beginning of a chunk."""

    def __init__(self, account: Account, mailing_ids: Iterable[int] = (), *, now: datetime) -> None:
        self.account = account
        slowed = Mailing.objects.filter(pk__in=mailing_ids, n_per_second__gt=0)
        self._paces = dict(slowed.values_list("pk", "n_per_second"))
        brakes = DomainBrake.objects.filter(account=account)
        self._limits = {brake.domain: brake.n_per_second for brake in brakes if brake.n_per_second}
        self._stopped = {brake.domain: brake.stopped_until for brake in brakes if _is_on(brake, now)}

    @property
    def is_open(self) -> bool:
        """Whether anything may leave by this account now."""
        return self.account.paused_at is None and SERVER not in self._stopped

    def permit(self, wanted: int) -> int:
        """How many mails of those wanted may leave by the account now; they count as sent."""
        return take(f"{self.account.pk}", self.account.n_per_second, wanted)

    def permit_of(self, mailing_id: int, permitted: int) -> int:
        """How many of those that the account permits may be this mailing's now; what is over goes back."""
        n = take(_bucket(mailing_id), self._paces.get(mailing_id, 0), permitted)
        self.return_unused(permitted - n)
        return n

    def return_unused(self, n: int, mailing_id: int = 0) -> None:
        """Give back permits of mails that did not leave, to the account and, where it is named, to their mailing."""
        if n and self.account.n_per_second:
            take(f"{self.account.pk}", self.account.n_per_second, -n)
        if n and mailing_id in self._paces:
            take(_bucket(mailing_id), self._paces[mailing_id], -n)

    def waits(self, deliveries: Sequence[Delivery], *, now: datetime) -> dict[int, float]:
        """The mails whose domain takes nothing now, and after how many seconds to try each again."""
        waits: dict[int, float] = {}
        for domain, group in grouped(deliveries).items():
            until = self._stopped.get(domain)
            if until:
                waits |= {row.pk: (until - now).total_seconds() for row in group}
            elif domain in self._limits:
                waits |= self._beyond_limit(domain, group)
        return waits

    def _beyond_limit(self, domain: str, group: list[Delivery]) -> dict[int, float]:
        limit = self._limits[domain]
        try:
            n_permitted = take(f"{self.account.pk}:{domain}", limit, len(group))
        except redis.RedisError:
            return {row.pk: ABSENT_SECONDS for row in group}
        return {row.pk: 1 + place / limit for place, row in enumerate(group[n_permitted:])}


def _bucket(mailing_id: int) -> str:
    return f"mailing:{mailing_id}"


def grouped(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    """Deliveries by receiving domain, their order kept."""
    groups: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault(delivery.domain, []).append(delivery)
    return groups


def take(name: str, n_per_second: int, wanted: int) -> int:
    """Take up to so many permits out of a bucket that all hands share; all of them where there is no limit.

    Raises: redis.RedisError when the cache is away.
    """
    if not n_per_second:
        return wanted
    key = f"{settings.CIRCOLARE_KEY_PREFIX}rate:{name}"
    burst = max(1.0, n_per_second * BURST_SECONDS)
    return int(client().eval(TAKE, 1, key, n_per_second, burst, wanted))


@cache
def client() -> redis.Redis:
    """The cache's server, spoken to directly: a bucket needs its clock and its atomicity."""
    return redis.Redis.from_url(settings.CACHE_URL, socket_timeout=2.0, socket_connect_timeout=2.0)


# -- brakes -------------------------------------------------------------------------------------------------
def brake(account_id: int, domain: str, reason: str, *, now: datetime, at_least: float | None = None) -> datetime:
    """Stop for a while, each time in a row twice as long; gives until when.

    Takes: `at_least` seconds, where the server named them; a domain of `SERVER` holds the whole account.
    """
    first, longest = (SERVER_FIRST, SERVER_LONGEST) if domain == SERVER else (DOMAIN_FIRST, DOMAIN_LONGEST)
    with transaction.atomic():
        row, _ = DomainBrake.objects.select_for_update().get_or_create(account_id=account_id, domain=domain)
        if _is_on(row, now) and row.stopped_until:
            return row.stopped_until  # another hand met the same wall
        is_fresh = row.stopped_until is None or row.stopped_until < now - FORGOTTEN_AFTER
        row.n_in_a_row = 1 if is_fresh else row.n_in_a_row + 1
        pause = max(min(first * 2 ** min(row.n_in_a_row - 1, 20), longest), timedelta(seconds=at_least or 0))
        row.stopped_until, row.reason = now + pause, reason[:500]
        row.save(update_fields=["n_in_a_row", "stopped_until", "reason"])
    logger.warning("Account %s: %s stops until %s", account_id, domain or "the server", row.stopped_until)
    return row.stopped_until


def note_refusal(account_id: int, domain: str, one: Sequel, *, now: datetime) -> None:
    """Slow down where a receiving domain holds something against us."""
    if one.meaning == Meaning.POLICY and domain:
        brake(account_id, domain, f"{one.fate.code} {one.fate.reply}", now=now)


def pause(account_id: int, reason: str, *, now: datetime) -> None:
    """Stop an account until a person has mended what is wrong. Nobody's mail is used up by it."""
    Account.objects.filter(pk=account_id, paused_at=None).update(paused_at=now, pause_reason=reason[:500])
    logger.error("Account %s is paused: %s", account_id, reason)


def resume(account_id: int) -> None:
    """Let an account send again, and forget what held its server."""
    Account.objects.filter(pk=account_id).update(paused_at=None, pause_reason="")
    DomainBrake.objects.filter(account_id=account_id, domain=SERVER).update(stopped_until=None, n_in_a_row=0)


def stopped(now: datetime) -> QuerySet[DomainBrake]:
    """The brakes that hold now, servers first."""
    return DomainBrake.objects.filter(stopped_until__gt=now).select_related("account").order_by("domain")


def _is_on(brake_row: DomainBrake, now: datetime) -> bool:
    return brake_row.stopped_until is not None and brake_row.stopped_until > now
