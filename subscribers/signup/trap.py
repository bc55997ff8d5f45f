"""Is a person filling this form? A signed time, a field nobody sees, and the words that were shown.

The token stands in for CSRF protection too: a page from a cache can carry it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from subscribers import digests, tokens

PURPOSE = "signup"
FIELD = "seal"
TOO_FAST = timedelta(seconds=2)
TOO_OLD = timedelta(hours=2)


class Verdict(Enum):
    """What the trap says about one posting."""

    PERSON = "person"
    MACHINE = "machine"  # the hidden field was filled
    TOO_FAST = "too fast"
    TOO_OLD = "too old"  # or no genuine token: the page comes again, filled


@dataclass(frozen=True)
class Trap:
    """What goes into a form that is shown."""

    token: str
    honeypot: str  # name of the field nobody sees


@dataclass(frozen=True)
class Judgement:
    """What came back."""

    verdict: Verdict
    wording_ids: tuple[int, ...]  # the words that stood on the page; empty without a genuine token


def make(subject: str, *, now: datetime, wording_ids: Iterable[int] = ()) -> Trap:
    """A fresh trap for the form named `subject`, remembering which wordings it shows."""
    shown = "-".join(str(number) for number in wording_ids)
    return Trap(tokens.make(PURPOSE, subject, shown, _milliseconds(now), now=now), honeypot_name(now.date()))


def honeypot_name(day: date) -> str:
    """Another name each day, so that a robot's list of names to spare is never right for long."""
    return f"website_{digests.of(f'honeypot {day.isoformat()}')[:4].hex()}"


def judge(subject: str, data: Mapping[str, str], *, now: datetime) -> Judgement:
    """What the posted values say about who posted them."""
    if any(data.get(honeypot_name(now.date() - timedelta(days=days))) for days in (0, 1)):
        return Judgement(Verdict.MACHINE, ())
    try:
        token = tokens.read(PURPOSE, data.get(FIELD, ""), now=now, max_age=TOO_OLD)
    except tokens.BadToken:
        return Judgement(Verdict.TOO_OLD, ())
    if token.is_expired or token.values[0] != subject:
        return Judgement(Verdict.TOO_OLD, ())
    shown = tuple(int(number) for number in token.values[1].split("-") if number)
    is_too_fast = _milliseconds(now) - int(token.values[2]) < TOO_FAST / timedelta(milliseconds=1)
    return Judgement(Verdict.TOO_FAST if is_too_fast else Verdict.PERSON, shown)


def _milliseconds(at: datetime) -> int:
    """A token's own time counts whole seconds, too coarse for two of them."""
    return int(at.timestamp() * 1000)
