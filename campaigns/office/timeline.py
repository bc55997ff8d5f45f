"""One person's history, newest first: what they did, what they agreed to, what was sent and what was not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.journeys import frozen, outline, reasons
from campaigns.models import Delivery, Passage, PurposeClass
from campaigns.office import deeds, words
from content import dates
from subscribers.models import Consent, Event, Evidence, Kind, Subscriber

N_ROWS = 200  # of each source; older ones are reached by the date in the address

# What the ledger and the consents tell better themselves.
TOLD_ELSEWHERE = (Kind.CONSENT_CONFIRMED, Kind.CONSENT_WITHDRAWN, Kind.MAIL_ACCEPTED)
NOT_SENT = {Delivery.State.EXCLUDED, Delivery.State.FAILED}


@dataclass(frozen=True)
class Line:
    """One row of the timeline."""

    at: datetime
    what: str  # the kind, in words
    text: str
    note: str = ""  # reason, evidence, the server's words
    is_not_sent: bool = False


def of(subscriber: Subscriber, *, before: datetime | None = None) -> list[Line]:
    """The newest lines before a moment; a constant number of queries."""
    lines = chain(_events(subscriber, before), _consents(subscriber, before), _mails(subscriber, before))
    ordered = sorted(chain(lines, _passages(subscriber, before)), key=lambda line: line.at, reverse=True)
    return ordered[:N_ROWS]


def _events(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Event.objects.filter(subscriber=subscriber).exclude(kind__in=TOLD_ELSEWHERE)
    if before:
        rows = rows.filter(occurred_at__lt=before)
    events = list(rows.order_by("-occurred_at", "-id")[:N_ROWS])
    said = deeds.words(events)
    for event in events:
        label = Kind(event.kind).label if event.kind in Kind.values else event.kind
        is_doubtful = event.evidence == Evidence.MACHINE and event.source != "journey"
        note = _("perhaps a machine") if is_doubtful else ""
        yield Line(event.occurred_at, str(label), said[event.pk], note)


def _consents(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Consent.objects.filter(subscriber=subscriber).select_related("purpose", "wording")
    if before:
        rows = rows.filter(at__lt=before)
    consents = list(rows.order_by("-id")[:N_ROWS])
    origins = words.origins({consent.source for consent in consents})
    here = get_language() or settings.LANGUAGE_CODE
    for consent in consents:
        wording = _("wording %(n)s") % {"n": consent.wording.version} if consent.wording else ""
        yield Line(
            consent.at,
            _("consent"),
            f"{consent.purpose.title(here)}: {consent.get_step_display()}",
            ", ".join(filter(None, [origins[consent.source], wording])),
        )


def _mails(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Delivery.objects.filter(subscriber=subscriber).select_related("mailing", "version")
    if before:
        rows = rows.filter(created_at__lt=before)
    for delivery in rows.order_by("-id")[:N_ROWS]:
        at = delivery.done_at or delivery.created_at
        yield Line(
            at,
            _("mail"),
            f"«{_title(delivery)}»",
            _fate(delivery, subscriber, at),
            is_not_sent=delivery.state in NOT_SENT,
        )


def _title(delivery: Delivery) -> str:
    """What stood in the inbox; the mailing's own title where each reader's subject differs."""
    subject = delivery.version.subject if delivery.version else ""
    if subject and "{" not in subject:
        return subject
    is_step = delivery.mailing.purpose_class == PurposeClass.JOURNEY  # titled "journey · id of the step"
    return delivery.mailing.title.rpartition(" · ")[0] if is_step else delivery.mailing.title


def _fate(delivery: Delivery, subscriber: Subscriber, at: datetime) -> str:
    """What became of it; of a mail that was not sent, why."""
    if delivery.state not in NOT_SENT:
        reason = delivery.get_reason_display() if delivery.reason else ""
        return " — ".join(filter(None, [delivery.get_state_display(), reason]))
    why = str(delivery.get_reason_display() or delivery.reply)
    until = subscriber.paused_until
    if delivery.reason == Delivery.Reason.PAUSED and until and until > at:
        why = _("paused until %(day)s") % {"day": dates.written(until, "j F Y")}
    return _("not sent: %(why)s") % {"why": why} if why else _("not sent")


def _passages(subscriber: Subscriber, before: datetime | None) -> Iterator[Line]:
    rows = Passage.objects.filter(run__subscriber=subscriber).select_related("run__journey")
    if before:
        rows = rows.filter(entered_at__lt=before)
    for passage in rows.order_by("-id")[:N_ROWS]:
        graph = frozen.graph(passage.run.version_id)
        lap = _("lap %(lap)s") % {"lap": passage.lap} if passage.lap > 1 else ""
        step = outline.step_words(graph, passage.step)
        yield Line(
            passage.entered_at,
            _("journey"),
            " · ".join(filter(None, [passage.run.journey.name, step, lap])),
            reasons.of_passage(passage, graph) if passage.why or passage.outcome != "next" else "",
        )
