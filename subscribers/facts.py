"""Facts: what is known of each person, kept up to date from events in claimed batches, rebuilt exactly.

An event is folded once: moving it on in the queue and writing the facts are one transaction, and only rows that
were still ours are folded. What a person's facts are does not depend on the order of the events.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from subscribers import events, rejudging, stages
from subscribers.models import Event, Facts, Kind, PendingEvent, Subscriber
from subscribers.totals import COUNTS, PRESSED, Row, Totals, as_columns, fold, of_row

__all__ = ["Totals", "fold", "process", "rebuild", "refresh_stages"]

logger = logging.getLogger(__name__)
LEASE_SECONDS = 60  # a batch of 1 000 takes a quarter of a second
PEOPLE_AT_ONCE = 500
FOLDED = {*COUNTS, *PRESSED, Kind.MAIL_OPENED}
ENSURE = """
INSERT INTO subscribers_facts (subscriber_id, n_reads, n_clicks, n_downloads, n_shares, affinity, rhythm, zone,
    recent, marks, stage_reason, updated_at)
SELECT id, 0, 0, 0, 0, '{}', '[]', COALESCE(NULLIF(zone, ''), %s), '[]', '{}', '', %s
FROM subscribers_subscriber WHERE id = ANY(%s) AND state <> 'erased' ORDER BY id ON CONFLICT DO NOTHING
"""
LOCK = """
SELECT facts.subscriber_id, last_human_at, last_click_at, last_read_at, n_reads, n_clicks, n_downloads, n_shares,
    affinity, rhythm, recent, marks, facts.zone, COALESCE(NULLIF(person.zone, ''), %s)
FROM subscribers_facts AS facts JOIN subscribers_subscriber AS person ON person.id = facts.subscriber_id
WHERE facts.subscriber_id = ANY(%s) ORDER BY facts.subscriber_id FOR UPDATE OF facts
"""
WRITE = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS row(
        subscriber bigint, last_human_at timestamptz, last_click_at timestamptz, last_read_at timestamptz,
        n_reads int, n_clicks int, n_downloads int, n_shares int, affinity jsonb, rhythm jsonb, zone text,
        recent jsonb, marks jsonb, stage text, stage_reason text, stage_until timestamptz)
), facts AS (
    UPDATE subscribers_facts AS facts SET
        last_human_at = given.last_human_at, last_click_at = given.last_click_at,
        last_read_at = given.last_read_at, n_reads = given.n_reads, n_clicks = given.n_clicks,
        n_downloads = given.n_downloads, n_shares = given.n_shares, affinity = given.affinity,
        rhythm = given.rhythm, zone = given.zone, recent = given.recent, marks = given.marks,
        stage_reason = given.stage_reason, stage_until = given.stage_until, updated_at = %s
    FROM given WHERE facts.subscriber_id = given.subscriber
)
UPDATE subscribers_subscriber AS person SET stage = given.stage
FROM given WHERE person.id = given.subscriber AND person.stage <> given.stage
"""


def process(n: int, *, now: datetime) -> int:
    """Judge and fold up to `n` waiting events and pass them on to journeys; gives how many went on.

    A batch that fails is done row by row, so that one bad event holds up only itself.
    """
    pending = events.claim(PendingEvent.For.FACTS, n, lease_seconds=LEASE_SECONDS)
    try:
        with transaction.atomic():
            return _work(pending, now)
    except Exception:
        logger.exception("A batch of %s events failed and is done one by one", len(pending))
    return sum(_work_alone(row, now) for row in pending)


def _work_alone(row: PendingEvent, now: datetime) -> int:
    try:
        with transaction.atomic():
            return _work([row], now)
    except Exception as error:
        logger.exception("Event %s failed", row.event_id)
        events.fail(row, repr(error))
        return 0


def _work(pending: Sequence[PendingEvent], now: datetime) -> int:
    moved = events.pass_on(pending, PendingEvent.For.JOURNEYS)
    own = [row.event for row in pending if row.pk in moved]
    changed = rejudging.look_again(own)
    by_person: dict[int, list[Event]] = defaultdict(list)
    for event in own:
        if event.subscriber_id and is_folded(event.kind):
            by_person[event.subscriber_id].append(event)
    _fold_into(by_person, rebuilt=changed, now=now)
    return len(moved)


def is_folded(kind: str) -> bool:
    """Whether facts are made from events of this kind."""
    return kind in FOLDED or kind.startswith("custom.")


