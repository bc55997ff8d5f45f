"""What events forget with time: first what the browser said of itself, later the events (GDPR 5(1)(e))."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from subscribers import events, facts
from subscribers.models import Event, Grant, PendingEvent

KEYS_KEPT = timedelta(days=90)  # what is told again after that counts as new
BATCH = 5_000
FORGET_AGENTS = """
WITH old AS (
    SELECT id FROM subscribers_event
    WHERE occurred_at < %s AND payload ? 'agent' AND kind = ANY(%s) LIMIT %s
)
UPDATE subscribers_event AS event SET payload = payload - 'agent' FROM old WHERE event.id = old.id
"""
WITH_AGENTS = ["link.clicked", "page.read", "mail.opened", "resource.downloaded", "page.shared"]


def prune(now: datetime) -> dict[str, int]:
    """Forget what is past its time; gives how many of each. Safe to run twice and to stop between two rounds."""
    return {
        "agents": _forget_agents(now - timedelta(days=settings.CIRCOLARE_AGENT_DAYS)),
        "events": _forget_events(now - timedelta(days=settings.CIRCOLARE_EVENT_DAYS), now),
        "event_keys": events.forget_keys(now - KEYS_KEPT),
        "grants": Grant.objects.filter(expires_at__lt=now - timedelta(days=settings.CIRCOLARE_EVENT_DAYS)).delete()[0],
    }


def _forget_agents(before: datetime) -> int:
    n_forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(FORGET_AGENTS, [before, WITH_AGENTS, BATCH])
            n_round = cursor.rowcount
        n_forgotten += n_round
        if n_round < BATCH:
            return n_forgotten


def _forget_events(before: datetime, now: datetime) -> int:
    """Delete events in rounds, each with the facts of its people worked out anew: facts tell only what events tell."""
    n_forgotten = 0
    while batch := list(Event.objects.filter(occurred_at__lt=before).order_by()[:BATCH]):
        with transaction.atomic():
            ids = [event.pk for event in batch]
            PendingEvent.objects.filter(event_id__in=ids).delete()
            n_forgotten += Event.objects.filter(pk__in=ids).delete()[0]
            facts.rebuild_many({event.subscriber_id for event in batch if event.subscriber_id}, now=now)
    return n_forgotten
