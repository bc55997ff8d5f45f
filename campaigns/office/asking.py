"""When pressing Send is not enough: many people are confirmed, very many are counted aloud.

The number that was seen comes back with the button; a list that has changed since asks again.
"""

from campaigns.sending import leaving

MANY = 1_000  # people; beyond, the button opens a question with the exact number
VERY_MANY = 10_000  # people; beyond, the number is typed


def is_needed(n_people: int) -> bool:
    """Whether to ask before so many people are written to."""
    return n_people > MANY


def is_typed(n_people: int) -> bool:
    """Whether the answer is the number itself, by hand."""
    return n_people > VERY_MANY


def is_answered(n_people: int, *, seen: str, typed: str) -> bool:
    """Whether somebody has said yes to about so many people.

    Takes: `seen`, the number the question showed; `typed`, what was written under it ("12.345", "12 345").
    """
    if not is_needed(n_people):
        return True
    n_seen = _number(seen)
    if n_seen is None or leaving.deviates(n_seen, n_people):
        return False
    return not is_typed(n_people) or is_repeated(seen, typed)


def is_repeated(seen: str, typed: str) -> bool:
    """Whether somebody typed the number that was shown, however they write thousands."""
    return _number(typed) is not None and _number(typed) == _number(seen)


def _number(text: str) -> int | None:
    digits = "".join(letter for letter in text if letter in "0123456789")
    return int(digits) if 0 < len(digits) < 12 else None
