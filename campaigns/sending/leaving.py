"""Moves mailings on when their time has come: undo window over → people frozen → sending → sent.

Called by the tick; each step is safe to repeat, and a crash in the middle leaves the step before.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import audience
from campaigns.models import Mailing
from campaigns.rendering import checks, versions
from campaigns.sending import ledger, mailing

State = Mailing.State
# A schedule this late is not kept silently: the machine may have slept through it (reliability: D10).
LATENESS = timedelta(hours=2)
# The audience may differ by so much from what the review page said before somebody must look again.
DEVIATION = 0.10
DEVIATION_PEOPLE = 20  # and by at least so many: small lists move by single people


def move_on(now: datetime) -> int:
    """Take every step that is due; gives how many mailings moved."""
    return begin_due(now) + freeze_due(now) + finish_done(now)


def begin_due(now: datetime) -> int:
    """Let mailings go whose undo window or schedule has passed, or hold them for a reason somebody must see."""
    due = Mailing.objects.filter(state__in=[State.HOLDING, State.SCHEDULED], scheduled_at__lte=now)
    return sum(begin(one, now) for one in due.select_related("created_by"))


def begin(one: Mailing, now: datetime) -> bool:
    """Let one mailing go whose time has come, or hold it; False when it had gone already."""
    obstacle = _obstacle(one, now)
    if obstacle:
        return mailing.hold(one, obstacle)
    # The moment too: whoever moved it to another day since that look wins.
    due = Mailing.objects.filter(pk=one.pk, state=one.state, scheduled_at=one.scheduled_at)
    return bool(due.update(state=State.FREEZING))


def _obstacle(one: Mailing, now: datetime) -> str:
    """Why a mailing may not begin now; empty where nothing is in its way."""
    if one.scheduled_at and now - one.scheduled_at > LATENESS:
        late = timezone.localtime(one.scheduled_at).strftime("%d/%m %H:%M")
        return _("It should have left at %(when)s, and that is too long ago to send it without asking.") % {
            "when": late
        }
    if one.created_by and not one.created_by.has_perm("campaigns.send_mailing"):
        return _("Whoever scheduled it may no longer send.")
    return ""


def freeze_due(now: datetime) -> int:
    """Write messages and people down for good, then let the mails go."""
    return sum(freeze(pk, now) for pk in Mailing.objects.filter(state=State.FREEZING).values_list("pk", flat=True))


def freeze(pk: int, now: datetime) -> bool:
    """Write one mailing's messages and people down; False where there is nothing to do or it was held.

    All in one transaction under a lock of its own: a killed hand leaves nothing half frozen.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('freeze'), %s)", [pk])
            if not cursor.fetchone()[0]:
                return False
        one = Mailing.objects.filter(pk=pk, state=State.FREEZING).first()
        if one is None:
            return False
        why = _missing(one, now)
        if why:
            return mailing.hold(one, why)
        n_rows = audience.freeze(one, now=now)
        Mailing.objects.filter(pk=pk).update(n_candidates=n_rows, is_snapshot_complete=True, **_as_saved(one))
        n_going = one.deliveries.filter(state=ledger.State.QUEUED).count()
        if one.n_expected is not None and deviates(one.n_expected, n_going):
            numbers = {"then": one.n_expected, "now": n_going}
            return mailing.hold(one, _("The review page said %(then)d people, now it would go to %(now)d.") % numbers)
        moved = Mailing.objects.filter(pk=pk, state=State.FREEZING).update(state=State.SENDING, started_at=now)
        return bool(moved)


def _missing(one: Mailing, now: datetime) -> str:
    """Compile every language now, so that all readers get what stood there at this moment; gives what is in the way."""
    if one.issue is None:
        return _("Its issue was deleted.")
    issue = one.issue.get_latest_revision_as_object()
    if trouble := audience.trouble(issue):
        return trouble
    stops = (finding for finding in checks.run(issue, now=now) if finding.level == checks.Level.STOP)
    if stop := next(stops, None):
        return _("It was saved since with something that stops it: %(why)s") % {"why": stop.text}
    try:
        for language in audience.languages(one.issue):
            versions.ensure(one, language, now=now)
    except versions.NotReady as error:
        return str(error)
    return ""


def _as_saved(one: Mailing) -> dict[str, Any]:  # Any: columns of a mailing
    """What a scheduled mailing takes from its issue only now, because it may have been saved since."""
    issue = one.issue.get_latest_revision_as_object() if one.issue else None
    return {"purpose": issue.newsletter.purpose, "title": issue.subject or issue.title} if issue else {}


def deviates(expected: int, found: int) -> bool:
    """Whether a number of people is too far from the one that somebody saw to go on without asking."""
    return abs(found - expected) > max(DEVIATION_PEOPLE, DEVIATION * expected)


def finish_done(now: datetime) -> int:
    """End what has nothing left to do and whose sum is right; hold what has nothing left and a wrong sum."""
    leaving = Mailing.objects.filter(state=State.SENDING, is_standing=False, is_snapshot_complete=True)
    return sum(finish(one, now) for one in leaving) + sweep_cancelled()


def finish(one: Mailing, now: datetime) -> bool:
    """End one mailing if nothing of it waits, or hold it for its wrong sum; False while something waits."""
    if ledger.has_waiting(one.pk):
        return False
    counts = ledger.counts(one.pk)
    if any(counts[state] for state in ledger.WAITING):
        return False  # somebody gave a row another try since that look
    n_settled = sum(counts.values())
    if n_settled == one.n_candidates:
        sending = Mailing.objects.filter(pk=one.pk, state=State.SENDING)
        return bool(sending.update(state=State.FINISHED, finished_at=now))
    numbers = {"rows": n_settled, "people": one.n_candidates}
    return mailing.hold(one, _("%(rows)d rows stand for %(people)d people.") % numbers)


def sweep_cancelled() -> int:
    """Give up rows that a hand gave back after their mailing was cancelled; gives how many mailings had some."""
    waiting = [ledger.State.QUEUED, ledger.State.DEFERRED]
    left = Mailing.objects.filter(state=State.CANCELLED, deliveries__state__in=waiting).distinct()
    return sum(bool(ledger.exclude_waiting(one.pk, ledger.Reason.CANCELLED)) for one in left)
