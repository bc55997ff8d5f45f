"""What the office's first page tells: what comes in the next days, and four numbers with their last four weeks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from wagtail.models import Revision

from campaigns.models import Delivery, Journey, Mailing, PurposeClass, Run
from campaigns.reports import mailing as report
from subscribers.models import Kind, Permission, Purpose, State

N_DAYS = 28  # of a sparkline
AHEAD = timedelta(days=7)
N_COMING = 12
WIDTH, HEIGHT = 112, 28  # of a sparkline, in its own units
KINDS = (Kind.CONSENT_CONFIRMED, Kind.CONSENT_WITHDRAWN, Kind.PAGE_READ, Kind.LINK_CLICKED, Kind.MAIL_COMPLAINED)
WANTED = (PurposeClass.ISSUE, PurposeClass.JOURNEY)  # mails that somebody might call spam
# Days are those of the site's zone; a day without anything has no row. Of consents only those to newsletters count.
BY_DAY = """
SELECT (occurred_at AT TIME ZONE %s)::date AS day, kind, count(*) FROM subscribers_event
WHERE kind = ANY(%s) AND occurred_at >= %s AND evidence <> 'machine'
    AND (object_kind <> 'purpose' OR object_key IN (SELECT key FROM subscribers_purpose WHERE kind = 'newsletter'))
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Figure:
    """One number of the first page."""

    label: str
    value: str
    note: str  # what it is counted against or since when
    url: str = ""
    points: str = ""  # of an SVG polyline, WIDTH × HEIGHT; empty where nothing happened


@dataclass(frozen=True)
class Coming:
    """Something that will happen by itself."""

    at: datetime
    title: str
    what: str
    url: str


def coming(now: datetime) -> list[Coming]:
    """Mailings and pages that leave or appear in the next seven days, the nearest first. Two queries."""
    until = now + AHEAD
    mailings = Mailing.objects.filter(state=Mailing.State.SCHEDULED, scheduled_at__range=(now, until))
    pages = Revision.page_revisions.filter(approved_go_live_at__range=(now, until)).order_by("approved_go_live_at")
    found = [
        Coming(one.scheduled_at, one.title, _("is sent"), reverse("office_mailing", args=[one.pk]))
        for one in mailings
        if one.scheduled_at
    ]
    found += [
        Coming(one.approved_go_live_at, one.object_str, _("appears"), edit_url(one.object_id))
        for one in pages[:N_COMING]
    ]
    return sorted(found, key=lambda one: one.at)[:N_COMING]


def edit_url(page_id: int | str) -> str:
    """Where a page is edited."""
    return reverse("wagtailadmin_pages:edit", args=[page_id])


def walking() -> list[tuple[Journey, int]]:
    """Live journeys with the number of people in them, the fullest first. Two queries."""
    inside = dict(Run.objects.filter(state=Run.State.OPEN).order_by().values_list("journey").annotate(n=Count("id")))
    journeys = Journey.objects.filter(state=Journey.State.LIVE)
    return sorted(((one, inside.get(one.pk, 0)) for one in journeys), key=lambda pair: -pair[1])[:6]


def figures(now: datetime) -> list[Figure]:
    """Readers, the last issue, reading, complaints; one look at the events of four weeks for all."""
    days = by_day(now, KINDS)
    return [_readers(days), _last_issue(days), _reading(days), _complaints(days, now)]


def by_day(now: datetime, kinds: Iterable[str]) -> dict[str, list[int]]:
    """How many of each kind on each of the last N_DAYS days, today last."""
    today = timezone.localdate(now)
    first = today - timedelta(days=N_DAYS - 1)
    found = {kind: [0] * N_DAYS for kind in kinds}
    with connection.cursor() as cursor:
        zone = timezone.get_current_timezone_name()
        cursor.execute(BY_DAY, [zone, list(found), now - timedelta(days=N_DAYS)])
        for day, kind, n in cursor.fetchall():
            if day >= first:
                found[kind][(day - first).days] = n
    return found


def sparkline(values: list[int]) -> str:
    """The points of a line through the values; empty where all are the same."""
    low, high = min(values), max(values)
    if low == high:
        return ""
    step = WIDTH / (len(values) - 1)
    return " ".join(
        f"{number * step:.1f},{HEIGHT - 2 - (value - low) / (high - low) * (HEIGHT - 4):.1f}"
        for number, value in enumerate(values)
    )


def _readers(days: dict[str, list[int]]) -> Figure:
    n = (
        Permission.objects.filter(is_given=True, purpose__kind=Purpose.Kind.NEWSLETTER, subscriber__state=State.ACTIVE)
        .values("subscriber")
        .distinct()
        .count()
    )
    net = [come - gone for come, gone in zip(days[Kind.CONSENT_CONFIRMED], days[Kind.CONSENT_WITHDRAWN], strict=True)]
    sums = [sum(net[: number + 1]) for number in range(len(net))]
    note = _("%(change)+d newsletters subscribed to, less those left, in four weeks") % {"change": sums[-1]}
    return Figure(
        _("Readers of a newsletter"),
        f"{n}",
        note,
        reverse("wagtailsnippets_subscribers_subscriber:list"),
        sparkline(sums),
    )


def _last_issue(days: dict[str, list[int]]) -> Figure:
    sent = Mailing.objects.filter(state=Mailing.State.FINISHED, is_standing=False).order_by("-finished_at").first()
    if sent is None:
        return Figure(_("Clicked in the last issue"), "–", _("no issue was sent yet"), reverse("office_mailings"))
    n_people = report.n_clickers(sent)
    note = _("of %(n)d who let us count: %(title)s") % {"n": report.n_trackable(sent), "title": sent.title}
    url = reverse("office_mailing", args=[sent.pk])
    return Figure(_("Clicked in the last issue"), f"{n_people}", note, url, sparkline(days[Kind.LINK_CLICKED]))


def _reading(days: dict[str, list[int]]) -> Figure:
    reads = days[Kind.PAGE_READ]
    return Figure(
        _("Pieces read"),
        f"{sum(reads)}",
        _("in four weeks, by those who let us count"),
        "",
        sparkline(reads),
    )


def _complaints(days: dict[str, list[int]], now: datetime) -> Figure:
    recent = Delivery.objects.filter(state=Delivery.State.ACCEPTED, done_at__gte=now - timedelta(days=N_DAYS))
    n_accepted = recent.filter(mailing__purpose_class__in=WANTED).count()
    n = sum(days[Kind.MAIL_COMPLAINED])
    value = f"{number_format(1000 * n / n_accepted, 1)} ‰" if n_accepted else "–"
    note = _("%(n)d of %(accepted)d mails in four weeks") % {"n": n, "accepted": n_accepted}
    return Figure(_("Called spam"), value, note, "", sparkline(days[Kind.MAIL_COMPLAINED]))
