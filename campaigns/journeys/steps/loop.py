"""Leads back to an earlier step, a limited number of times."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Facts, Position
from campaigns.journeys.steps.contract import Edge, Go, Kind

MOST_LAPS = 1_000


class LoopStep(Kind):
    """`settings`: max_laps, how often a person walks round in one run; the first time is lap 1."""

    name = "loop"
    label = gettext_lazy("Loop back")
    help = gettext_lazy("Back to an earlier step, a limited number of times.")
    icon = "rotate"
    edges = (
        Edge("again", gettext_lazy("back to"), is_back=True),
        Edge("exit", gettext_lazy("after the last lap")),
    )
    fields = (Field("max_laps", Shape.NUMBER, gettext_lazy("Laps at most"), default=3),)

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Go:
        """Back while laps are left, else out."""
        limit = step.settings["max_laps"]
        why = f"lap {position.lap} of {limit}"
        return Go("again" if position.lap < limit else "exit", why, {"lap": position.lap})

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """A loop has a limit and leads back."""
        if not is_lap_limit(step.settings.get("max_laps")):
            yield _("Say how many laps at most: 2 to %(most)d.") % {"most": MOST_LAPS}
        back = step.edges.get("again", "")
        if back in graph.by_id and graph.number(back) > graph.number(step.id):
            yield _("It must lead back to an earlier step; to jump forward use “Go to”.")

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """How often."""
        limit = step.settings.get("max_laps")
        if not is_lap_limit(limit):
            return _("Leads back, how often is not said yet.")
        return _("At most %(laps)d laps.") % {"laps": limit}


def is_lap_limit(limit: object) -> bool:
    """Whether it is a number of laps a loop may have."""
    return isinstance(limit, int) and not isinstance(limit, bool) and 2 <= limit <= MOST_LAPS


LOOP = LoopStep()
