"""Where is each mail, and what may become of it? The state table, and the moves that keep to it.

Every move is a compare-and-set in one statement: it names the states it may come from, so two hands never move
one row. What is due, and whether a lease is over, is decided by the database's clock.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from campaigns.models import Delivery

State = Delivery.State
Reason = Delivery.Reason

MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.CLAIMED, State.EXCLUDED}),
    State.DEFERRED: frozenset({State.CLAIMED, State.EXCLUDED}),
    State.CLAIMED: frozenset(
        {State.QUEUED, State.HANDING_OVER, State.DEFERRED, State.FAILED, State.EXCLUDED, State.UNKNOWN}
    ),
    State.HANDING_OVER: frozenset({State.ACCEPTED, State.DEFERRED, State.FAILED, State.UNKNOWN}),
    # A late answer, a report, or a person who decides: nobody else moves what nobody knows.
    State.UNKNOWN: frozenset({State.ACCEPTED, State.DEFERRED, State.FAILED, State.QUEUED}),
    State.ACCEPTED: frozenset(),
    State.FAILED: frozenset(),
    State.EXCLUDED: frozenset(),
}
WAITING = frozenset({State.QUEUED, State.CLAIMED, State.HANDING_OVER, State.DEFERRED})
SETTLED = frozenset(State) - WAITING
# What becomes of a row whose hand fell silent.
AFTER_LEASE = {State.CLAIMED: State.QUEUED, State.HANDING_OVER: State.UNKNOWN}
CANCEL_CHUNK = 10_000
# The table as the statements know it: "queued>claimed", …
MOVES_WORDS = ", ".join(f"'{before}>{after}'" for before, targets in MOVES.items() for after in sorted(targets))
SETTLED_WORDS = ", ".join(f"'{state}'" for state in sorted(SETTLED))

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM campaigns_delivery
    WHERE mailing_id = %s AND state IN ('queued', 'deferred') AND due_at <= statement_timestamp()
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE campaigns_delivery AS delivery
SET state = 'claimed', worker = %s, claimed_at = statement_timestamp(), reason = '',
    lease_until = statement_timestamp() + make_interval(secs => %s)
FROM due WHERE delivery.id = due.id
RETURNING delivery.*
"""
SETTLE = f"""
UPDATE campaigns_delivery AS delivery
SET state = fate.state, reason = fate.reason, code = fate.code, reply = fate.reply,
    provider_id = CASE WHEN fate.provider_id = '' THEN delivery.provider_id ELSE fate.provider_id END,
    due_at = CASE WHEN fate.wait IS NULL THEN delivery.due_at
        ELSE statement_timestamp() + make_interval(secs => fate.wait) END,
    done_at = CASE WHEN fate.state IN ({SETTLED_WORDS}) THEN statement_timestamp() END,
    n_tries = delivery.n_tries + fate.n_tries,
    lease_until = CASE WHEN fate.state = 'handing_over' THEN delivery.lease_until END
FROM jsonb_to_recordset(%(fates)s::jsonb) AS fate(
    id bigint, state text, reason text, code text, reply text, provider_id text, wait float8, n_tries int)
WHERE delivery.id = fate.id AND delivery.id = ANY(%(fate_ids)s::bigint[]) AND delivery.worker = %(worker)s
    AND delivery.state || '>' || fate.state IN ({MOVES_WORDS})
RETURNING delivery.id
"""  # noqa: S608 - the words are those of the table above
# pg_stat_wal.stats_reset is the end of the last recovery after a crash, also of one server process alone, which
# pg_postmaster_start_time() does not show; a clean restart leaves it (seen on PostgreSQL 15 and 18). What a hand
# wrote shortly before a crash with a relaxed commit may be lost: a claim from before is not known to be unused.
EXPIRE = """
UPDATE campaigns_delivery AS delivery
SET state = next.state, lease_until = NULL,
    reason = CASE WHEN next.state = 'unknown' THEN 'lost' ELSE delivery.reason END,
    done_at = CASE WHEN next.state = 'unknown' THEN statement_timestamp() END
FROM (
    SELECT candidate.id, CASE
        WHEN candidate.state = 'claimed' AND candidate.claimed_at < crash.at THEN 'unknown'
        WHEN candidate.state = 'claimed' THEN %s ELSE %s END AS state
    FROM campaigns_delivery AS candidate,
        (SELECT coalesce(max(stats_reset), '-infinity') AS at FROM pg_stat_wal) AS crash
    WHERE candidate.state IN ('claimed', 'handing_over')
        AND (candidate.lease_until IS NULL OR candidate.lease_until < statement_timestamp())
    FOR UPDATE OF candidate SKIP LOCKED
) AS next
WHERE delivery.id = next.id
RETURNING delivery.id, delivery.mailing_id, delivery.state
"""
CANCEL = """
WITH gone AS MATERIALIZED (
    SELECT id FROM campaigns_delivery WHERE mailing_id = %s AND state IN ('queued', 'deferred')
    LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE campaigns_delivery AS delivery
SET state = 'excluded', reason = %s, done_at = statement_timestamp()
FROM gone WHERE delivery.id = gone.id
"""
HAS_WAITING = """
SELECT EXISTS (SELECT FROM campaigns_delivery WHERE mailing_id = %s AND state IN ('queued', 'deferred'))
    OR EXISTS (SELECT FROM campaigns_delivery WHERE mailing_id = %s AND state IN ('claimed', 'handing_over'))
"""
RENEW = """
UPDATE campaigns_delivery SET lease_until = statement_timestamp() + make_interval(secs => %s)
WHERE id = ANY(%s) AND worker = %s AND state IN ('claimed', 'handing_over')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one delivery."""

    delivery_id: int
    state: State
    reason: str = ""
    code: str = ""  # "550 5.1.1"
    reply: str = ""  # the server's words
    provider_id: str = ""
    wait_seconds: float | None = None  # until it is due again; None leaves its time alone
    is_try: bool = False  # whether a server was asked


