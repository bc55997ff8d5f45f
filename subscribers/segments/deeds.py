"""Which events count as something a person did: one answer for sets and for one person."""

from subscribers.models import Evidence, Kind
from subscribers.totals import COUNTS

# A request shows these: without proof of a human being they do not count. The others count unless a machine did them.
NEED_PROOF = frozenset({*COUNTS, Kind.MAIL_OPENED})


def counted(kind: str) -> tuple[str, ...]:
    """The kinds of evidence with which an event of this kind counts."""
    return (Evidence.HUMAN,) if kind in NEED_PROOF else (Evidence.HUMAN, Evidence.UNSURE)
