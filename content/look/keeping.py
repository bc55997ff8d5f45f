"""One copy of the look in each process, read anew when somebody saved it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

if TYPE_CHECKING:
    from content.look.shown import Look

STAMP = "look"  # in the cache: another text after every change
KEEP_SECONDS = 60.0  # no copy is older: the addresses in it may change, and a cache may lose the stamp


@dataclass(frozen=True)
class _Kept:
    look: Look
    stamp: str | None
    read_at: float  # seconds of the process's own clock


_copies: list[_Kept] = []  # one or none


def keep(read: Callable[[], Look]) -> Look:
    """The copy, made by `read` where there is none, or where it is old or others have changed the look since."""
    stamp, now = cache.get(STAMP), time.monotonic()
    if _copies and _copies[0].stamp == stamp and now - _copies[0].read_at < KEEP_SECONDS:
        return _copies[0].look
    look = read()
    _copies[:] = [_Kept(look, stamp, now)]
    return look


def drop() -> None:
    """Let this process alone read anew."""
    _copies.clear()


def forget() -> None:
    """Let this process read anew now, and all others when what was changed is committed."""
    drop()
    transaction.on_commit(lambda: cache.set(STAMP, uuid4().hex, timeout=None))
