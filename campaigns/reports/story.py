"""What happened to a mailing, and by whose hand: its own row and the log of the office, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_user_display_name
from wagtail.models import ModelLogEntry, PageLogEntry
from wagtail.models.audit_log import BaseLogEntry

from campaigns.journeys import durations
from campaigns.models import Mailing
from content import dates

ACTIONS = "circolare.mailing."
SENT = f"{ACTIONS}send"  # the row itself tells it better
# The undo window is shorter, whatever it is set to: what leaves later than this was given a day.
LONGEST_WINDOW = timedelta(minutes=5)
AFTERWARDS = timedelta(seconds=5)  # the log is written after the row


@dataclass(frozen=True)
class Happening:
    """One line of the mailing's log."""

    at: datetime
    what: str
    who: str = ""  # empty: it happened by itself


def of(mailing: Mailing) -> list[Happening]:
    """Everything that is known; two queries."""
    return sorted([*_of_row(mailing), *_of_log(mailing)], key=lambda one: one.at)


def took(mailing: Mailing) -> str:
    """How long it was on its way, in words; empty while it is, and where it never left."""
    if not mailing.started_at or not mailing.finished_at:
        return ""
    return durations.words(max(1, round((mailing.finished_at - mailing.started_at).total_seconds())))


def by(mailing: Mailing) -> str:
    """Who pressed the button; empty where nobody did or the colleague is gone."""
    return str(get_user_display_name(mailing.created_by)) if mailing.created_by else ""


def _of_row(mailing: Mailing) -> Iterator[Happening]:
    yield Happening(mailing.created_at, _begun(mailing), by(mailing))
    if mailing.started_at:
        yield Happening(mailing.started_at, _("Began to leave"))
    if mailing.finished_at and mailing.state == Mailing.State.FINISHED:
        yield Happening(mailing.finished_at, _("Ended"))


def _begun(mailing: Mailing) -> str:
    if mailing.scheduled_at and mailing.scheduled_at - mailing.created_at > LONGEST_WINDOW:
        return _("Scheduled for %(when)s") % {"when": dates.written(mailing.scheduled_at, "l j F Y, H:i")}
    return _("Sent")


def _of_log(mailing: Mailing) -> Iterator[Happening]:
    """The entries of its issue while it was the issue's mailing: an issue has one at a time."""
    is_its_own = Q(data__mailing=mailing.pk) | Q(data__mailing__isnull=True)  # older entries name none
    entries = _entries(mailing).filter(is_its_own, action__startswith=ACTIONS, timestamp__gte=mailing.created_at)
    if mailing.finished_at:
        entries = entries.filter(timestamp__lte=mailing.finished_at + AFTERWARDS)
    for entry in entries.exclude(action=SENT).select_related("user"):
        yield Happening(entry.timestamp, str(entry.message), str(entry.user_display_name))


def _entries(mailing: Mailing) -> QuerySet[BaseLogEntry]:
    if mailing.issue_id:
        return PageLogEntry.objects.filter(page=mailing.issue_id)
    return ModelLogEntry.objects.for_instance(mailing)
