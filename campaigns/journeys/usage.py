"""Which journeys need an email or a segment? Those that people walk, or will walk; drafts may lose what they name."""

from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef

from campaigns.journeys import frozen
from campaigns.journeys.graph import Graph, plain
from campaigns.journeys.steps import KINDS
from campaigns.models import Email, Journey, JourneyVersion, Run
from subscribers.models import Segment

RUNNING = (Journey.State.LIVE, Journey.State.PAUSED, Journey.State.DRAINING)


def of_email(email: Email) -> list[Journey]:
    """The running journeys that send it, in whichever language."""
    wanted = plain(str(email.translation_key))
    return _where(
        lambda graph: any(
            step.kind == "mail" and plain(str(step.settings.get("email") or "")) == wanted for step in graph.steps
        )
    )


def of_segment(segment: Segment) -> list[Journey]:
    """The running journeys that ask whether somebody is in it."""
    return _where(
        lambda graph: any(
            names_segment(KINDS[step.kind].asks(step), segment.pk) for step in graph.steps if step.kind in KINDS
        )
    )


def names_segment(tree: object, segment_id: int) -> bool:
    """Whether a rule, at whatever depth, names that segment."""
    if isinstance(tree, dict):
        return tree.get("in_segment") == segment_id or any(names_segment(part, segment_id) for part in tree.values())
    return isinstance(tree, list) and any(names_segment(part, segment_id) for part in tree)


def _where(holds: Callable[[Graph], bool]) -> list[Journey]:
    return list({journey.pk: journey for journey, graph in _walked() if holds(graph)}.values())


def _walked() -> Iterator[tuple[Journey, Graph]]:
    """The newest version of each running journey, and the older ones with people inside."""
    inside = Run.objects.filter(
        journey=OuterRef("journey"), version=OuterRef("pk"), state__in=[Run.State.OPEN, Run.State.FAILED]
    )
    versions = JourneyVersion.objects.filter(journey__state__in=RUNNING).annotate(has_people=Exists(inside))
    seen: set[int] = set()
    for version in versions.select_related("journey").order_by("journey", "-number"):
        if version.journey_id not in seen or version.has_people:
            yield version.journey, frozen.graph(version.pk)
        seen.add(version.journey_id)
