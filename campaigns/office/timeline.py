"""One person's history, newest first: what they did, what they agreed to, what was sent and what was not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from django.utils.translation import gettext as _

from campaigns.models import Delivery, Passage
from subscribers.home.leaving import REASONS
from subscribers.models import Consent, Event, Evidence, Kind, Subscriber

N_ROWS = 200  # of each source; older ones are reached by the date in the address

# What the ledger and the consents tell better themselves.
TOLD_ELSEWHERE = (Kind.CONSENT_CONFIRMED, Kind.CONSENT_WITHDRAWN, Kind.MAIL_ACCEPTED)


@dataclass(frozen=True)
class Line:
    """One row of the timeline."""

    at: datetime
    what: str  # the kind, in words
    text: str
    note: str = ""  # reason, evidence, the server's words
    is_not_sent: bool = False
    css: str = field(default="", compare=False)


def of(subscriber: Subscriber, *, before: datetime | None = None) -> list[Line]:
    """The newest lines before a moment; a constant number of queries."""
    lines = chain(_events(subscriber, before), _consents(subscriber, before), _mails(subscriber, before))
    ordered = sorted(chain(lines, _passages(subscriber, before)), key=lambda line: line.at, reverse=True)
    return ordered[:N_ROWS]


def _events(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Event.objects.filter(subscriber=subscriber).exclude(kind__in=TOLD_ELSEWHERE)
    if before:
        rows = rows.filter(occurred_at__lt=before)
    for event in rows.order_by("-occurred_at", "-id")[:N_ROWS]:
        label = Kind(event.kind).label if event.kind in Kind.values else event.kind
        note = _("perhaps a machine") if event.evidence == Evidence.MACHINE else ""
        yield Line(event.occurred_at, str(label), _text(event), note)


def _text(event: Event) -> str:
    if event.kind == Kind.LEAVING_EXPLAINED:
        reason = str(event.payload.get("reason", ""))
        return str(REASONS.get(reason, reason))
    return str(event.payload.get("title") or event.payload.get("text") or event.payload.get("url") or "")


def _consents(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Consent.objects.filter(subscriber=subscriber).select_related("purpose", "wording")
    if before:
        rows = rows.filter(at__lt=before)
    for consent in rows.order_by("-id")[:N_ROWS]:
        wording = _("wording %(n)s") % {"n": consent.wording.version} if consent.wording else ""
        yield Line(
            consent.at,
            _("consent"),
            f"{consent.purpose.title(consent.locale)}: {consent.get_step_display()}",
            ", ".join(filter(None, [consent.source, wording])),
        )


def _mails(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Delivery.objects.filter(subscriber=subscriber).select_related("mailing", "version")
    if before:
        rows = rows.filter(created_at__lt=before)
    not_sent = {Delivery.State.EXCLUDED, Delivery.State.FAILED}
    for delivery in rows.order_by("-id")[:N_ROWS]:
        title = delivery.version.subject if delivery.version and "{" not in delivery.version.subject else ""
        note = " — ".join(
            filter(None, [delivery.get_state_display(), delivery.get_reason_display() if delivery.reason else ""])
        )
        yield Line(
            delivery.done_at or delivery.created_at,
            _("mail"),
            f"«{title or delivery.mailing.title}»",
            note,
            is_not_sent=delivery.state in not_sent,
        )


def _passages(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Passage.objects.filter(run__subscriber=subscriber).select_related("run__journey")
    if before:
        rows = rows.filter(entered_at__lt=before)
    for passage in rows.order_by("-id")[:N_ROWS]:
        yield Line(
            passage.entered_at,
            _("journey"),
            f"{passage.run.journey.name} · {passage.step}" + (f" · {passage.lap}" if passage.lap > 1 else ""),
            passage.why,
        )
