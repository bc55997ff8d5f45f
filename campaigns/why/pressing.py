"""What the buttons of the “why” page do; each may be pressed twice."""

from datetime import datetime

from django.db import transaction

from campaigns.journeys import exits
from campaigns.why.tracing import Trace
from subscribers import consent
from subscribers.home import sections
from subscribers.models import Frequency, Purpose, Suppression
from subscribers.signup import welcoming

PAUSE = sections.PAUSES["1m"][0]  # other lengths stand on the reader's own page
NO_ONE = "nobody"  # pressed in a staff test, or after the person was erased: nothing happened


def press(what: str, trace: Trace, *, now: datetime) -> str:
    """Do what was pressed; gives its name, or NO_ONE.

    Takes: `what`: stop, path, weekly, pause, untrack or not-me; anything else does nothing.
    Changes: consents, the run, the frequency, the pause or a suppression, with their events.
    """
    actions = {
        "stop": _stop,
        "path": _leave_path,
        "weekly": _weekly,
        "pause": _pause,
        "untrack": _untrack,
        "not-me": _not_me,
    }
    if what not in actions or trace.subscriber is None:
        return NO_ONE
    with transaction.atomic():
        actions[what](trace, now)
    return what


def _source(trace: Trace) -> str:
    return f"why:{trace.delivery.pk}"


def _stop(trace: Trace, now: datetime) -> None:
    purpose = trace.delivery.mailing.purpose
    if trace.subscriber and purpose:
        consent.withdraw(trace.subscriber, purpose, source=_source(trace), now=now)


def _leave_path(trace: Trace, now: datetime) -> None:
    if trace.path and trace.path.run_id:
        exits.take_out([trace.path.run_id], why="reader", now=now)


def _weekly(trace: Trace, now: datetime) -> None:
    if trace.subscriber:
        welcoming.keep_frequency(trace.subscriber, Frequency.WEEKLY, now=now)


def _pause(trace: Trace, now: datetime) -> None:
    if trace.subscriber:
        consent.pause(trace.subscriber, now + PAUSE, now=now)


def _untrack(trace: Trace, now: datetime) -> None:
    purpose = Purpose.objects.filter(kind=Purpose.Kind.TRACKING).first()
    if trace.subscriber and purpose:
        consent.withdraw(trace.subscriber, purpose, source=_source(trace), now=now)


def _not_me(trace: Trace, now: datetime) -> None:
    """Somebody else signed this address up: everything ends, and nobody can make us write to it again."""
    if trace.subscriber and trace.subscriber.address_key:
        consent.withdraw_all(trace.subscriber, source=_source(trace), now=now)
        consent.suppress(trace.subscriber.address_key, Suppression.Reason.NOT_ME, now=now)
