"""How many people stand, passed and left at each step of a journey, and who they are."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from campaigns.models import Journey, Passage, Run


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one step, over all versions."""

    waiting: int = 0  # people there now
    passed: int = 0  # visits that went on
    left: int = 0  # people who left the journey there
    stuck: int = 0  # people whose look failed again and again


def by_step(journey_id: int) -> dict[str, Figures]:
    """Step id → its figures; steps without any are missing. Two queries."""
    rows = Run.objects.filter(journey=journey_id).exclude(state=Run.State.ENDED).order_by()
    standing = Counter(
        {(row["step"], row["state"]): row["n"] for row in rows.values("step", "state").annotate(n=Count("pk"))}
    )
    visits = Passage.objects.filter(run__journey=journey_id, left_at__isnull=False).exclude(outcome="left").order_by()
    passed = Counter({row["step"]: row["n"] for row in visits.values("step").annotate(n=Count("pk"))})
    return {
        step: Figures(
            waiting=standing[step, Run.State.OPEN],
            passed=passed[step],
            left=standing[step, Run.State.LEFT],
            stuck=standing[step, Run.State.FAILED],
        )
        for step in {*passed, *(step for step, _state in standing)}
    }


def n_inside(journey: Journey) -> int:
    """People on their way now."""
    return journey.runs.filter(state=Run.State.OPEN).count()


def people(journey: Journey, *, step: str = "", state: str = Run.State.OPEN) -> QuerySet[Run]:
    """Runs with their people, those who go on soonest first; at one step where it is named."""
    rows = journey.runs.filter(state=state).select_related("subscriber", "version")
    if step:
        rows = rows.filter(step=step)
    return rows.order_by("due_at", "pk")
