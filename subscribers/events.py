"""The one history: record what happens, durably and once, and hand it on to whoever still has to look at it.

Recording is one statement: the dedupe key, the event and its place in the queue stand or fall together. The queue
itself is `subscribers.pending`; its functions are named here too, because one word is enough for those who use both.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from django.db import transaction

from subscribers import prepared
from subscribers.models import Event, EventKey, Evidence, Kind
from subscribers.pending import MAX_TRIES, claim, dead, fail, finish, pass_on, revive
from subscribers.stored import clean

__all__ = [
    "CHUNK",
    "MAX_TRIES",
    "Event",
    "NewEvent",
    "UnknownKind",
    "check_kind",
    "claim",
    "dead",
    "fail",
    "finish",
    "forget_keys",
    "note",
    "pass_on",
    "record",
    "record_many",
    "revive",
]

CUSTOM = re.compile(r"custom\.[a-z0-9][a-z0-9_.-]{0,51}")
KINDS = frozenset(Kind.values)
CHUNK = 2_000  # rows of one statement; 83 000 rows/s at 1 000, no faster above

RECORD = """
WITH given AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('subscribers_event', 'id')) AS id, row.*
    FROM jsonb_to_recordset(%s::jsonb) AS row(
        place int, key text, kind text, subscriber bigint, visitor text, object_kind text, object_key text,
        occurred_at timestamptz, source text, evidence text, reason text, payload jsonb, is_sample boolean,
        hold_seconds float)
), fresh AS (
    INSERT INTO subscribers_eventkey (key, recorded_at)
    SELECT key, %s FROM given WHERE key <> '' ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key
), made AS (
    INSERT INTO subscribers_event (id, kind, subscriber_id, visitor, object_kind, object_key, occurred_at,
        recorded_at, source, evidence, evidence_reason, payload, is_sample)
    SELECT id, kind, subscriber, visitor, object_kind, object_key, occurred_at,
        %s, source, evidence, reason, payload, is_sample
    FROM given WHERE key = '' OR key IN (SELECT key FROM fresh)
    RETURNING id, subscriber_id
), queued AS (
    INSERT INTO subscribers_pendingevent (event_id, stage, n_tries, error, lease_until)
    SELECT id, 'facts', 0, '', statement_timestamp() + make_interval(secs => NULLIF(hold_seconds, 0))
    FROM made JOIN given USING (id) WHERE made.subscriber_id IS NOT NULL
)
SELECT given.place, given.id FROM given JOIN made USING (id)
"""


class UnknownKind(ValueError):
    """A kind that is neither in the closed list nor `custom.<name>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """One thing to record."""

    kind: str  # a Kind, or custom.<name>
    occurred_at: datetime
    source: str  # site, mail, provider:<name>, api, import, admin, journey
    subscriber_id: int | None = None  # None: anonymous, counted and never folded into anybody's facts
    visitor: str = ""
    object_kind: str = ""
    object_key: str = ""
    key: str = ""  # what makes it the same act when it is told twice; empty: each telling is an act
    evidence: str = Evidence.UNSURE
    reason: str = ""
    payload: dict[str, object] = field(default_factory=dict)
    is_sample: bool = False
    hold_seconds: float = 0  # nobody looks at it before: what comes meanwhile may change what it means


def record(
    kind: str,
    *,
    occurred_at: datetime,
    now: datetime,
    source: str,
    subscriber_id: int | None = None,
    visitor: str = "",
    object_kind: str = "",
    object_key: str = "",
    key: str = "",
    evidence: str = Evidence.UNSURE,
    reason: str = "",
    payload: dict[str, object] | None = None,
) -> Event | None:
    """Write one event; its values are those of `NewEvent`. None when its key was seen before.

    Changes: one event, its key and, where it belongs to a person, its place in the queue; safe to run
    twice with a key. Outside a transaction the answer means that it is on disk.
    Raises: UnknownKind.
    """
    act = NewEvent(
        kind=kind,
        occurred_at=occurred_at,
        source=source,
        subscriber_id=subscriber_id,
        visitor=visitor,
        object_kind=object_kind,
        object_key=object_key,
        key=key,
        evidence=evidence,
        reason=reason,
        payload=payload or {},
    )
    return record_many([act], now=now)[0]


def record_many(acts: Sequence[NewEvent], *, now: datetime) -> list[Event | None]:
    """Write many in the order given, CHUNK a statement; None stands where a key was seen before.

    Raises: UnknownKind before anything is written.
    """
    for act in acts:
        check_kind(act.kind)
    if len(acts) <= CHUNK:
        return _write(acts, now)
    with transaction.atomic():
        return [event for start in range(0, len(acts), CHUNK) for event in _write(acts[start : start + CHUNK], now)]


def note(act: NewEvent, *, now: datetime) -> bool:
    """As `record`, for a door in a hurry: whether it was written, and nothing more."""
    check_kind(act.kind)
    return bool(_ids([act], now))


def check_kind(kind: str) -> None:
    """Raises: UnknownKind for anything but the closed list and `custom.<name>`."""
    if kind not in KINDS and not CUSTOM.fullmatch(kind):
        raise UnknownKind(f"{kind!r} is neither a known kind of event nor custom.<name>")


def _write(acts: Sequence[NewEvent], now: datetime) -> list[Event | None]:
    ids = _ids(acts, now)
    return [_event(act, ids[place], now) if place in ids else None for place, act in enumerate(acts)]


def _ids(acts: Sequence[NewEvent], now: datetime) -> dict[int, int]:
    """Write what is new; the id of each event by its place among the acts."""
    rows: list[dict[str, object]] = []
    seen = set()
    for place, act in enumerate(acts):
        row = _row(place, act)
        if row["key"] and row["key"] in seen:
            continue
        seen.add(row["key"])
        rows.append(row)
    return dict(prepared.rows(RECORD, [json.dumps(rows, allow_nan=False), now, now]))


def _row(place: int, act: NewEvent) -> dict[str, object]:
    return {
        "place": place,
        "key": _fitting(clean(act.key)),
        "kind": act.kind,
        "subscriber": act.subscriber_id,
        "visitor": clean(act.visitor)[:32],
        "object_kind": act.object_kind,
        "object_key": clean(act.object_key)[:80],
        "occurred_at": act.occurred_at.isoformat(),
        "source": clean(act.source)[:60],
        "evidence": act.evidence,
        "reason": act.reason[:60],
        "payload": _clean_tree(act.payload),
        "is_sample": act.is_sample,
        "hold_seconds": act.hold_seconds,
    }


def _fitting(key: str) -> str:
    """The key itself, or its digest where it is longer than the column."""
    return key if len(key) <= 160 else blake2b(key.encode(), digest_size=32).hexdigest()


def _clean_tree(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean_tree(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_tree(item) for item in value]
    return value


def _event(act: NewEvent, event_id: int, now: datetime) -> Event:
    event = Event(
        id=event_id,
        kind=act.kind,
        subscriber_id=act.subscriber_id,
        visitor=act.visitor,
        object_kind=act.object_kind,
        object_key=act.object_key,
        occurred_at=act.occurred_at,
        recorded_at=now,
        source=act.source,
        evidence=act.evidence,
        evidence_reason=act.reason,
        payload=act.payload,
        is_sample=act.is_sample,
    )
    event._state.adding = False
    event._state.db = "default"
    return event


def forget_keys(before: datetime) -> int:
    """Drop dedupe keys recorded before then; a telling later than that would count again."""
    return EventKey.objects.filter(recorded_at__lt=before).delete()[0]
