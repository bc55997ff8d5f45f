"""Addresses we may remember without knowing them: keyed digests that survive erasure."""

from functools import lru_cache
from hashlib import blake2b

from django.conf import settings

SIZE = 32  # bytes


def of(address_key: str) -> bytes:
    """The digest of a normalised address under the current CIRCOLARE_DIGEST_KEY; 32 bytes."""
    return _digest(address_key, settings.CIRCOLARE_DIGEST_KEY)


def all_of(address_key: str) -> list[bytes]:
    """The digests under the current key and each former one: what a stored row may hold."""
    keys = [settings.CIRCOLARE_DIGEST_KEY, *settings.CIRCOLARE_DIGEST_KEY_FALLBACKS]
    return [_digest(address_key, key) for key in keys]


def _digest(address_key: str, key: str) -> bytes:
    hasher = _keyed(key).copy()
    hasher.update(address_key.encode())
    return hasher.digest()


@lru_cache(maxsize=16)
def _keyed(key: str) -> "blake2b":
    # The key of BLAKE2b is at most 64 bytes long: ours is brought to 32 first, whatever its length.
    short_key = blake2b(key.encode(), digest_size=32, person=b"circolare.digest").digest()
    return blake2b(key=short_key, digest_size=SIZE)
