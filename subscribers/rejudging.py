"""Look again at clicks when more clicks of the same mail came in: a scanner is known by its company."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import connection

from subscribers import judging
from subscribers.models import Event, Kind

REACH = timedelta(seconds=2 * judging.TRAP_SECONDS)
NEIGHBOURS = """
SELECT * FROM subscribers_event
WHERE kind = 'link.clicked' AND subscriber_id = ANY(%s) AND occurred_at BETWEEN %s AND %s
    AND payload -> 'delivery' = ANY(%s::jsonb[]) AND id <> ALL(%s)
"""
UPDATE = """
UPDATE subscribers_event AS event SET evidence = seen.evidence, evidence_reason = seen.reason
FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS seen(id, evidence, reason) WHERE event.id = seen.id
"""


def look_again(fresh: Sequence[Event]) -> set[int]:
    """Judge these clicks and their neighbours once more; gives the people of whom an older click changed.

    Changes: the evidence of events, in the table and in `fresh` itself; safe to run twice. Two round trips
    where a click is among them and a verdict changed, none where no click is.
    """
    own = {event.pk: event for event in fresh if event.kind == Kind.LINK_CLICKED and "delivery" in event.payload}
    if not own:
        return set()
    changed: list[Event] = []
    for clicks in _by_mail(own):
        if len(clicks) == 1:  # alone in its mail: the door has judged it
            continue
        for event in clicks:
            verdict = judging.judge(act_of(event), _others(event, clicks))
            if "agent" in event.payload and verdict != judging.Verdict(event.evidence, event.evidence_reason):
                event.evidence, event.evidence_reason = verdict.evidence, verdict.reason
                changed.append(event)
    _write(changed)
    return {event.subscriber_id for event in changed if event.pk not in own and event.subscriber_id}


def act_of(event: Event) -> judging.Act:
    """What the request of a click showed, as its payload kept it."""
    seen = event.payload
    return judging.Act(
        kind=event.kind,
        agent=str(seen.get("agent", "")),
        method=str(seen.get("method", "GET")),
        seconds=seen.get("seconds"),
        is_trap=bool(seen.get("trap")),
        is_datacentre=bool(seen.get("datacentre")),
        position=int(seen.get("position", 0)),
        n_links=int(seen.get("n_links", 0)),
    )


def _by_mail(own: dict[int, Event]) -> list[list[Event]]:
    """The clicks in groups, one a delivery, older neighbours included."""
    times = [event.occurred_at for event in own.values()]
    mails: dict[object, list[Event]] = defaultdict(list)
    for event in own.values():
        mails[event.payload["delivery"]].append(event)
    people = list({event.subscriber_id for event in own.values()})
    deliveries = [json.dumps(delivery) for delivery in mails]
    reach = (min(times) - REACH, max(times) + REACH)
    for event in Event.objects.raw(NEIGHBOURS, [people, *reach, deliveries, list(own)]):
        mails[event.payload["delivery"]].append(event)
    return list(mails.values())


def _others(event: Event, clicks: Sequence[Event]) -> list[judging.Visit]:
    return [
        judging.Visit(
            position=int(other.payload.get("position", 0)),
            after_seconds=(other.occurred_at - event.occurred_at).total_seconds(),
            is_trap=bool(other.payload.get("trap")),
        )
        for other in clicks
        if other.pk != event.pk and abs(other.occurred_at - event.occurred_at) <= REACH
    ]


def _write(changed: Sequence[Event]) -> None:
    if not changed:
        return
    rows = [(event.pk, str(event.evidence), event.evidence_reason) for event in changed]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [list(column) for column in zip(*rows, strict=True)])
