"""Does this installation live? One JSON answer for monitors and containers: `/healthz`."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from campaigns import fence, heartbeats
from circolare.celery import app

OK = 200
UNAVAILABLE = 503
BROKER_SECONDS = 2.0
TRIAL_KEY = "healthz"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all parts live, else 503; says which part does not, and names no host, version or person."""
    parts = {"database": database_answers(), "cache": cache_keeps(), "broker": broker_answers()}
    silent = heartbeats.silent(timezone.now()) if parts["database"] else []
    is_well = all(parts.values()) and not silent
    answer = {
        "status": "ok" if is_well else "unwell",
        **{name: "ok" if is_good else "down" for name, is_good in parts.items()},
        "silent": silent,
        "sending": "open" if parts["database"] and fence.is_open() else "closed",
    }
    return JsonResponse(answer, status=OK if is_well else UNAVAILABLE)


def database_answers() -> bool:
    """Whether the database answers a question."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def cache_keeps() -> bool:
    """Whether the cache gives back what it was given."""
    try:
        cache.set(TRIAL_KEY, "kept", timeout=10)
        return cache.get(TRIAL_KEY) == "kept"
    except RedisError:
        return False


def broker_answers() -> bool:
    """Whether the broker takes a connection."""
    with app.connection_for_read() as link:
        try:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
        except (OSError, *link.connection_errors):
            return False
    return True
