"""Clicks, readings and downloads, told as their doors tell them, each at its own moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from campaigns import clicks
from campaigns.models import Delivery
from campaigns.sample.living.world import World
from campaigns.sample.model.acts import Click, Reading, Take
from content.models import ResourcePage
from subscribers import events
from subscribers.grants import granting, taking
from subscribers.tracking import pages, reading

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SCANNER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"
)
TO_DOWNLOAD = timedelta(seconds=40)
SCAN_SECONDS = 0.3  # from link to link


def tell(world: World, done: Sequence[Click | Reading], *, now: datetime) -> None:
    """Record what was seen of people, in the order given."""
    acts = [_click(world, act) if isinstance(act, Click) else _reading(world, act) for act in done]
    _record(acts, now)


def _record(acts: Sequence[events.NewEvent], now: datetime) -> None:
    """Told once and at once: without a key to know a second telling by, and without waiting for company."""
    told = [replace(act, key="", hold_seconds=0, is_sample=True) for act in acts]
    events.record_many(told, now=now)


def _agent(number: int) -> str:
    return PHONE if number % 3 else DESK


def _click(world: World, act: Click) -> events.NewEvent:
    row = world.mails[act.reader, act.mail]
    page_id = world.page(act.piece, row.locale)
    links = clicks.destinations(row.version_id or 0)
    position = next(place for place, link in links.items() if link.page_id == page_id)
    visit = clicks.Visit("GET", _agent(act.reader), is_datacentre=False, at=act.at)
    return clicks.event_of(_mail(row, act.at), position, links[position], visit)


def _mail(row: Delivery, at: datetime) -> clicks.Mail:
    seconds = (at - (row.done_at or at)).total_seconds()
    return clicks.Mail(row.pk, row.subscriber_id, row.mailing_id, row.version_id, seconds, may_record=True)


def _reading(world: World, act: Reading) -> events.NewEvent:
    row = world.mails[act.reader, act.mail]
    page_id = world.page(act.piece, row.locale)
    telling = reading.Telling("", page_id, act.seconds, act.depth)
    reader = reading.Reader(row.subscriber_id or 0, row.pk)
    return reading.event_of(telling, reader, pages.about(page_id), _agent(act.reader), act.at)


def scan(world: World, mail: str, *, now: datetime) -> None:
    """What servers do that follow every link of a mail as it arrives, for readers who let clicks be recorded."""
    scanned = [
        world.mails[reader.number, mail]
        for reader in world.plan.readers
        if reader.is_scanned and reader.is_tracked and (reader.number, mail) in world.mails
    ]
    _record([act for row in scanned for act in _scan(row)], now)


def _scan(row: Delivery) -> list[events.NewEvent]:
    found = []
    for place, (position, link) in enumerate(clicks.destinations(row.version_id or 0).items(), start=1):
        at = (row.done_at or row.created_at) + timedelta(seconds=SCAN_SECONDS * place)
        visit = clicks.Visit("GET", SCANNER, is_datacentre=False, at=at)
        found.append(clicks.event_of(_mail(row, at), position, link, visit))
    return found


def take(world: World, act: Take) -> None:
    """A known reader asks for a resource and downloads it."""
    person = world.people[act.reader]
    resource = ResourcePage.objects.get(pk=world.page(act.piece, person.locale))
    given = granting.grant(person, resource, now=act.at, proven=granting.BY_BROWSER)
    taking.note(taking.Taking(given, is_expired=False), agent=_agent(act.reader), now=act.at + TO_DOWNLOAD)