def _fold_into(by_person: dict[int, list[Event]], *, rebuilt: set[int], now: datetime) -> None:
    """Add events to the facts of their people; `rebuilt` and people who moved to another zone begin anew."""
    rows = _locked([*by_person, *rebuilt], now)
    anew = {row.pk for row in rows if row.pk in rebuilt or row.zone != row.zone_now}
    past = _past_of(anew)
    given = []
    for row in rows:
        start = Totals() if row.pk in anew else of_row(row)
        totals = _folded(start, past[row.pk] if row.pk in anew else by_person[row.pk], row.zone_now)
        given.append(_given(row.pk, totals, row.zone_now, now))
    _write(given, now)


def _folded(totals: Totals, happened: Iterable[Event], zone: str) -> Totals:
    for event in happened:
        totals = fold(totals, event, _zone(zone))
    return totals


def _locked(people: Iterable[int], now: datetime) -> list[Row]:
    """The rows of these people, made where missing, locked in one order so that batches never wait in a circle."""
    ids = sorted(set(people))
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ENSURE, [settings.TIME_ZONE, now, ids])
        cursor.execute(LOCK, [settings.TIME_ZONE, ids])
        return [Row(*values[:8], *map(json.loads, values[8:12]), *values[12:]) for values in cursor.fetchall()]


def _past_of(people: set[int]) -> dict[int, list[Event]]:
    """All events of these people that were folded before or are being folded now: those that wait are not."""
    past: dict[int, list[Event]] = defaultdict(list)
    if people:
        for event in _settled().filter(subscriber_id__in=people).iterator(chunk_size=2_000):
            past[event.subscriber_id or 0].append(event)
    return past


def _settled() -> QuerySet[Event]:
    """Events that make facts, without those that wait for `process`."""
    waiting = PendingEvent.objects.filter(event_id=OuterRef("pk"), stage=PendingEvent.For.FACTS)
    return Event.objects.filter(~Exists(waiting), Q(kind__in=FOLDED) | Q(kind__startswith="custom.")).order_by()


def _given(subscriber_id: int, totals: Totals, zone: str, now: datetime) -> dict[str, object]:
    standing = stages.read(totals.signs, now)
    return {
        "subscriber": subscriber_id,
        **as_columns(totals),
        "zone": zone,
        "stage": standing.stage,
        "stage_reason": standing.reason,
        "stage_until": standing.until.isoformat() if standing.until else None,
    }


def _write(given: Sequence[dict[str, object]], now: datetime) -> None:
    if given:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [json.dumps(given), now])


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a name the browser made up
        return ZoneInfo(settings.TIME_ZONE)


def rebuild(subscriber_id: int | None = None, *, now: datetime) -> int:
    """Work the facts out anew from the events, of one person or of all; gives the number of people.

    Safe while events come in: an event that still waits is left to `process`.
    """
    if subscriber_id is not None:
        return _rebuild(_with_events().filter(pk=subscriber_id), now)
    n_people, last = 0, 0
    while ids := list(_with_events().filter(pk__gt=last)[:PEOPLE_AT_ONCE]):
        n_people += _rebuild(ids, now)
        last = ids[-1]
    return n_people


def rebuild_many(people: Iterable[int], *, now: datetime) -> int:
    """The same for these people: some of their events are gone."""
    ids = sorted(people)
    return sum(_rebuild(ids[start : start + PEOPLE_AT_ONCE], now) for start in range(0, len(ids), PEOPLE_AT_ONCE))


def _with_events() -> QuerySet[Subscriber, int]:
    """Ids of people who have facts or events that make some, in order."""
    has_events = Exists(_settled().filter(subscriber_id=OuterRef("pk")))
    return Subscriber.objects.filter(Q(facts__isnull=False) | has_events).order_by("pk").values_list("pk", flat=True)


def _rebuild(ids: Iterable[int], now: datetime) -> int:
    people = set(ids)
    with transaction.atomic():
        _fold_into(defaultdict(list), rebuilt=people, now=now)
    return len(people)


def refresh_stages(n: int, *, now: datetime) -> int:
    """Read the stage anew of up to `n` people whose evidence begins to expire; gives how many."""
    with transaction.atomic():
        due = Facts.objects.filter(stage_until__lte=now).order_by("stage_until")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:n])
        given = [_given(row.pk, of_row(row), row.zone, now) for row in _locked(ids, now)]
        _write(given, now)
    return len(given)
