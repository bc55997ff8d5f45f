"""The head of a mail: what receivers sort, answer, trust and leave by (RFC 5322, 2047, 2369, 2919, 8058).

Values are folded by us and end in CRLF; no value can hold a line break of its own.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from uuid import UUID

from django.conf import settings

from campaigns.rendering.liquid import one_line

CRLF = "\r\n"
MAX_LINE = 76
MAX_WORD = 45  # bytes of UTF-8 in one encoded word: 60 of base64 and 12 around it, below the 75 of RFC 2047
MAX_UNFOLDED = 900  # a single word longer than this could not stand on a line of 998
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", re.ASCII)
SPECIAL = re.compile(r'(["\\])')
LOCAL_PART = re.compile(r"[^\s\x00-\x20\x7f-\x9f@<>()\[\],;:\\\"]+")
VERP = re.compile(r"b-([0-9a-f]{32})-([0-9a-f]{16})", re.ASCII | re.IGNORECASE)
VERP_MAC = 8  # bytes: a forged bounce would have to guess 64 bits


class BadHeader(ValueError):
    """A value that has no safe form in a head; the text says which."""


def phrase(name: str) -> str:
    """A display name: as it is, quoted, or as encoded words; empty for nothing."""
    text = one_line(name)
    if not text:
        return ""
    if not text.isascii() or "=?" in text or _longest_word(text) > MAX_UNFOLDED:
        return encoded_words(text)
    if not ATOMS.fullmatch(text):
        text = '"' + SPECIAL.sub(r"\\\1", text) + '"'
    return _folded(text) if len(text) > MAX_LINE - 10 else text


def encoded_words(text: str) -> str:
    """The text as RFC 2047 words, each on a line of its own; no character is cut."""
    return f"{CRLF} ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in _chunks(text))


def _chunks(text: str) -> Iterator[bytes]:
    chunk = b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > MAX_WORD:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk


def mailbox(name: str, address: str) -> str:
    """`Name <address>`, the address on a line of its own where both do not fit.

    Raises: BadHeader, when the address could be read as more than one mailbox.
    """
    local, _at, domain = address.rpartition("@")
    if not LOCAL_PART.fullmatch(local) or not re.fullmatch(r"[A-Za-z0-9.-]+", domain):
        raise BadHeader("the address has no safe form in a head")
    written = phrase(name)
    if not written:
        return address
    gap = " " if CRLF not in written and len(written) + len(address) < MAX_LINE - 14 else f"{CRLF} "
    return f"{written}{gap}<{address}>"


def text(value: str) -> str:
    """An unstructured value such as a subject, folded at spaces."""
    line = one_line(value)
    if not line.isascii() or "=?" in line or _longest_word(line) > MAX_UNFOLDED:
        return encoded_words(line)
    return _folded(line)


def _longest_word(line: str) -> int:
    return max(map(len, line.split(" ")))


def _folded(line: str) -> str:
    """Broken before single spaces; a line never holds blanks alone."""
    lines, current = [], ""
    for word in re.split(r"(?<! ) (?! )", line):
        if current and len(current) + 1 + len(word) > MAX_LINE - 10:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return f"{CRLF} ".join([*lines, current])


def date(now: datetime) -> str:
    """RFC 5322 3.3."""
    return format_datetime(now)


def domain_of(address: str) -> str:
    """The domain of an address whose domain is in A-labels already."""
    return address.rpartition("@")[2].lower()


def message_id(delivery_uid: UUID, sender_domain: str) -> str:
    """The same for every try of one delivery; tells nobody its number."""
    digest = _mac(settings.CIRCOLARE_DIGEST_KEY, b"message-id", delivery_uid.bytes, 16)
    return f"<{digest.hex()}@{sender_domain}>"


def list_id(name: str, key: str, sender_domain: str) -> str:
    """RFC 2919: the name may change, the part in brackets never does."""
    return f"{phrase(name)}{CRLF} <{key}.{sender_domain}>"


def envelope_sender(delivery_uid: UUID, sender_domain: str) -> str:
    """The address that bounces come to: names the delivery, and proves that we made it."""
    mac = _mac(settings.CIRCOLARE_DIGEST_KEY, b"verp", delivery_uid.bytes, VERP_MAC)
    return f"b-{delivery_uid.hex}-{mac.hex()}@{sender_domain}"


def read_verp(address: str) -> UUID | None:
    """The delivery whose bounce came to this address; None for an address we never made."""
    match = VERP.fullmatch(address.strip("<> ").rpartition("@")[0])
    if match is None:
        return None
    raw, mac = (bytes.fromhex(part) for part in match.groups())
    keys = (settings.CIRCOLARE_DIGEST_KEY, *settings.CIRCOLARE_DIGEST_KEY_FALLBACKS)
    genuine = [compare_digest(mac, _mac(key, b"verp", raw, VERP_MAC)) for key in keys]
    return UUID(bytes=raw) if any(genuine) else None


def _mac(key: str, purpose: bytes, body: bytes, size: int) -> bytes:
    hasher = _keyed(key, purpose, size).copy()
    hasher.update(body)
    return hasher.digest()


@lru_cache(maxsize=32)
def _keyed(key: str, purpose: bytes, size: int) -> "blake2b":
    short_key = blake2b(key.encode(), digest_size=32, person=b"circolare.head").digest()
    return blake2b(key=short_key, digest_size=size, person=purpose)
