"""Waits until the person does something, at most for a time; what they did is kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys import durations
from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Facts, Position
from campaigns.journeys.steps import acts
from campaigns.journeys.steps.contract import Decision, Edge, Go, Kind, Stay

# An act that is recorded but not yet judged human holds the time limit for this long: the judge takes a second.
GRACE = timedelta(seconds=60)
LOOK_AGAIN = timedelta(seconds=1)


class WaitUntilStep(Kind):
    """`settings`: event, object, in_mail, since, limit_seconds; acts count from `since`, else from the entry here."""

    name = "wait_until"
    label = gettext_lazy("Wait until something happens")
    help = gettext_lazy("Until the person does it, or until the time is over.")
    icon = "history"
    edges = (
        Edge("happened", gettext_lazy("as soon as it happens")),
        Edge("timeout", gettext_lazy("when the time is over")),
    )
    fields = (
        Field("event", Shape.EVENT, gettext_lazy("Until the person"), default="link.clicked"),
        Field("object", Shape.THING, gettext_lazy("What"), empty=gettext_lazy("anything")),
        Field("in_mail", Shape.MAIL_STEP, gettext_lazy("In the mail of"), empty=gettext_lazy("any mail")),
        Field("since", Shape.STEP, gettext_lazy("Counting from"), empty=gettext_lazy("the beginning of this wait")),
        Field("limit_seconds", Shape.DURATION, gettext_lazy("At most"), default=2 * durations.DAY),
    )
    is_pause = True

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Decision:
        """The first act in time decides; an act after the limit comes too late, whenever it is looked at."""
        limit = position.entered_step_at + timedelta(seconds=step.settings["limit_seconds"]) + position.frozen_for
        begin = acts.since(step, facts, position.entered_step_at)
        in_time = [
            act for act in acts.counting(step, facts.acts, begin, facts.left.get(step.id)) if act.occurred_at < limit
        ]
        judged = next((act for act in in_time if act.is_judged), None)
        if judged is not None:
            return Go("happened", "event", acts.seen(judged))
        if position.is_moved_by_hand:
            return Go("timeout", "by-hand")
        if now < limit:
            return Stay(limit)
        if in_time and now < limit + GRACE:
            return Stay(now + LOOK_AGAIN)
        return Go("timeout", "limit")

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """What happens, and how long to wait for it."""
        yield from acts.problems(step, graph, known)
        yield from durations.problems(step.settings.get("limit_seconds"))

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """For what, and how long."""
        limit = step.settings.get("limit_seconds")
        how_long = durations.words(limit) if durations.is_valid(limit) else "…"
        return _("Waits until the person %(act)s, at most %(duration)s.") % {
            "act": acts.words(step, graph, known),
            "duration": how_long,
        }

    def listens(self, step: Step) -> str:
        """The kind of event it waits for."""
        return str(step.settings.get("event") or "")


WAIT_UNTIL = WaitUntilStep()
