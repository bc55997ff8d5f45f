"""What a colleague may do with one person of a journey by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys import entering, exits
from campaigns.journeys.fields import Words
from campaigns.models import Journey, Run
from subscribers.models import State, Subscriber

Standing = tuple[str, int]  # (step, lap) where the person was seen


def move_on(run: Run, standing: Standing, *, now: datetime) -> bool:
    """End the wait the person stands in; the next tick does it. False: they stand elsewhere, or the journey is paused.

    Pressing twice moves once: the second press names a place where the person is no longer.
    """
    rows = _there(run, standing).filter(frozen_due_at=None, state=Run.State.OPEN)
    return bool(rows.update(is_moved_by_hand=True, due_at=now, n_moves=F("n_moves") + 1, lease_until=None))


def take_out(run: Run, standing: Standing, *, now: datetime) -> bool:
    """End the run; nothing more is sent to the person by it. False: it is over already."""
    return bool(exits.take_out([run.pk], why="by-hand", now=now))


def retry(run: Run, standing: Standing, *, now: datetime) -> bool:
    """Let a stuck run be looked at again. Raises: IntegrityError where the person is inside once more already."""
    rows = _there(run, standing).filter(state=Run.State.FAILED)
    return bool(rows.update(state=Run.State.OPEN, due_at=now, n_tries=0, n_moves=F("n_moves") + 1))


def let_in(journey: Journey, person: Subscriber, *, user_id: int, now: datetime) -> str:
    """Begin a run by hand, whatever the re-entry rule says; gives why not, empty when it began."""
    refusal = entering.refusal(journey, person)
    if refusal:
        return refusal
    key = entering.by_hand_key(user_id, now)
    wish = entering.Wish(journey_id=journey.pk, subscriber_id=person.pk, entry_key=key, at=now)
    return "" if entering.enter([wish], now=now) else _("This person is on the way in it already.")


def search(words: str) -> QuerySet[Subscriber]:
    """People by a part of name or address, newest first."""
    rows = Subscriber.objects.exclude(state=State.ERASED)
    return rows.filter(Q(address_key__icontains=words) | Q(name__icontains=words)).order_by("-created_at", "-pk")


def _there(run: Run, standing: Standing) -> QuerySet[Run]:
    step, lap = standing
    return Run.objects.filter(pk=run.pk, step=step, lap=lap)


@dataclass(frozen=True, slots=True)
class Act:
    """One button beside a person."""

    word: str  # in the log
    does: Callable[..., bool]
    said: Words  # with %(person)s


ACTS = {
    "move": Act("move", move_on, gettext_lazy("%(person)s moves on.")),
    "take_out": Act("take_out", take_out, gettext_lazy("%(person)s was taken out.")),
    "retry": Act("retry", retry, gettext_lazy("%(person)s is looked at again.")),
}
