"""Publishing, pausing, draining and ending a journey. Editing changes nothing for people inside."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.journeys import exits, library, mails
from campaigns.journeys.graph import Graph, Step, read
from campaigns.journeys.validation import Problem, refusals
from campaigns.models import Journey, JourneyVersion, Passage, Run

State = Journey.State

FREEZE = """
UPDATE campaigns_run
SET frozen_due_at = COALESCE(due_at, %s), due_at = NULL, lease_until = NULL, n_moves = n_moves + 1
WHERE journey_id = %s AND state = 'open' AND frozen_due_at IS NULL
"""
THAW = """
UPDATE campaigns_run
SET due_at = frozen_due_at + %(pause)s, frozen_for = frozen_for + %(pause)s, frozen_due_at = NULL,
    n_moves = n_moves + 1
WHERE journey_id = %(journey)s AND state = 'open' AND frozen_due_at IS NOT NULL
"""


class NotPublishable(Exception):
    """The draft has mistakes; `problems` names them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{problem.step or 'journey'}: {problem.message}" for problem in problems))
        self.problems = problems


class WrongState(Exception):
    """The journey is not in a state from which this can be done; the message is for people."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step that differs between two versions."""

    step: Step
    what: str  # added, changed, removed


def draft(journey: Journey) -> Journey:
    """The journey as it was saved last, published or not."""
    return journey.get_latest_revision_as_object() if journey.latest_revision_id else journey


def newest(journey: Journey) -> JourneyVersion | None:
    """The version that new people walk; None before the first publishing."""
    return journey.versions.order_by("-number").first()


def publish(journey: Journey, *, user: User | None, now: datetime) -> JourneyVersion:
    """Freeze the draft as a version, which new people walk; people inside finish on theirs.

    Gives: the version; the newest one where the steps did not change. A paused journey stays paused.
    Raises: NotPublishable, then nothing is changed. Changes: version, journey's row and state, log.
    """
    with transaction.atomic():
        locked = _locked(journey)
        drawn = draft(locked)
        wrong = refusals(read(drawn.graph), library.known(read(drawn.graph), besides=locked.pk))
        if wrong:
            raise NotPublishable(wrong)
        revision = locked.latest_revision or locked.save_revision(user=user)
        revision.publish(user=user)
        version = _version(locked, drawn.graph, user, now)
        state = State.PAUSED if locked.state == State.PAUSED else State.LIVE
        Journey.objects.filter(pk=locked.pk).update(state=state, resumes_to=State.LIVE if locked.paused_at else "")
        _log(locked, "publish", user, {"version": version.number})
    journey.refresh_from_db()
    return version


def pause(journey: Journey, *, user: User | None, now: datetime) -> int:
    """Stop the clock: nobody enters, nobody moves; gives how many people wait for it to go on.

    Raises: WrongState.
    """
    with transaction.atomic():
        locked = _locked(journey, State.LIVE, State.DRAINING)
        _set(locked, State.PAUSED, paused_at=now, resumes_to=locked.state)
        with connection.cursor() as cursor:
            cursor.execute(FREEZE, [now, locked.pk])
            n_frozen = cursor.rowcount
        mails.hold(locked.pk, now=now)
        _log(locked, "pause", user, {"people": n_frozen})
    journey.refresh_from_db()
    return n_frozen


def resume(journey: Journey, *, user: User | None, now: datetime) -> int:
    """Let the clock go on: every wait ends later by the length of the pause; gives how many people go on.

    What people did in the meantime counts. Raises: WrongState.
    """
    with transaction.atomic():
        locked = _locked(journey, State.PAUSED)
        values: dict[str, Any] = {"pause": now - (locked.paused_at or now), "journey": locked.pk}
        _set(locked, locked.resumes_to or State.LIVE, paused_at=None, resumes_to="")
        with connection.cursor() as cursor:
            cursor.execute(THAW, values)
            n_moving = cursor.rowcount
        mails.release(locked.pk, now=now)
        _log(locked, "resume", user, {"people": n_moving})
    journey.refresh_from_db()
    return n_moving


def drain(journey: Journey, *, user: User | None, now: datetime) -> int:
    """Let nobody in any more; people inside walk to their end, then the journey is ended. Gives how many are inside.

    Raises: WrongState.
    """
    with transaction.atomic():
        locked = _locked(journey, State.LIVE)
        n_inside = locked.runs.filter(state=Run.State.OPEN).count()
        _set(locked, State.DRAINING if n_inside else State.ENDED)
        _log(locked, "drain", user, {"people": n_inside})
    journey.refresh_from_db()
    return n_inside


def end(journey: Journey, *, user: User | None, now: datetime) -> int:
    """Take everybody out and let nobody in; gives how many people left. Raises: WrongState."""
    with transaction.atomic():
        locked = _locked(journey, State.LIVE, State.PAUSED, State.DRAINING)
        inside = list(locked.runs.filter(state__in=[Run.State.OPEN, Run.State.FAILED]).values_list("pk", flat=True))
        exits.take_out(inside, why="journey ended", now=now)
        _set(locked, State.ENDED, paused_at=None, resumes_to="")
        _log(locked, "end", user, {"people": len(inside)})
    journey.refresh_from_db()
    return len(inside)


def changes(before: Graph, after: Graph) -> list[Change]:
    """The steps that differ, in the order of the new graph, removed ones last."""
    found = []
    for step in after.steps:
        old = before.by_id.get(step.id)
        if old != step:
            found.append(Change(step, "changed" if old else "added"))
    return [*found, *(Change(step, "removed") for step in before.steps if step.id not in after.by_id)]


def retired(journey: Journey) -> list[Step]:
    """Steps of earlier versions that the newest has no more: kept for their figures, newest first."""
    versions = [read(version.graph) for version in journey.versions.order_by("-number")]
    current = {step.id for step in versions[0].steps} if versions else set()
    gone: dict[str, Step] = {}
    for graph in versions[1:]:
        gone.update({step.id: step for step in graph.steps if step.id not in current and step.id not in gone})
    walked = Passage.objects.filter(run__journey=journey, step__in=gone).values_list("step", flat=True).distinct()
    return [gone[step_id] for step_id in gone if step_id in set(walked)]


def ids_ever_used(journey_id: int | None) -> Collection[str]:
    """Step ids of all versions: figures and mailings hang on them, a new step never takes one over."""
    graphs = JourneyVersion.objects.filter(journey=journey_id).values_list("graph", flat=True)
    return {step.id for graph in graphs for step in read(graph).steps}


def _locked(journey: Journey, *states: State) -> Journey:
    locked = Journey.objects.select_for_update(no_key=True).get(pk=journey.pk)
    if states and locked.state not in states:
        raise WrongState(
            _("The journey is “%(state)s”: this cannot be done now.") % {"state": locked.get_state_display()}
        )
    return locked


def _set(journey: Journey, state: str, **fields: Any) -> None:
    Journey.objects.filter(pk=journey.pk).update(state=state, **fields)


def _version(journey: Journey, graph: Any, user: User | None, now: datetime) -> JourneyVersion:
    last = newest(journey)
    if last is not None and last.graph == graph:
        return last
    number = last.number + 1 if last else 1
    return JourneyVersion.objects.create(
        journey=journey, number=number, graph=graph, published_at=now, published_by=user
    )


def _log(journey: Journey, action: str, user: User | None, data: dict[str, Any]) -> None:
    log(instance=journey, action=f"circolare.journey.{action}", user=user, data=data)
