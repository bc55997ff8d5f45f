"""What came of a mailing, read from the ledger and the events alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat

from campaigns.models import Delivery, Mailing
from campaigns.reports import replies
from subscribers.models import Event, Evidence, Kind

RATE_WINDOW = timedelta(seconds=20)
WAITING = (
    Delivery.State.QUEUED,
    Delivery.State.CLAIMED,
    Delivery.State.HANDING_OVER,
    Delivery.State.DEFERRED,
)
N_DOMAINS = 12
BETWEEN = "\n"  # codes and words of one refusal, which are one line each


@dataclass(frozen=True)
class Progress:
    """How far a mailing is, at one moment."""

    counts: dict[str, int]  # by Delivery.State, states without rows left out
    n_total: int
    n_waiting: int
    n_per_second: float  # accepted, over the last RATE_WINDOW; 0 unless the mailing is leaving
    seconds_left: int | None  # None where nothing moves
    is_balanced: bool  # candidates = accepted + failed + excluded + unknown + waiting
    at: datetime

    def n(self, state: str) -> int:
        """Rows in one state."""
        return self.counts.get(state, 0)

    @property
    def n_accepted(self) -> int:
        """Mails that the next server took."""
        return self.n(Delivery.State.ACCEPTED)

    @property
    def n_excluded(self) -> int:
        """People left out, with a reason each."""
        return self.n(Delivery.State.EXCLUDED)

    @property
    def n_failed(self) -> int:
        """Mails that were refused for good."""
        return self.n(Delivery.State.FAILED)

    @property
    def n_unknown(self) -> int:
        """Mails of which nobody can say whether they left."""
        return self.n(Delivery.State.UNKNOWN)

    @property
    def percent(self) -> int:
        """Share of those to be sent that is decided, 0-100; 100 only when somebody was chosen and nothing waits."""
        if not self.n_total:
            return 0
        if not self.n_waiting:
            return 100
        n_to_send = self.n_total - self.n_excluded
        return min(99, (n_to_send - self.n_waiting) * 100 // max(1, n_to_send))


@dataclass(frozen=True)
class LeftOut:
    """Some people of a mailing who did not get it, and why."""

    state: str  # excluded, failed or unknown
    reason: str  # a Delivery.Reason, empty where none was written
    label: str
    n_people: int


@dataclass(frozen=True)
class LinkClicks:
    """One destination of a mailing and who went there."""

    url: str
    n_people: int
    n_clicks: int
    title: str = ""  # of the page, where it is one of ours

    @property
    def place(self) -> str:
        """The address as short as it still says where: our own without its host."""
        parts = urlsplit(self.url)
        is_own = parts.netloc == urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc
        return f"{'' if is_own else parts.netloc}{parts.path}" or self.url


def progress(mailing: Mailing, *, now: datetime) -> Progress:
    """Counts by state and, while it leaves, the speed of the last seconds; two queries."""
    rows = mailing.deliveries.values_list("state").annotate(n=Count("id"))
    counts = dict(rows)
    n_total = sum(counts.values())
    n_waiting = sum(counts.get(state, 0) for state in WAITING)
    rate = _rate(mailing, now) if mailing.state == Mailing.State.SENDING else 0.0
    return Progress(
        counts=counts,
        n_total=n_total,
        n_waiting=n_waiting,
        n_per_second=rate,
        seconds_left=round(n_waiting / rate) if rate and n_waiting else None,
        is_balanced=mailing.is_standing or not mailing.is_snapshot_complete or n_total == mailing.n_candidates,
        at=now,
    )


def _rate(mailing: Mailing, now: datetime) -> float:
    n_recent = mailing.deliveries.filter(state=Delivery.State.ACCEPTED, done_at__gt=now - RATE_WINDOW).count()
    return n_recent / RATE_WINDOW.total_seconds()


def n_waiting(mailing: Mailing) -> int:
    """Mails that nothing was decided about yet."""
    return mailing.deliveries.filter(state__in=WAITING).count()


def n_given_up(mailing: Mailing) -> int:
    """People who waited when it was cancelled, or whose mail failed: those it could still be sent to."""
    cancelled = Q(state=Delivery.State.EXCLUDED, reason=Delivery.Reason.CANCELLED)
    return mailing.deliveries.filter(cancelled | Q(state=Delivery.State.FAILED)).count()


def left_out(mailing: Mailing) -> list[LeftOut]:
    """Who did not get it and why, the largest group first."""
    states = [Delivery.State.EXCLUDED, Delivery.State.FAILED, Delivery.State.UNKNOWN]
    rows = (
        mailing.deliveries.filter(state__in=states)
        .values_list("state", "reason")
        .annotate(n=Count("id"))
        .order_by("-n", "state", "reason")
    )
    return [LeftOut(state, reason, _reason_label(state, reason), n) for state, reason, n in rows]


def _reason_label(state: str, reason: str) -> str:
    return str(Delivery.Reason(reason).label if reason else Delivery.State(state).label)


def domains(mailing: Mailing) -> list[dict[str, Any]]:  # Any: counts and words of one row
    """The receiving domains with the most mails: accepted, waiting, failed, a refusal of theirs and what it means."""
    rows = (
        mailing.deliveries.exclude(state=Delivery.State.EXCLUDED)
        .values("domain")
        .annotate(
            n=Count("id"),
            n_accepted=Count("id", filter=Q(state=Delivery.State.ACCEPTED)),
            n_waiting=Count("id", filter=Q(state__in=WAITING)),
            n_failed=Count("id", filter=Q(state=Delivery.State.FAILED)),
            refusal=Max(
                Concat(F("code"), Value(BETWEEN), F("reply")), filter=~Q(code="") & ~Q(state=Delivery.State.ACCEPTED)
            ),
        )
        .order_by("-n", "domain")
    )
    return [{**row, **_refusal(row["refusal"] or "")} for row in rows[:N_DOMAINS]]


def _refusal(joined: str) -> dict[str, str]:
    code, _between, reply = joined.partition(BETWEEN)
    return {"last_reply": reply, "meaning": replies.meaning(code, reply)}


def human_clicks(mailing: Mailing) -> QuerySet[Event]:
    """Clicks in this mailing that no machine made; only of people who agreed to be seen."""
    since = mailing.started_at or mailing.created_at
    return Event.objects.filter(kind=Kind.LINK_CLICKED, occurred_at__gte=since, payload__mailing=mailing.pk).exclude(
        evidence=Evidence.MACHINE
    )


def clicks(mailing: Mailing) -> list[LinkClicks]:
    """Destinations by the number of people who went there."""
    rows = (
        human_clicks(mailing)
        .annotate(url=KeyTextTransform("url", "payload"))
        .values("url")
        .annotate(
            n_people=Count("subscriber", distinct=True),
            n_clicks=Count("id"),
            title=Max(KeyTextTransform("title", "payload")),
        )
        .order_by("-n_people", "url")
    )
    return [LinkClicks(row["url"], row["n_people"], row["n_clicks"], row["title"] or "") for row in rows]


def n_clickers(mailing: Mailing) -> int:
    """People who went anywhere from this mailing."""
    return human_clicks(mailing).values("subscriber").distinct().count()


def n_trackable(mailing: Mailing) -> int:
    """Accepted mails whose reader agreed to be seen: the number that clicks may be compared with."""
    return mailing.deliveries.filter(
        state=Delivery.State.ACCEPTED,
        subscriber__permissions__purpose__key="tracking",
        subscriber__permissions__is_given=True,
    ).count()
