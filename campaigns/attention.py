"""What needs a person now: silent parts, a closed fence. The admin shows it on its first page, `/healthz` counts it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns import fence, heartbeats
from campaigns.models import DomainBrake
from campaigns.sending import rates


@dataclass(frozen=True)
class Notice:
    """One thing that needs somebody."""

    key: str  # "beat", "worker:send", "fence": stable, for tests and monitors
    text: str | Promise  # a sentence that says what is wrong and what to do
    is_urgent: bool  # mail does not leave, or readers wait, because of it


BEAT_SILENT = _(
    "The clock (celery beat) is silent: nothing that is due is looked at. Start it again; what waits is not lost."
)
WORKER_SILENT = {
    "send": _("No worker takes the queue “send”: mails wait. Start a worker; what waits is not lost."),
    "events": _("No worker takes the queue “events”: clicks and visits wait. Start a worker; what waits is not lost."),
    "journeys": _("No worker takes the queue “journeys”: people wait. Start a worker; what waits is not lost."),
    "upkeep": _("No worker takes the queue “upkeep”: nothing is tidied up. Start a worker; what waits is not lost."),
}
SERVER_RESTS = _(
    "The mail server of “%(account)s” takes nothing now (%(why)s). It is tried again by itself; what waits is not lost."
)
DOMAIN_STOPS = _(
    "%(domain)s takes no mail from us now (%(why)s). It is tried again by itself; look at SPF, DKIM, DMARC and the "
    "reputation of the server. Nobody was suppressed for it."
)
URGENT_RESTS = 4  # in a row: the pauses together are longer than a minute then
FENCE_CLOSED = _(
    "Sending is closed: this database is a copy or was restored from a backup. Confirm that it may send: "
    "manage.py confirm_sending."
)


def notices(now: datetime) -> list[Notice]:
    """What needs somebody, the most urgent first; empty when all is well. Three queries."""
    found = [] if fence.is_open() else [Notice("fence", FENCE_CLOSED, is_urgent=True)]
    quiet = heartbeats.silent(now)
    if heartbeats.BEAT in quiet:
        # Without the clock no worker has anything to say: one notice tells it.
        return [*found, Notice(heartbeats.BEAT, BEAT_SILENT, is_urgent=True)]
    for queue, text in WORKER_SILENT.items():
        if heartbeats.worker(queue) in quiet:
            found.append(Notice(heartbeats.worker(queue), text, is_urgent=queue != "upkeep"))
    return [*found, *(of_brake(brake) for brake in rates.stopped(now))]


def of_brake(brake: DomainBrake) -> Notice:
    """A server or a receiving domain that takes nothing now. It is tried again by itself."""
    values = {"domain": brake.domain, "account": brake.account.name, "why": brake.reason}
    if brake.domain == rates.SERVER:
        return Notice(f"server:{brake.account_id}", SERVER_RESTS % values, is_urgent=brake.n_in_a_row >= URGENT_RESTS)
    return Notice(f"domain:{brake.domain}", DOMAIN_STOPS % values, is_urgent=False)
