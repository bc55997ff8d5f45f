"""A click in a mail: where it leads, and the event of it where its reader agreed to be counted.

The answer is a redirect to the destination stored when the mail was compiled, and to nothing else: what stands in
the address beside the token changes nothing. The event is on disk before the answer; when it cannot be written,
the reader arrives all the same.
"""

import logging
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from string import printable
from threading import Lock
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from campaigns.models import Link
from subscribers import events, judging, prepared, tokens
from subscribers.models import Evidence, Kind
from subscribers.tracking import pages

logger = logging.getLogger(__name__)
TRAP_POSITION = 0  # the link that no reader sees; those of the table begin at 1
A_DAY_EACH = 20  # clicks that a process records of one link of one mail in a day; more are a program's
REMEMBERED_LINKS = 50_000
# Scanners walk through a mail as it arrives: what is clicked then waits until its company is known.
FRESH_SECONDS = 300
HOLD_SECONDS = 4.0
CACHED_VERSIONS = 4096
NOT_ENCODED = "".join(c for c in printable if not c.isspace())
LOOK_UP = """
SELECT delivery.subscriber_id, delivery.mailing_id, delivery.version_id,
    EXTRACT(EPOCH FROM %s::timestamptz - COALESCE(delivery.done_at, delivery.claimed_at))::float,
    EXISTS (
        SELECT 1 FROM subscribers_permission AS permission JOIN subscribers_purpose AS purpose
            ON purpose.id = permission.purpose_id
        WHERE permission.subscriber_id = delivery.subscriber_id AND permission.is_given AND purpose.kind = 'tracking'
    )
FROM campaigns_delivery AS delivery WHERE delivery.id = %s
"""

_seen: OrderedDict[tuple[int, int, int], int] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Visit:
    """What the request showed."""

    method: str
    agent: str
    is_datacentre: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """What the ledger says about the mail, at this moment."""

    delivery_id: int
    subscriber_id: int | None
    mailing_id: int
    version_id: int | None
    seconds: float | None  # since it was accepted
    may_record: bool  # the person's permission stands now, whatever it was when the mail left


@dataclass(frozen=True, slots=True)
class Destination:
    """A row of the link table, the same for every reader of the version."""

    link_id: int
    url: str
    page_id: int | None
    n_links: int


def follow(token: str, visit: Visit) -> str | None:
    """The address to redirect to; None for a token that is not ours or whose mail is gone.

    Changes: one event at most, durable before this returns; safe to run twice within a second.
    Raises: DatabaseError when the destination itself cannot be looked up.
    """
    try:
        delivery_id, position = tokens.read_click(token)
    except tokens.BadToken:
        return None
    mail = _patiently(delivery_id, visit.at)
    if mail is None or mail.version_id is None:
        return None
    destination = _trap() if position == TRAP_POSITION else _destination(mail.version_id, position)
    if destination is None:
        return None
    is_recorded = mail.may_record and _record(mail, position, destination, visit)
    return location(destination.url, _reading_token(mail, destination, visit.at) if is_recorded else "")


def _patiently(delivery_id: int, now: datetime) -> Mail | None:
    """Look up, once more on a new connection where the old one was dead."""
    try:
        return _look_up(delivery_id, now)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _look_up(delivery_id, now)


def _look_up(delivery_id: int, now: datetime) -> Mail | None:
    found = prepared.rows(LOOK_UP, [now, delivery_id])
    return Mail(delivery_id, *found[0]) if found else None


def destinations(version_id: int) -> dict[int, Destination]:
    """The link table of a version by position: frozen with it, so it may be remembered for ever. Raises: KeyError."""
    return _destinations(connection.settings_dict["NAME"], version_id)


@lru_cache(maxsize=CACHED_VERSIONS)
def _destinations(database: str, version_id: int) -> dict[int, Destination]:
    rows = list(Link.objects.filter(version_id=version_id).values_list("position", "pk", "url", "page_id"))
    if not rows:
        raise KeyError(version_id)  # not remembered: the version may be on its way
    return {position: Destination(pk, url, page_id, len(rows)) for position, pk, url, page_id in rows}


def _destination(version_id: int, position: int) -> Destination | None:
    try:
        found = destinations(version_id).get(position)
    except KeyError:
        return None
    return found if found and is_web(found.url) else None


