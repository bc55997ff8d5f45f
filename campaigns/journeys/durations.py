"""Lengths of time: stored in seconds, edited as a number of minutes, hours or days."""

from collections.abc import Iterator
from typing import TypeGuard

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

MINUTE, HOUR, DAY = 60, 3_600, 86_400
LONGEST = 366 * 5 * DAY  # five years: longer is a slip of the hand
UNITS = (
    (MINUTE, gettext_lazy("minutes")),
    (HOUR, gettext_lazy("hours")),
    (DAY, gettext_lazy("days")),
)


def is_valid(seconds: object) -> TypeGuard[int]:
    """Whether it is a length that can be waited."""
    return isinstance(seconds, int) and not isinstance(seconds, bool) and MINUTE <= seconds <= LONGEST


def problems(seconds: object) -> Iterator[str]:
    """What is wrong with a length, as a sentence that says what to do."""
    if not is_valid(seconds):
        yield _("Say how long: from one minute to five years.")


def unit(seconds: int) -> int:
    """The largest unit that measures it without a rest."""
    return next(size for size, _label in reversed(UNITS) if seconds % size == 0 or size == MINUTE)


def words(seconds: int) -> str:
    """As people say it: "2 days", "1 hour 30 minutes"."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    parts = (
        (days, ngettext("%(n)d day", "%(n)d days", days)),
        (hours, ngettext("%(n)d hour", "%(n)d hours", hours)),
        (minutes, ngettext("%(n)d minute", "%(n)d minutes", minutes)),
    )
    said = [text % {"n": count} for count, text in parts if count]
    return " ".join(said) or ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
