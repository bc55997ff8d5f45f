"""What a look may know about each person of a batch, in a number of queries that does not grow with the batch."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from campaigns.journeys import frozen, mails, naming
from campaigns.journeys.evidence import counts
from campaigns.journeys.graph import Act, plain
from campaigns.journeys.position import Facts
from campaigns.models import Mailing, Run
from subscribers.models import Event, PendingEvent
from subscribers.segments import rules, sets

logger = logging.getLogger(__name__)

# The newest acts of a person that one look takes into account; more within one run is a machine or a mistake.
MOST_ACTS = 500
ACTS = """
SELECT wanted.run, act.id, act.kind, act.occurred_at, act.object_kind, act.object_key, act.payload, act.evidence,
    EXISTS (SELECT 1 FROM subscribers_pendingevent AS pending WHERE pending.event_id = act.id AND pending.stage = %s)
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS wanted(run, person, since)
CROSS JOIN LATERAL (
    SELECT id, kind, occurred_at, object_kind, object_key, payload, evidence FROM subscribers_event
    WHERE subscriber_id = wanted.person AND kind = ANY(%s) AND occurred_at >= wanted.since
        AND (evidence <> 'machine' OR kind = ANY(%s))
    ORDER BY occurred_at DESC LIMIT %s
) AS act
ORDER BY act.occurred_at, act.id
"""
VISITS = """
SELECT run_id, step, max(entered_at), max(left_at) FROM campaigns_passage
WHERE run_id = ANY(%s) GROUP BY run_id, step
"""


def facts(runs: Sequence[Run], *, now: datetime) -> dict[int, Facts]:
    """Run id → what is known about its person."""
    places = {place: frozen.needs(*place) for place in {(run.version_id, run.step) for run in runs}}
    needs = {run.pk: places[run.version_id, run.step] for run in runs}
    acting = [run for run in runs if needs[run.pk].reads]
    acts = _acts(acting, {kind for run in acting for kind in needs[run.pk].reads})
    entered, left = _visits(acting)
    answers = _answers(runs, needs, now)
    return {
        run.pk: Facts(
            began_at=run.entered_at,
            acts=tuple(acts.get(run.pk, ())),
            answers=answers.get(run.pk, {}),
            entered=entered.get(run.pk, {}),
            left=left.get(run.pk, {}),
        )
        for run in runs
    }


def _acts(runs: Sequence[Run], kinds: Iterable[str]) -> dict[int, list[Act]]:
    """Acts of people, oldest first; machines are left out, what is not judged yet is marked."""
    if not runs:
        return {}
    values: list[Any] = [
        PendingEvent.For.FACTS,
        [run.pk for run in runs],
        [run.subscriber_id for run in runs],
        [run.entered_at for run in runs],
        list(kinds),
        [str(kind) for kind in naming.OF_JOURNEYS],
        MOST_ACTS,
    ]
    with connection.cursor() as cursor:
        cursor.execute(ACTS, values)
        rows = [row for row in map(_told, cursor.fetchall()) if row.is_waiting or counts(row.kind, row.evidence)]
    journeys = {run.pk: run.journey_id for run in runs}
    steps = _steps_of_mailings(row.payload for row in rows)
    acts: dict[int, list[Act]] = defaultdict(list)
    for row in rows:
        journey_id, step = steps.get(_number(row.payload, "mailing"), (0, ""))
        acts[row.run].append(_act(row, step if journey_id == journeys[row.run] else ""))
    return acts


class Told(NamedTuple):
    """One event of one run's person, as the statement gives it."""

    run: int
    event_id: int
    kind: str
    occurred_at: datetime
    object_kind: str
    object_key: str
    payload: dict[str, object]
    evidence: str
    is_waiting: bool  # for its judge


def _told(values: tuple[Any, ...]) -> Told:
    row = Told(*values)
    payload = json.loads(values[6])
    return row._replace(payload=payload if isinstance(payload, dict) else {})


def act_of(event: Event) -> Act:
    """An event as an entry sees it."""
    payload = event.payload if isinstance(event.payload, dict) else {}
    values = (event.pk, event.kind, event.occurred_at, event.object_kind, event.object_key, payload, event.evidence)
    return _act(Told(0, *values, False), "")


def _act(row: Told, step: str) -> Act:
    topics = row.payload.get("topics")
    return Act(
        event_id=row.event_id,
        kind=row.kind,
        occurred_at=row.occurred_at,
        object_kind=row.object_kind,
        object_key=row.object_key,
        translation=plain(str(row.payload.get("translation") or "")),
        topics=tuple(plain(str(topic)) for topic in topics) if isinstance(topics, list) else (),
        title=str(row.payload.get("title") or ""),
        url=str(row.payload.get("url") or ""),
        step=step,
        grant=_number(row.payload, "grant"),
        is_judged=not row.is_waiting,
    )


def _number(payload: Mapping[str, object], name: str) -> int:
    value = payload.get(name)
    return value if isinstance(value, int) else 0


def _steps_of_mailings(payloads: Iterable[Mapping[str, object]]) -> dict[int, tuple[int, str]]:
    """Mailing id → (journey id, step id) for the standing mailings of journeys."""
    wanted = {_number(payload, "mailing") for payload in payloads} - {0}
    if not wanted:
        return {}
    rows = Mailing.objects.filter(pk__in=wanted, key__startswith="journey:").values_list("pk", "key")
    return {pk: mails.step_of_key(key) for pk, key in rows}


def _visits(runs: Sequence[Run]) -> tuple[dict[int, dict[str, datetime]], dict[int, dict[str, datetime]]]:
    """(newest entry, newest leaving) by run and step."""
    entered: dict[int, dict[str, datetime]] = defaultdict(dict)
    left: dict[int, dict[str, datetime]] = defaultdict(dict)
    if not runs:
        return entered, left
    with connection.cursor() as cursor:
        cursor.execute(VISITS, [[run.pk for run in runs]])
        for run_id, step, entered_at, left_at in cursor.fetchall():
            entered[run_id][step] = entered_at
            if left_at:
                left[run_id][step] = left_at
    return entered, left


def _answers(runs: Sequence[Run], needs: Mapping[int, frozen.Needs], now: datetime) -> dict[int, dict[str, bool]]:
    """Run id → step id → does its rule hold; one query a rule, however many people ask it."""
    asked: dict[tuple[int, str], list[Run]] = defaultdict(list)
    for run in runs:
        for step in needs[run.pk].rules:
            asked[run.version_id, step].append(run)
    answers: dict[int, dict[str, bool]] = defaultdict(dict)
    for (_version, step), people in asked.items():
        matching = _matching(needs[people[0].pk].rules[step], now)
        if matching is None:
            continue
        ids = [run.subscriber_id for run in people]
        found = set(matching.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        for run in people:
            answers[run.pk][step] = run.subscriber_id in found
    return answers


def _matching(tree: object, now: datetime) -> QuerySet | None:
    """The people for whom a rule holds; None where it cannot be read any more: its runs fail, the others go on."""
    try:
        return sets.matching(rules.parse(tree), now=now)
    except rules.RuleError as error:
        logger.warning("a journey asks a rule that cannot be read: %s", error)
        return None
