"""What needs a person, from silent parts to resting forms. The admin's first page shows it, `/healthz` counts it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns import commands, fence, heartbeats
from campaigns.models import DomainBrake
from campaigns.sending import rates
from subscribers import events
from subscribers.models import SignupForm


@dataclass(frozen=True)
class Notice:
    """One thing that needs somebody."""

    key: str  # "beat", "worker:send", "fence": stable, for tests and monitors
    text: str | Promise  # a sentence that says what is wrong and what to do
    is_urgent: bool  # mail does not leave, or readers wait, because of it


BEAT_SILENT = _(
    "The clock (celery beat) is silent: nothing that is due is looked at. Start it again: %(command)s — what waits is "
    "not lost."
)
WORKER_SILENT = {
    "send": _("No worker takes the queue “send”: mails wait. Start one: %(command)s — what waits is not lost."),
    "events": _(
        "No worker takes the queue “events”: clicks and visits wait. Start one: %(command)s — what waits is not lost."
    ),
    "journeys": _(
        "No worker takes the queue “journeys”: people wait. Start one: %(command)s — what waits is not lost."
    ),
    "upkeep": _(
        "No worker takes the queue “upkeep”: nothing is tidied up. Start one: %(command)s — what waits is not lost."
    ),
}
SERVER_RESTS = _(
    "The mail server of “%(account)s” takes nothing now (%(why)s). It is tried again by itself; what waits is not lost."
)
DOMAIN_STOPS = _(
    "%(domain)s takes no mail from us now (%(why)s). It is tried again by itself; look at SPF, DKIM, DMARC and the "
    "reputation of the server. Nobody was suppressed for it."
)
FORM_RESTS = _(
    "The sign-up form “%(form)s” rests until %(until)s after a burst of requests: whoever uses it now is asked to come "
    "back later. It opens again by itself."
)
DEAD_EVENTS = _(
    "Acts of readers that could not be worked out after several tries: %(count)s. They are kept. The log says why; "
    "when that is mended: manage.py revive_events."
)
URGENT_RESTS = 4  # in a row: the pauses together are longer than a minute then
FENCE_CLOSED = _(
    "Sending is closed: this database is a copy or was restored from a backup. Confirm that it may send: "
    "manage.py confirm_sending."
)


def notices(now: datetime) -> list[Notice]:
    """What needs somebody, the most urgent first; empty when all is well. Five queries."""
    found = [] if fence.is_open() else [Notice("fence", FENCE_CLOSED, is_urgent=True)]
    quiet = heartbeats.silent(now)
    if heartbeats.BEAT in quiet:
        # Without the clock no worker has anything to say: one notice tells it.
        return [*found, Notice(heartbeats.BEAT, BEAT_SILENT % {"command": commands.beat()}, is_urgent=True)]
    for queue, text in WORKER_SILENT.items():
        if heartbeats.worker(queue) in quiet:
            told = text % {"command": commands.worker(queue)}
            found.append(Notice(heartbeats.worker(queue), told, is_urgent=queue != "upkeep"))
    found += [of_brake(brake) for brake in rates.stopped(now)]
    return [*found, *of_forms(now), *of_events()]


def of_brake(brake: DomainBrake) -> Notice:
    """A server or a receiving domain that takes nothing now. It is tried again by itself."""
    values = {"domain": brake.domain, "account": brake.account.name, "why": brake.reason}
    if brake.domain == rates.SERVER:
        return Notice(f"server:{brake.account_id}", SERVER_RESTS % values, is_urgent=brake.n_in_a_row >= URGENT_RESTS)
    return Notice(f"domain:{brake.domain}", DOMAIN_STOPS % values, is_urgent=False)


def of_forms(now: datetime) -> list[Notice]:
    """The sign-up forms that rest after a burst, each once whatever its languages."""
    resting = SignupForm.objects.filter(paused_until__gt=now).order_by("key", "pk").distinct("key")
    return [
        Notice(
            f"form:{form.key}",
            FORM_RESTS % {"form": form.title, "until": timezone.localtime(form.paused_until).strftime("%H:%M")},
            is_urgent=False,
        )
        for form in resting
    ]


def of_events() -> list[Notice]:
    """The acts of readers that were given up after several tries."""
    n_dead = events.dead().count()
    return [Notice("events:dead", DEAD_EVENTS % {"count": n_dead}, is_urgent=False)] if n_dead else []
