"""Jumps to a later step, or sends the person into another journey."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Enter, Facts, Position
from campaigns.journeys.steps.contract import Decision, Edge, Go, Kind, Stop


class GoToStep(Kind):
    """`settings`: journey, the id of another journey; without it the edge `next` leads on."""

    name = "go_to"
    label = gettext_lazy("Go to")
    help = gettext_lazy("A later step, or another journey.")
    icon = "redirect"
    edges = (Edge("next", gettext_lazy("to")),)
    fields = (
        Field("journey", Shape.JOURNEY, gettext_lazy("Journey"), empty=gettext_lazy("this one: a later step of it")),
    )

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Decision:
        """On in this journey, or over here and begun there."""
        journey = step.settings.get("journey")
        if journey:
            return Stop(f"journey {journey}", (Enter(position.key(), int(journey)),))
        return Go("next")

    def ways(self, step: Step) -> dict[str, str]:
        """None of this journey's where another one is named."""
        return {} if step.settings.get("journey") else {"next": step.edges.get("next", "")}

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """A target that is there."""
        journey = step.settings.get("journey")
        if not journey:
            return
        if journey not in known.journeys:
            yield _("The journey it leads to is not there any more: choose another.")
        elif not known.journeys[journey].is_open:
            yield _("“%(journey)s” lets nobody in: publish it first, or choose another.") % {
                "journey": known.journeys[journey].name
            }

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """Where to."""
        journey = known.journeys.get(step.settings.get("journey") or 0)
        if journey:
            return _("On in the journey “%(journey)s”; this one is over.") % {"journey": journey.name}
        return _("On at another step.")


GO_TO = GoToStep()
