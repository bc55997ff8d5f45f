"""Which events count in journeys: acts of people as segments count them, and what journeys themselves tell."""

from campaigns.journeys.naming import OF_JOURNEYS
from subscribers.segments import deeds


def counts(kind: str, evidence: str) -> bool:
    """Whether an event of this kind counts with this evidence."""
    return kind in OF_JOURNEYS or evidence in deeds.counted(kind)
