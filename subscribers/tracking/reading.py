"""A page was read: said by the page's own script, counted for a person only while that person allows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from subscribers import consent, events, judging, tokens
from subscribers.models import Kind
from subscribers.signup.limits import HOUR, Limit, passes
from subscribers.tracking import pages

TOKEN_LIFE = timedelta(days=1)  # as long as a tab stays open
MAX_BYTES = 2_048  # of a telling; ours have 150
MAX_SECONDS = 86_400
MAX_PAGE = 2**31 - 1
# A firm behind one address reads a mail in one morning; a program does not stop there.
NETWORK_HOUR = Limit("read-network-hour", 1_200, HOUR)
PAGE_HOUR = Limit("read-page-hour", 3, HOUR)  # readers without a name, of one page, from one network
EVERYBODY_MINUTE = Limit("read-everybody-minute", 3_000, 60)


@dataclass(frozen=True, slots=True)
class Telling:
    """What the script said."""

    token: str
    page_id: int
    seconds: int
    depth: int  # per cent of the text that came into sight


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose link it was."""

    subscriber_id: int
    delivery_id: int


def parse(body: bytes) -> Telling | None:
    """The telling in a form-encoded body; None for anything else, however strange."""
    if len(body) > MAX_BYTES:
        return None
    try:
        told = parse_qs(body.decode(), max_num_fields=10, strict_parsing=False)
        token, page, seconds, depth = (told.get(name, [""])[0] for name in ("token", "page", "seconds", "depth"))
        telling = Telling(token, _number(page), _number(seconds), _number(depth))
    except ValueError:
        return None
    is_likely = 0 < telling.page_id <= MAX_PAGE and 0 < telling.seconds <= MAX_SECONDS and telling.depth <= 100
    return telling if is_likely else None


def _number(text: str) -> int:
    """Decimal digits and nothing else. Raises: ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise ValueError(text)
    return int(text)


def hear(telling: Telling, *, agent: str, network: str, now: datetime) -> events.Event | None:
    """Record the reading: the person's while the permission stands, else one without anybody in it.

    Gives: the event; None where it was told before, is too much, or the page is not ours.
    """
    everybody = passes(EVERYBODY_MINUTE, "everybody", now=now)
    if not everybody or not passes(NETWORK_HOUR, network, now=now):
        return None
    about = pages.about(telling.page_id)
    if not about:
        return None
    reader = reader_of(telling, now=now)
    if reader is None and not passes(PAGE_HOUR, f"{network} {telling.page_id}", now=now):
        return None
    return events.record_many([event_of(telling, reader, about, agent, now)], now=now)[0]


def reader_of(telling: Telling, *, now: datetime) -> Reader | None:
    """Whose reading it is; None without a fresh token for this very page or without permission now."""
    try:
        token = tokens.read(tokens.READ, telling.token, now=now, max_age=TOKEN_LIFE)
        subscriber_id, page_id, delivery_id = token.ids()
    except ValueError:  # a bad token, or one with other values
        return None
    if token.is_expired or page_id != telling.page_id or not consent.may_track(subscriber_id):
        return None
    return Reader(subscriber_id, delivery_id)


def event_of(
    telling: Telling, reader: Reader | None, about: dict[str, object], agent: str, now: datetime
) -> events.NewEvent:
    """The event that tells of one reading; of nobody where there is no reader."""
    verdict = judging.judge(judging.Act(kind=Kind.PAGE_READ, agent=agent, method="POST"))
    payload: dict[str, object] = {**about, "seconds": telling.seconds, "depth": telling.depth}
    key = ""
    if reader is not None:
        payload |= {"delivery": reader.delivery_id, "agent": agent[:512]}
        key = f"read:{reader.subscriber_id}:{telling.page_id}:{reader.delivery_id}:{now:%Y%m%d}"
    return events.NewEvent(
        kind=Kind.PAGE_READ,
        subscriber_id=reader.subscriber_id if reader else None,
        object_kind="page",
        object_key=str(telling.page_id),
        occurred_at=now,
        source="site",
        key=key,
        evidence=verdict.evidence,
        reason=verdict.reason,
        payload=payload,
    )
