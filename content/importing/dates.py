"""Dates as people and systems write them."""

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

ITALIAN = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:[ ,]+(\d{1,2}:\d{2}(?::\d{2})?))?$")
IN_NAME = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?=\D|$)")


def read(written: str) -> datetime | None:
    """The instant a text names, aware; without a zone it is the site's time. None where it names none.

    Takes: ISO 8601, `2026/03/01`, `1/3/2026` (day first), RFC 2822, `2023-01-02 16:55:00 +0100`.
    """
    text = written.strip()
    try:
        found = parse_datetime(text) or parse_datetime(text.replace("/", "-")) or _day(text) or _italian(text)
    except ValueError:  # well formed, but no day of any calendar: 2026-02-31
        return None
    return _aware(found or _mail_date(text))


def of_name(file_name: str) -> datetime | None:
    """The date a file's name begins with or holds, as in `2026-03-01-a-title.md`."""
    match = IN_NAME.search(file_name)
    return read(match[0]) if match else None


def utc(written: str) -> datetime | None:
    """The instant of a text that is known to be in UTC; None for the zeros of an unset date."""
    try:
        found = parse_datetime(written.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.year > 1 else None


def _day(text: str) -> datetime | None:
    day = parse_date(text.replace("/", "-"))
    return datetime.combine(day, time()) if day else None


def _italian(text: str) -> datetime | None:
    match = ITALIAN.match(text)
    if match is None:
        return None
    day = date(int(match[3]), int(match[2]), int(match[1]))
    return datetime.combine(day, time.fromisoformat(match[4].zfill(5)) if match[4] else time())


def _mail_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _aware(found: datetime | None) -> datetime | None:
    if found is None or not 1 < found.year < 9999:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
