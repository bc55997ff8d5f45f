"""The mailings of issues: scheduled, begun, frozen, handed over, finished; one paused on its way and resumed."""

from datetime import datetime, timedelta

from wagtail.log_actions import log
from wagtail.models import Page

from campaigns.deliverability import feedback
from campaigns.models import Delivery, IssuePage, Mailing
from campaigns.sample.living import posting
from campaigns.sample.living.world import World
from campaigns.sample.model import acts, calendar
from campaigns.sample.model.calendar import Issue
from campaigns.sending import leaving, mailing, writing
from campaigns.sending.ledger import State
from campaigns.transports import inbox
from campaigns.transports.contract import Envelope
from subscribers.models import Permission

PLANNED_BEFORE = timedelta(days=1)


class NotAsPlanned(Exception):
    """A mailing did not go as the plan says; the text names it and what was found."""


def send(world: World, issue: Issue) -> None:
    """The whole life of one mailing. Raises: NotAsPlanned."""
    page = publish(world.issues[issue.key], issue.at)
    one = mailing.for_issue(page, user=None, now=issue.at - PLANNED_BEFORE, at=issue.at)
    leaving.begin(one, issue.at)
    leaving.freeze(one.pk, issue.at)
    _leave_others_out(one)
    one.refresh_from_db()
    if one.state != Mailing.State.SENDING:
        raise NotAsPlanned(f"{issue.key}: {one.get_state_display()} {one.held_reason}")

    def fate(row: Delivery) -> str:
        return world.plan.outcomes[world.numbers[row.subscriber_id or 0], issue.key]

    accepted = _hand_over(world, one, issue, fate)
    world.keep(issue.key, accepted)
    leaving.finish(one, accepted[-1].done_at or issue.at)
    _show_one(accepted[0], issue.at)


def _leave_others_out(one: Mailing) -> None:
    """Readers of somebody's own, who agreed to a newsletter of an earlier sample, were not there when this left."""
    others = Delivery.objects.filter(mailing=one, is_sample=False)
    if others.exists():
        others.delete()
        Mailing.objects.filter(pk=one.pk).update(n_candidates=one.deliveries.count())


def _hand_over(world: World, one: Mailing, issue: Issue, fate: posting.Fate) -> list[Delivery]:
    """All at once, or in two halves with a pause between them that the issue's history shows."""
    if issue.key != calendar.PAUSED:
        return world.post.hand_over(one, at=issue.at, fate=fate)
    n_half = one.deliveries.filter(state=State.QUEUED).count() // 2
    first = world.post.hand_over(one, at=issue.at, n=n_half, fate=fate)
    paused_at, resumed_at = issue.at + timedelta(minutes=2), issue.at + calendar.PAUSE
    mailing.pause(one, now=paused_at)
    log(world.issues[issue.key], "circolare.mailing.pause", title=one.title, timestamp=paused_at)
    mailing.resume(one, now=resumed_at)
    log(world.issues[issue.key], "circolare.mailing.resume", title=one.title, timestamp=resumed_at)
    return first + world.post.hand_over(one, at=resumed_at, fate=fate)


def _show_one(row: Delivery, at: datetime) -> None:
    """Put one reader's copy into the built-in inbox: enough to be looked at."""
    written = writing.prepare([row], now=at).letters[0].envelope(at)
    if isinstance(written, Envelope):
        kept = inbox.captured(written)
        kept.at, kept.is_sample = at, True
        kept.save()


def publish(page: IssuePage, at: datetime) -> IssuePage:
    """Put the issue into the archive in every language, as of that moment; gives it as it is then."""
    for one in (page, *page.get_translations()):
        if not one.live:
            one.get_latest_revision().publish(skip_permission_checks=True)
        Page.objects.filter(pk=one.pk).update(first_published_at=at, last_published_at=at)
    page.refresh_from_db()
    return page


def schedule(world: World, *, now: datetime) -> None:
    """Let the next issue wait for its day; not where it would go to readers of somebody's own."""
    page = world.issues[calendar.SCHEDULED]
    agreed = Permission.objects.filter(purpose=page.newsletter.purpose, is_given=True)
    if not agreed.filter(subscriber__is_sample=False).exists():
        mailing.for_issue(page, user=None, now=now, at=calendar.scheduled_at(world.plan.day))


def complain(world: World, issue: Issue) -> None:
    """Let those say so, some hours later, who call this mail spam; it is the first that reached them, and the last."""
    at = acts.complained_at(issue)
    for reader in world.plan.readers:
        row = world.mails.get((reader.number, issue.key))
        if row is not None and reader.fate == "complained":
            told = feedback.Told("provider:sample", f"complaint:{row.pk}", at)
            feedback.complained(row, row.mailing, told, now=at)
