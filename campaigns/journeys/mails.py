"""The mails of journeys: each step has a standing mailing, each visit queues one delivery in it, once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from campaigns.journeys.graph import plain, read
from campaigns.journeys.position import Mail
from campaigns.models import Journey, JourneyVersion, Mailing, Passage, PurposeClass, Run
from campaigns.sending import mailing as sending

KEPT = 2_048  # standing mailings a process remembers


def prepare(letters: Sequence[tuple[Run, Mail]]) -> None:
    """Make the standing mailings of these mails, outside the transaction that queues them.

    A mailing that a process remembers must not be undone by somebody else's rollback.
    """
    _mailings(letters)


def queue(letters: Sequence[tuple[Run, Mail]], *, now: datetime) -> int:
    """Queue these mails in the caller's transaction; gives how many were not queued before.

    The gate decides later whether each may leave: consent, suppression, pause, cap, quiet hours.
    """
    if not letters:
        return 0
    mailings, grants = _mailings(letters), _grants(run.pk for run, _mail in letters)
    rows = (
        (mailings[_place(run, mail)].pk, run.subscriber_id, mail.key, grants.get(run.pk, {})) for run, mail in letters
    )
    return sending.enqueue_many(rows, now=now)


def _grants(runs: Iterable[int]) -> dict[int, dict[str, object]]:
    """Run → {"grant": id} of the resource its person unlocked last on the way, for mails that lead to it."""
    visits = Passage.objects.filter(run__in=set(runs), seen__has_key="grant").order_by("entered_at", "pk")
    return {run: {"grant": seen["grant"]} for run, seen in visits.values_list("run", "seen")}


def of_journey(journey_id: int) -> QuerySet[Mailing]:
    """The standing mailings of a journey's steps."""
    return Mailing.objects.filter(key__startswith=f"journey:{journey_id}:step:")


def hold(journey_id: int, *, now: datetime) -> None:
    """Keep back what is queued and has not left, while the journey is paused."""
    for mailing in of_journey(journey_id).filter(state=Mailing.State.SENDING):
        sending.pause(mailing, now=now)


def release(journey_id: int, *, now: datetime) -> None:
    """Let it leave again."""
    for mailing in of_journey(journey_id).filter(state=Mailing.State.PAUSED):
        sending.resume(mailing, now=now)


def step_of_key(key: str) -> tuple[int, str]:
    """`journey:12:step:hello` as (12, "hello")."""
    _word, journey_id, _step, step, *_email = key.split(":")
    return int(journey_id), step


def key(journey_id: int, step_id: str, email: str) -> str:
    """The key of the mailing of one step with one email.

    `journey:12:step:hello`; where a later version sends another email at the same step, people on the earlier
    one still get theirs: the newcomer's key ends in its email.
    """
    versions = JourneyVersion.objects.filter(journey=journey_id).order_by("number").values_list("graph", flat=True)
    for graph in versions:
        step = read(graph).by_id.get(step_id)
        if step is not None and step.kind == "mail":
            first = plain(str(step.settings.get("email") or ""))
            return f"journey:{journey_id}:step:{step_id}" + ("" if first == plain(email) else f":{plain(email)}")
    return f"journey:{journey_id}:step:{step_id}"


Place = tuple[int, str, str]  # journey, step, email


def _place(run: Run, mail: Mail) -> Place:
    return run.journey_id, mail.step, mail.email


def _mailings(letters: Sequence[tuple[Run, Mail]]) -> dict[Place, Mailing]:
    database = connection.settings_dict["NAME"]
    return {place: _remembered(database, *place) for place in {_place(run, mail) for run, mail in letters}}


@lru_cache(maxsize=KEPT)
def _remembered(database: str, journey_id: int, step_id: str, email: str) -> Mailing:
    journey = Journey.objects.select_related("purpose").get(pk=journey_id)
    return sending.standing(
        key(journey_id, step_id, email),
        purpose_class=PurposeClass.JOURNEY,
        title=f"{journey.name} · {step_id}",
        purpose=journey.purpose,
        email=UUID(email),
    )
