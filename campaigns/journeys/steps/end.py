"""The journey is over."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Facts, Position
from campaigns.journeys.steps.contract import Edge, Kind, Stop


class EndStep(Kind):
    """No settings, no way out."""

    name = "end"
    label = pgettext_lazy("kind of step", "End")
    help = gettext_lazy("The journey is over.")
    icon = "circle-check"
    edges: tuple[Edge, ...] = ()

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Stop:
        """Over."""
        return Stop("end")

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """Nothing to add."""
        return _("The journey is over.")


END = EndStep()
