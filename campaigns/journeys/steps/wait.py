"""Waits for a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys import durations
from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Facts, Position
from campaigns.journeys.steps.contract import Decision, Edge, Go, Kind, Stay


class WaitStep(Kind):
    """`settings`: seconds."""

    name = "wait"
    label = gettext_lazy("Wait for a time")
    help = gettext_lazy("Minutes, hours or days, then on.")
    icon = "time"
    edges = (Edge("next", gettext_lazy("then")),)
    fields = (Field("seconds", Shape.DURATION, gettext_lazy("How long"), default=durations.DAY),)
    is_wait = True

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Decision:
        """Stay until the time is over, or until a person in the office says "move on"."""
        over_at = position.entered_step_at + timedelta(seconds=step.settings["seconds"]) + position.frozen_for
        if position.is_moved_by_hand:
            return Go("next", "by-hand")
        return Go("next") if now >= over_at else Stay(over_at)

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """A wait needs a length that can be waited."""
        yield from durations.problems(step.settings.get("seconds"))

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """How long."""
        seconds = step.settings.get("seconds")
        if not durations.is_valid(seconds):
            return _("Waits, for how long is not said yet.")
        return _("Waits %(duration)s.") % {"duration": durations.words(seconds)}

    def wait_seconds(self, step: Step) -> int:
        """Its length."""
        seconds = step.settings.get("seconds")
        return seconds if durations.is_valid(seconds) else 0


WAIT = WaitStep()
