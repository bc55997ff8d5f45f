"""How often did we write? Counted from the ledger, never promised."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Min, Q
from redis.exceptions import RedisError

from campaigns.models import Mailing, PurposeClass

WINDOW = timedelta(days=90)
LEAST = timedelta(days=28)  # a newsletter younger than that has no rhythm yet
MONTH = timedelta(days=30)
WEEKS_OF_A_MONTH = 4
KEPT_SECONDS = 3600


def monthly(*, now: datetime) -> dict[int, int]:
    """{purpose id: issues a month}, an hour old at most; without those that are too young or wrote nothing."""
    try:
        return cache.get_or_set("issues-a-month", lambda: count(now=now), KEPT_SECONDS) or {}
    except RedisError:  # the page that asks holds the way out: it opens without this
        return {}


def count(*, now: datetime) -> dict[int, int]:
    """The same, counted now; one query. An issue sent in two mailings is one."""
    sent = Mailing.objects.filter(
        purpose_class=PurposeClass.ISSUE, issue__isnull=False, purpose__isnull=False, started_at__lte=now
    ).exclude(state=Mailing.State.CANCELLED)
    recent = Count("issue", distinct=True, filter=Q(started_at__gt=now - WINDOW))
    rows = sent.values_list("purpose").annotate(n=recent, first=Min("started_at"))
    rates = {purpose: n * MONTH / min(WINDOW, now - first) for purpose, n, first in rows if now - first >= LEAST}
    return {purpose: round(rate) for purpose, rate in rates.items() if round(rate)}
