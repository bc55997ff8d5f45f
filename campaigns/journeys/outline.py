"""The outline: a journey as an ordered list of sentences, with its figures, its problems and its forms."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.journeys import controls, durations, library, naming, paths, validation
from campaigns.journeys.controls import Control
from campaigns.journeys.figures import Figures
from campaigns.journeys.graph import BY_HAND, Entry, Graph, Step, read
from campaigns.journeys.known import Known
from campaigns.journeys.steps import KINDS
from campaigns.journeys.steps.contract import Kind
from campaigns.journeys.validation import Problem


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a step, in words."""

    label: str
    target: str  # id; empty: nowhere yet
    words: str  # "step 3 «A second mail»"
    is_back: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One step."""

    id: str
    number: int
    name: str
    kind: str
    icon: str
    summary: str
    ways: tuple[Way, ...]
    problems: tuple[Problem, ...]
    figures: Figures | None
    controls: tuple[Control, ...]
    is_first: bool
    is_last: bool

    @property
    def is_wrong(self) -> bool:
        """Whether it keeps the journey from being published."""
        return any(not problem.is_warning for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Door:
    """One way in."""

    place: int
    sentence: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole list."""

    doors: tuple[Door, ...]
    reentry: str
    reentry_controls: tuple[Control, ...]
    rows: tuple[Row, ...]
    problems: tuple[tuple[int, Problem], ...]  # with the number of the step; 0: the journey as a whole
    n_mails: int | None  # to one person in one run at most; None while a way leads round without end
    kinds: tuple[Kind, ...]

    @property
    def n_refusals(self) -> int:
        """Problems that keep it from being published."""
        return sum(not problem.is_warning for _number, problem in self.problems)


def of(data: object, *, journey_id: int | None = None, figures: Mapping[str, Figures] | None = None) -> Outline:
    """The outline of a drawn graph, whatever is wrong with it. Takes: `figures` None for a journey that never ran."""
    graph = read(data)
    known = library.known(graph, besides=journey_id)
    found = validation.problems(graph, known)
    return Outline(
        doors=tuple(_door(place, entry, known) for place, entry in enumerate(graph.entries)),
        reentry=_reentry(graph.reentry_seconds),
        reentry_controls=tuple(controls.of_reentry(graph.reentry_seconds)),
        rows=tuple(_row(step, graph, known, found, figures) for step in graph.steps),
        problems=tuple((graph.number(problem.step), problem) for problem in found),
        n_mails=_n_mails(graph),
        kinds=tuple(KINDS.values()),
    )


def step_words(graph: Graph, step_id: str) -> str:
    """ "step 3 “A second mail”"; the id alone where the step is gone."""
    step = graph.by_id.get(step_id)
    if step is None:
        return step_id
    return _("step %(number)d “%(name)s”") % {"number": graph.number(step_id), "name": controls.name_of(step)}


def _row(step: Step, graph: Graph, known: Known, found: list[Problem], figures: Mapping[str, Figures] | None) -> Row:
    kind, number = KINDS.get(step.kind), graph.number(step.id)
    return Row(
        id=step.id,
        number=number,
        name=controls.name_of(step),
        kind=str(kind.label) if kind else step.kind,
        icon=kind.icon if kind else "warning",
        summary=kind.summary(step, graph, known) if kind else "",
        ways=tuple(_ways(step, kind, graph)) if kind else (),
        problems=tuple(problem for problem in found if problem.step == step.id),
        figures=None if figures is None else figures.get(step.id, Figures()),
        controls=tuple(controls.of_step(step, kind, graph, known)) if kind else (),
        is_first=number == 1,
        is_last=number == len(graph.steps),
    )


def _ways(step: Step, kind: Kind, graph: Graph) -> list[Way]:
    found = []
    ways = kind.ways(step)
    for edge in kind.edges:
        if edge.name not in ways:
            continue
        target = ways[edge.name]
        words = step_words(graph, target) if target in graph.by_id else _("nowhere yet")
        found.append(Way(str(edge.label), target if target in graph.by_id else "", words, edge.is_back))
    return found


def _door(place: int, entry: Entry, known: Known) -> Door:
    if entry.on == BY_HAND:
        sentence = _("by hand, or from another journey")
    else:
        sentence = _("once they %(act)s") % {"act": naming.act(entry.on, entry.thing, known)}
    return Door(place, sentence, tuple(controls.of_entry(place, entry, known)))


def _reentry(seconds: int | None) -> str:
    if seconds is None:
        return _("Each person enters once, never again.")
    if not durations.is_valid(seconds):
        return _("Each person may enter again, after how long is not said yet.")
    return _("Each person may enter again %(duration)s after the last time, never twice at the same time.") % {
        "duration": durations.words(seconds)
    }


def _n_mails(graph: Graph) -> int | None:
    if len(graph.steps) > validation.MAX_STEPS or paths.endless(graph):
        return None
    return paths.most_mails(graph)
