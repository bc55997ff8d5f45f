"""Sums that fade: each act weighs half after HALF_LIFE, and the order of telling changes nothing, not a bit.

Adding decayed floating-point numbers gives other last digits in another order. Here an act adds a whole number,
its weight as seen from a fixed day and scaled by a power of two; whole numbers add up the same in any order,
so facts kept in batches and facts rebuilt are equal.
"""

from datetime import UTC, datetime, timedelta
from math import floor, ldexp, log2

HALF_LIFE = timedelta(days=30)  # best of 3 to 90 days at telling who comes back (personal data of a magazine's readers)
ORIGIN = datetime(2020, 1, 1, tzinfo=UTC)
GRAIN_BITS = 32  # an act of weight 1 on ORIGIN is 2**32 grains


def grains(weight: float, at: datetime) -> int:
    """What an act of this weight adds to the sum. A sum of 2026 has about 115 bits."""
    whole, part = _halvings(at)
    scaled = int(ldexp(weight * 2.0**part, GRAIN_BITS))
    return scaled << whole if whole >= 0 else scaled >> -whole


def weight(total: int, at: datetime) -> float:
    """What the sum weighs at that time."""
    whole, part = _halvings(at)
    return ldexp(float(total), -whole - GRAIN_BITS) / 2.0**part


def level(total: int) -> float:
    """The sum as a height that does not fade; compare it with `waterline`. A sum of 0 is lower than any line."""
    return log2(total) - GRAIN_BITS if total > 0 else -1e9


def waterline(weight: float, at: datetime) -> float:
    """How high a sum must be to weigh this much at that time: level ≥ waterline, without touching any row."""
    return log2(weight) + (at - ORIGIN) / HALF_LIFE


def _halvings(at: datetime) -> tuple[int, float]:
    """Half-lives since ORIGIN as whole number and rest in [0, 1)."""
    n_halvings = (at - ORIGIN) / HALF_LIFE
    whole = floor(n_halvings)
    return whole, n_halvings - whole