def may(before: State, after: State) -> bool:
    """Whether the state table lets a row go from one state to another."""
    return after in MOVES[before]


def lease_seconds() -> int:
    """How long a hand may be silent before its rows are taken from it."""
    return settings.CIRCOLARE_LEASE_SECONDS


def claim(mailing_id: int, n: int, *, worker: str) -> list[Delivery]:
    """Take up to `n` due rows of a mailing, the longest due first; others pass them by while the lease lasts.

    Committed to disk whatever the session's synchronous_commit is: all that is relaxed later leans on the claim.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO DEFAULT")
        rows = list(Delivery.objects.raw(CLAIM, [mailing_id, n, worker, lease_seconds()]))
    return sorted(rows, key=lambda delivery: (delivery.due_at, delivery.pk))


def settle(fates: Iterable[Fate], *, worker: str) -> set[int]:
    """Move rows of one hand to what became of them; gives the ids that moved.

    A row that is no longer this hand's, or that the state table holds back, stays as it is.
    """
    rows = as_rows(fates)
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"fates": json.dumps(rows), "fate_ids": as_array(rows), "worker": worker})
        return {delivery_id for (delivery_id,) in cursor.fetchall()}


def as_rows(fates: Iterable[Fate]) -> list[dict[str, object]]:
    """The rows that SETTLE reads; as JSON, which is four times cheaper to hand over than arrays (psycopg 3.3)."""
    return [
        {
            "id": fate.delivery_id,
            "state": fate.state,
            "reason": fate.reason,
            "code": clean(fate.code)[:12],
            "reply": clean(fate.reply)[:500],
            "provider_id": clean(fate.provider_id)[:200],
            "wait": fate.wait_seconds,
            "n_tries": int(fate.is_try),
        }
        for fate in fates
    ]


def as_array(rows: Iterable[Mapping[str, object]]) -> str:
    """Their ids as PostgreSQL writes an array. Named beside the rows, they let the planner go by the primary key."""
    return "{" + ",".join(str(row["id"]) for row in rows) + "}"


def clean(text: str) -> str:
    """Without what PostgreSQL's text cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def release(delivery_ids: Iterable[int], *, worker: str) -> int:
    """Give back claimed rows that were not begun; gives how many.

    By id, never "all of mine": after a crash of the database a row may look claimed that has long left.
    """
    return Delivery.objects.filter(pk__in=list(delivery_ids), state=State.CLAIMED, worker=worker).update(
        state=State.QUEUED, lease_until=None
    )


def renew(delivery_ids: Iterable[int], *, worker: str) -> None:
    """Say that the hand lives and still works on these rows."""
    with connection.cursor() as cursor:
        cursor.execute(RENEW, [lease_seconds(), list(delivery_ids), worker])


def expire() -> list[tuple[int, int, State]]:
    """Take rows from hands that fell silent; gives (delivery id, mailing id, new state) of each.

    Changes: claimed rows wait again; rows that were being handed over become unknown. Safe to run at any time.
    """
    after = [AFTER_LEASE[State.CLAIMED].value, AFTER_LEASE[State.HANDING_OVER].value]
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, after)
        return [(delivery_id, mailing_id, State(state)) for delivery_id, mailing_id, state in cursor.fetchall()]


def exclude_waiting(mailing_id: int, reason: Reason) -> int:
    """Give up every row of a mailing that waits and is in nobody's hands; gives how many. Safe to run twice."""
    n_gone = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(CANCEL, [mailing_id, CANCEL_CHUNK, reason.value])
            n_gone += cursor.rowcount
            if cursor.rowcount < CANCEL_CHUNK:
                return n_gone


def counts(mailing_id: int) -> dict[State, int]:
    """How many rows of a mailing are in each state; all states are named."""
    found = dict.fromkeys(State, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM campaigns_delivery WHERE mailing_id = %s GROUP BY 1", [mailing_id])
        found |= {State(state): n for state, n in cursor.fetchall()}
    return found


def has_waiting(mailing_id: int) -> bool:
    """Whether anything of a mailing is still to be done; two looks into small indexes.

    One statement, so one moment: a row that a silent hand loses between two looks would be seen by neither.
    """
    with connection.cursor() as cursor:
        cursor.execute(HAS_WAITING, [mailing_id, mailing_id])
        return bool(cursor.fetchone()[0])
