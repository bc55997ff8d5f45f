"""Lets people into journeys: at most one open run for a journey and a person, again only as its rule says."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from campaigns.journeys import frozen
from campaigns.journeys.exits import OUT
from campaigns.models import Journey, JourneyVersion, Run
from subscribers import events
from subscribers.models import Evidence, Kind, Permission, Subscriber

ENTER = """
WITH wanted AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS row(
        place int, journey bigint, version bigint, subscriber bigint, entry_key text, step text, at timestamptz,
        again_seconds double precision, seen jsonb)
), fit AS (
    SELECT wanted.*, person.is_sample FROM wanted
    JOIN campaigns_journey AS journey ON journey.id = wanted.journey AND journey.state = 'live'
    JOIN subscribers_subscriber AS person ON person.id = wanted.subscriber AND person.state <> ALL(%(out)s)
    JOIN subscribers_permission AS permission
        ON permission.subscriber_id = person.id AND permission.purpose_id = journey.purpose_id AND permission.is_given
    WHERE NOT EXISTS (
        SELECT 1 FROM campaigns_run AS earlier
        WHERE earlier.journey_id = wanted.journey AND earlier.subscriber_id = wanted.subscriber
            AND (earlier.state = 'open' OR wanted.again_seconds IS NULL
                OR earlier.entered_at > wanted.at - make_interval(secs => wanted.again_seconds)))
), begun AS (
    INSERT INTO campaigns_run (journey_id, version_id, subscriber_id, entry_key, state, why, step, lap, laps,
        entered_step_at, due_at, frozen_for, is_moved_by_hand, n_moves, n_tries, entered_at, error, is_sample)
    SELECT journey, version, subscriber, entry_key, 'open', '', step, 1, jsonb_build_object(step, 1),
        %(now)s, %(now)s, interval '0', false, 0, 0, LEAST(at, %(now)s), '', is_sample
    FROM fit ORDER BY place
    ON CONFLICT DO NOTHING
    RETURNING id, journey_id, version_id, subscriber_id, step, entry_key, is_sample
), passages AS (
    INSERT INTO campaigns_passage (run_id, step, lap, entered_at, outcome, why, seen)
    SELECT begun.id, begun.step, 1, %(now)s, '', '', fit.seen
    FROM begun JOIN fit ON fit.journey = begun.journey_id AND fit.subscriber = begun.subscriber_id
        AND fit.entry_key = begun.entry_key
)
SELECT id, journey_id, version_id, subscriber_id, is_sample FROM begun
"""

# Shared: workers do not wait for each other, a pause waits for them and they for it.
LOCK = "SELECT 1 FROM campaigns_journey WHERE id = ANY(%s) ORDER BY id FOR SHARE"
LOCK_OPEN = "SELECT 1 FROM campaigns_journey WHERE state IN ('live', 'paused', 'draining') ORDER BY id FOR SHARE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One person who would begin one journey."""

    journey_id: int
    subscriber_id: int
    entry_key: str  # what lets them in: event:812, by-hand:3:…, run:7:step:off:lap:1
    at: datetime  # when that happened
    is_led: bool = False  # by another journey: the loop guard holds between journeys too
    seen: dict[str, object] = field(default_factory=dict)  # kept by the first passage


def current_versions(journeys: Collection[int] | None = None) -> dict[int, int]:
    """Journey → its newest version, for journeys that let people in; all of them where none is named."""
    rows = JourneyVersion.objects.filter(journey__state=Journey.State.LIVE)
    if journeys is not None:
        rows = rows.filter(journey__in=journeys)
    return dict(rows.order_by("journey", "-number").distinct("journey").values_list("journey", "pk"))


def enter(wishes: Sequence[Wish], *, now: datetime) -> list[int]:
    """Begin a run for each wish that the journey's rules allow; gives the ids of the runs begun.

    Takes: wishes in the order of their times; of two for one journey and person the first wins.
    Changes: runs, their first passages and events `journey.entered`, in the caller's transaction or its own.
    Safe to run twice with the same entry keys.
    """
    versions = current_versions({wish.journey_id for wish in wishes}) if wishes else {}
    rows = [_row(place, wish, versions[wish.journey_id]) for place, wish in enumerate(wishes) if _open(wish, versions)]
    if not rows:
        return []
    with transaction.atomic():
        lock_journeys({wish.journey_id for wish in wishes})
        with connection.cursor() as cursor:
            cursor.execute(ENTER, {"rows": json.dumps(rows), "out": [str(state) for state in OUT], "now": now})
            begun = cursor.fetchall()
        events.record_many([_entered(row, now) for row in begun], now=now)
    return [row[0] for row in begun]


def lock_journeys(journeys: Collection[int]) -> None:
    """Keep these journeys from being paused or ended until the transaction is over.

    Whoever locks journeys and runs locks journeys first, each in the order of ids: no two wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(journeys)])


def lock_open_journeys() -> None:
    """As `lock_journeys`, all in which somebody may be or enter."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK_OPEN)


def refusal(journey: Journey, subscriber: Subscriber) -> str:
    """Why this person cannot be let in by hand, as a sentence; empty: they can."""
    if journey.state != Journey.State.LIVE:
        return _("The journey is not live: nobody enters.")
    if subscriber.state in OUT:
        return _("Nothing may be written to this person (%(state)s).") % {"state": subscriber.get_state_display()}
    if not Permission.objects.filter(subscriber=subscriber, purpose=journey.purpose_id, is_given=True).exists():
        return _("This person has not agreed to “%(purpose)s”.") % {"purpose": journey.purpose}
    if Run.objects.filter(journey=journey, subscriber=subscriber, state=Run.State.OPEN).exists():
        return _("This person is on the way in it already.")
    return ""


def _open(wish: Wish, versions: dict[int, int]) -> bool:
    version = versions.get(wish.journey_id)
    return version is not None and frozen.graph(version).first is not None


def _row(place: int, wish: Wish, version_id: int) -> dict[str, object]:
    graph = frozen.graph(version_id)
    return {
        "place": place,
        "journey": wish.journey_id,
        "version": version_id,
        "subscriber": wish.subscriber_id,
        "entry_key": wish.entry_key,
        "step": graph.first.id if graph.first else "",
        "at": wish.at.isoformat(),
        "again_seconds": _again_seconds(wish, graph.reentry_seconds),
        "seen": wish.seen,
    }


def _again_seconds(wish: Wish, rule: int | None) -> int | None:
    """After how long they may enter again. By hand: at once; led by a journey: never faster than a loop."""
    if wish.entry_key.startswith("by-hand:"):
        return 0
    if rule is not None and wish.is_led:
        return max(rule, settings.CIRCOLARE_LOOP_MIN_SECONDS)
    return rule


def _entered(row: tuple[Any, ...], now: datetime) -> events.NewEvent:
    run_id, journey_id, version_id, subscriber_id, is_sample = row
    return events.NewEvent(
        kind=Kind.JOURNEY_ENTERED,
        occurred_at=now,
        source="journey",
        subscriber_id=subscriber_id,
        object_kind="journey",
        object_key=str(journey_id),
        key=f"run:{run_id}:entered",
        evidence=Evidence.MACHINE,
        reason="journey",
        payload={"run": run_id, "version": version_id},
        is_sample=is_sample,
    )


def by_hand_key(user_id: int, now: datetime) -> str:
    """The entry key of one press of the button: pressing twice within a second is once."""
    return f"by-hand:{user_id}:{int(now.timestamp())}"
