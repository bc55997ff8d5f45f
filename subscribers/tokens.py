"""What a link may do: signed tokens, each bound to one purpose and to the rows it names.

A token is URL-safe text: a 16-byte keyed BLAKE2b over the purpose and the body, then the body (issue time and
values). Tokens name ids and hold no address; whoever reads one must still look the row up.

| purpose | values | lives |
| --- | --- | --- |
| confirm, refuse | signup id, delivery id (0: none) | as long as the sign-up says / no end |
| home | subscriber id | 90 days |
| leave | subscriber id, purpose id (0: all), delivery id (0: none) | no end: leaving never expires |
| undo | subscriber id, the purpose ids taken away, joined by `-` | 1 day |
| export, erase | subscriber id | 1 day |
| address | subscriber id, mail request id | 1 day |
| why, resource, click, read | as their own rooms say | as their own rooms say |
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import Final

from django.conf import settings

CONFIRM: Final = "confirm"
REFUSE: Final = "refuse"
HOME: Final = "home"
LEAVE: Final = "leave"
WHY: Final = "why"
RESOURCE: Final = "resource"
EXPORT: Final = "export"
ERASE: Final = "erase"
ADDRESS: Final = "address"
CLICK: Final = "click"
READ: Final = "read"
UNDO: Final = "undo"
LIVES: Final = {
    HOME: timedelta(days=90),
    UNDO: timedelta(days=1),
    EXPORT: timedelta(days=1),
    ERASE: timedelta(days=1),
    ADDRESS: timedelta(days=1),
}

MAC_SIZE = 16  # bytes: 128 bits, as many as an unguessable id has
SEPARATOR = "\x1f"
MAX_LENGTH = 1024  # characters of a token; ours stay below 100
CLICK_BODY = Struct(">QH")  # delivery id, link position
TIME = Struct(">I")  # seconds since 1970, enough until 2106


class BadToken(ValueError):
    """Not a token of ours for this purpose; nobody is told why."""


@dataclass(frozen=True)
class Token:
    """A genuine token."""

    values: tuple[str, ...]  # as they were given, as text
    issued_at: datetime  # UTC, to the second
    is_expired: bool  # older than the max_age it was read with

    def ids(self) -> tuple[int, ...]:
        """The values as whole numbers. Raises BadToken when one is none."""
        try:
            return tuple(int(value) for value in self.values)
        except ValueError as error:
            raise BadToken from error


def make(purpose: str, *values: int | str, now: datetime) -> str:
    """A token for this purpose and these values, URL-safe.

    Raises: ValueError when a value holds the separator character.
    """
    texts = [str(value) for value in values]
    if any(SEPARATOR in text for text in texts):
        raise ValueError("a token's value holds the separator")
    body = TIME.pack(int(now.timestamp())) + SEPARATOR.join(texts).encode()
    return _text(_mac(settings.SECRET_KEY, purpose, body) + body)


def read(purpose: str, token: str, *, now: datetime, max_age: timedelta | None = None) -> Token:
    """What a genuine token holds. Without `max_age` the purpose's own life counts, if it has one.

    Raises: BadToken for anything else: garbage, another purpose, a changed byte.
    """
    body = _checked(purpose, token)
    if len(body) < TIME.size:
        raise BadToken
    issued_at = datetime.fromtimestamp(TIME.unpack_from(body)[0], UTC)
    text = body[TIME.size :].decode()
    life = max_age or LIVES.get(purpose)
    return Token(
        values=tuple(text.split(SEPARATOR)) if text else (),
        issued_at=issued_at,
        is_expired=life is not None and issued_at + life < now,
    )


def make_click(delivery_id: int, link_position: int) -> str:
    """The token of one link in one mail; 35 characters."""
    body = CLICK_BODY.pack(delivery_id, link_position)
    return _text(_mac(settings.SECRET_KEY, CLICK, body) + body)


def read_click(token: str) -> tuple[int, int]:
    """Delivery id and position of a click token. Raises: BadToken."""
    body = _checked(CLICK, token)
    if len(body) != CLICK_BODY.size:
        raise BadToken
    delivery_id, link_position = CLICK_BODY.unpack(body)
    return delivery_id, link_position


def _checked(purpose: str, token: str) -> bytes:
    raw = _bytes(token)
    mac, body = raw[:MAC_SIZE], raw[MAC_SIZE:]
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    # Every key is tried, whatever the first says: the time tells nothing.
    matches = [hmac.compare_digest(mac, _mac(key, purpose, body)) for key in keys]
    if not any(matches):
        raise BadToken
    return body


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(token: str) -> bytes:
    if len(token) > MAX_LENGTH or not token.isascii():
        raise BadToken
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError as error:
        raise BadToken from error
    if _text(raw) != token:  # another spelling of the same bytes is not the token we gave
        raise BadToken
    return raw


def _mac(key: str, purpose: str, body: bytes) -> bytes:
    hasher = _keyed(key, purpose).copy()
    hasher.update(body)
    return hasher.digest()


@lru_cache(maxsize=128)
def _keyed(key: str, purpose: str) -> "blake2b":
    short_key = blake2b(key.encode(), digest_size=32, person=b"circolare.token").digest()
    hasher = blake2b(key=short_key, digest_size=MAC_SIZE)
    hasher.update(purpose.encode() + b"\x00")
    return hasher