def _trap() -> Destination:
    return Destination(0, f"{settings.BASE_URL}/", None, 0)


def is_web(url: str) -> bool:
    """Whether a stored address may stand in a Location header and leads into the web."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable() and " " not in url


def location(url: str, reading_token: str = "") -> str:
    """The stored address byte for byte; letters beyond ASCII as UTF-8 in percent signs, as headers demand.

    With a token, for a page of ours, it is put into the fragment, where the page's script finds it and no
    server, log or referrer does.
    """
    exact = url if url.isascii() else quote(url, safe=NOT_ENCODED)
    return f"{exact}#r={reading_token}" if reading_token and "#" not in exact else exact


def _reading_token(mail: Mail, destination: Destination, now: datetime) -> str:
    if destination.page_id is None or mail.subscriber_id is None:
        return ""
    return tokens.make(tokens.READ, mail.subscriber_id, destination.page_id, mail.delivery_id, now=now)


def _record(mail: Mail, position: int, destination: Destination, visit: Visit) -> bool:
    """Whether the person may be counted on the page too: false where a machine clicked or nothing could be written."""
    act = event_of(mail, position, destination, visit)
    if _count(mail.delivery_id, position, visit.at) <= A_DAY_EACH:
        try:
            events.note(act, now=visit.at)
        except DatabaseError:
            logger.exception("A click on delivery %s could not be recorded", mail.delivery_id)
            return False
    return act.evidence != Evidence.MACHINE


def _count(delivery_id: int, position: int, at: datetime) -> int:
    """How many clicks on this link of this mail this process has seen today, with this one.

    In memory: asking the table would cost as much as the click itself, and a round number is not the point.
    """
    key = (delivery_id, position, at.toordinal())
    with _lock:
        n_seen = _seen.pop(key, 0) + 1
        _seen[key] = n_seen  # at the end: the oldest go first
        if len(_seen) > REMEMBERED_LINKS:
            _seen.popitem(last=False)
    return n_seen


def _act(mail: Mail, position: int, destination: Destination, visit: Visit) -> judging.Act:
    return judging.Act(
        kind=Kind.LINK_CLICKED,
        agent=visit.agent,
        method=visit.method,
        seconds=mail.seconds,
        is_trap=position == TRAP_POSITION,
        is_datacentre=visit.is_datacentre,
        position=position,
        n_links=destination.n_links,
    )


def event_of(mail: Mail, position: int, destination: Destination, visit: Visit) -> events.NewEvent:
    """The event that tells of one visit, judged by what its request showed."""
    verdict = judging.judge(_act(mail, position, destination, visit))
    is_fresh = mail.seconds is not None and mail.seconds < FRESH_SECONDS
    program = zlib.crc32(f"{visit.method} {visit.agent}".encode("utf-8", "replace"))
    return events.NewEvent(
        kind=Kind.LINK_CLICKED,
        subscriber_id=mail.subscriber_id,
        object_kind="page" if destination.page_id else "link",
        object_key=str(destination.page_id or destination.link_id),
        occurred_at=visit.at,
        source="mail",
        key=f"click:{mail.delivery_id}:{position}:{int(visit.at.timestamp())}:{program:x}",
        evidence=verdict.evidence,
        reason=verdict.reason,
        hold_seconds=HOLD_SECONDS if is_fresh else 0,
        payload=_payload(mail, position, destination, visit),
    )


def _payload(mail: Mail, position: int, destination: Destination, visit: Visit) -> dict[str, object]:
    about = pages.about(destination.page_id) if destination.page_id else {}
    seen: dict[str, object] = {"agent": visit.agent[:512], "n_links": destination.n_links}
    if mail.seconds is not None:
        seen["seconds"] = round(mail.seconds, 3)
    if visit.method != "GET":
        seen["method"] = visit.method
    if visit.is_datacentre:
        seen["datacentre"] = True
    if position == TRAP_POSITION:
        seen["trap"] = True
    return {
        **about,
        **seen,
        "url": destination.url[:2000],
        "delivery": mail.delivery_id,
        "mailing": mail.mailing_id,
        "position": position,
    }


def close_old_connection() -> None:
    """End a connection that has had its time. A dead one is found by using it: no query is spent on asking."""
    is_old = connection.close_at is not None and time.monotonic() >= connection.close_at
    if is_old and not connection.in_atomic_block:
        connection.close()
