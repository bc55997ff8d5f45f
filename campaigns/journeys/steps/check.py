"""Decides at once: did they do something since a step, or does a rule about the person hold?"""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.journeys.fields import Field, Shape
from campaigns.journeys.graph import Graph, Step
from campaigns.journeys.known import Known
from campaigns.journeys.position import Broken, Facts, Position
from campaigns.journeys.steps import acts
from campaigns.journeys.steps.contract import Edge, Go, Kind
from subscribers.segments import rules, words

DID, RULE, SEGMENT = "did", "rule", "segment"


class CheckStep(Kind):
    """`settings`: ask = did (event, object, in_mail, since) | segment, rule (rule: a tree of subscribers.segments)."""

    name = "check"
    label = gettext_lazy("Check now")
    help = gettext_lazy("Decides at once, without waiting.")
    icon = "help"
    edges = (Edge("yes", gettext_lazy("if yes")), Edge("no", gettext_lazy("if no")))
    fields = (
        Field(
            "ask",
            Shape.CHOICE,
            gettext_lazy("Question"),
            choices=(
                (DID, gettext_lazy("Did the person do something on the way here?")),
                (SEGMENT, gettext_lazy("Is the person in a segment?")),
                (RULE, gettext_lazy("Does a rule hold?")),
            ),
            default=DID,
        ),
        Field("event", Shape.EVENT, gettext_lazy("Whether the person"), when=("ask", DID), default="link.clicked"),
        Field("object", Shape.THING, gettext_lazy("What"), empty=gettext_lazy("anything"), when=("ask", DID)),
        Field(
            "in_mail",
            Shape.MAIL_STEP,
            gettext_lazy("In the mail of"),
            empty=gettext_lazy("any mail"),
            when=("ask", DID),
        ),
        Field(
            "since",
            Shape.STEP,
            gettext_lazy("Counting from"),
            empty=gettext_lazy("the entry into the journey"),
            when=("ask", DID),
        ),
        Field("rule", Shape.SEGMENT, gettext_lazy("Segment"), when=("ask", SEGMENT)),
        Field(
            "rule",
            Shape.RULE,
            gettext_lazy("Rule"),
            help=gettext_lazy('A rule tree as segments use it, for example {"agreed": "tracking"}.'),
            when=("ask", RULE),
        ),
    )

    def look(self, step: Step, position: Position, facts: Facts, now: datetime) -> Go:
        """Yes or no, with what was seen."""
        if step.settings.get("ask") == DID:
            return self._did(step, facts)
        if step.id not in facts.answers:
            raise Broken(f"nobody worked out the rule of step {step.id!r}")
        answer = facts.answers[step.id]
        return Go("yes" if answer else "no", "rule", {"answer": answer})

    def _did(self, step: Step, facts: Facts) -> Go:
        begin = acts.since(step, facts, facts.began_at)
        act = next((act for act in acts.counting(step, facts.acts, begin) if act.is_judged), None)
        return Go("yes", "event", acts.seen(act)) if act else Go("no")

    def problems(self, step: Step, graph: Graph, known: Known) -> Iterator[str]:
        """A question that can be answered."""
        ask = step.settings.get("ask")
        if ask == DID:
            yield from acts.problems(step, graph, known)
        elif ask in (RULE, SEGMENT):
            yield from self._rule_problems(step, known)
        else:
            yield _("Choose what it asks.")

    def _rule_problems(self, step: Step, known: Known) -> Iterator[str]:
        tree = step.settings.get("rule")
        if not tree:
            yield _("Choose the segment or write the rule.")
            return
        try:
            rules.parse(tree)
        except rules.RuleError as error:
            yield _("Its rule cannot be read: %(message)s") % {"message": error}
        segment = tree.get("in_segment") if isinstance(tree, dict) else None
        if segment is not None and segment not in known.segments:
            yield _("Its segment is not there any more: choose another.")

    def summary(self, step: Step, graph: Graph, known: Known) -> str:
        """The question in words."""
        if step.settings.get("ask") == DID:
            return _("Has the person %(act)s?") % {"act": acts.words(step, graph, known)}
        tree = step.settings.get("rule")
        if isinstance(tree, dict) and tree.get("in_segment") in known.segments:
            return _("Is the person in “%(segment)s”?") % {"segment": known.segments[tree["in_segment"]]}
        try:
            return _("Does this hold: %(rule)s?") % {"rule": words.sentence(rules.parse(tree))}
        except rules.RuleError:
            return _("Asks something that is not said yet.")

    def reads(self, step: Step) -> str:
        """The kind of event it asks after."""
        return str(step.settings.get("event") or "") if step.settings.get("ask") == DID else ""

    def asks(self, step: Step) -> object | None:
        """The tree of a segment or a rule."""
        return step.settings.get("rule") if step.settings.get("ask") in (RULE, SEGMENT) else None


CHECK = CheckStep()
