"""Quiet hours: when does a person want no mail, and until when? Pure."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo


class BadHours(ValueError):
    """Hours that cannot be read; they look like 21-8."""


@cache
def read(text: str) -> tuple[int, int] | None:
    """`21-8` as (21, 8); None for an empty text or hours that begin where they end.

    Raises: BadHours.
    """
    if not text.strip():
        return None
    first, dash, last = (part.strip() for part in text.partition("-"))
    if not dash or not first.isdigit() or not last.isdigit() or int(first) > 23 or int(last) > 24:
        raise BadHours(f"CIRCOLARE_QUIET_HOURS must be like 21-8, not {text!r}")
    begin, end = int(first), int(last) % 24
    return None if begin == end else (begin, end)


def quiet_until(hours: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The end of the quiet hours that hold at `now` in a zone, in UTC; None while none hold.

    An end that the clock skips in spring becomes the next minute that exists.
    """
    window = read(hours)
    if window is None:
        return None
    local = now.astimezone(zone)
    if not _is_inside(local.hour, *window):
        return None
    day = local.date() + timedelta(days=1 if local.hour >= window[1] else 0)
    return datetime.combine(day, time(window[1]), zone).astimezone(UTC)


def _is_inside(hour: int, begin: int, end: int) -> bool:
    return begin <= hour < end if begin < end else hour >= begin or hour < end
