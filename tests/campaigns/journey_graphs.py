"""Graphs for the journey tests: written by hand, and drawn at random but publishable."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from campaigns.journeys.advance import advance, begin
from campaigns.journeys.graph import BY_HAND, Act, Graph, read
from campaigns.journeys.known import Known, KnownEmail, KnownJourney
from campaigns.journeys.position import Effect, Facts, Passed, Position

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
EMAIL = "e" * 32
PAGES = {"a" * 32: "The long walk", "b" * 32: "The short rest"}
KNOWN = Known(
    emails={
        EMAIL: KnownEmail("Hello", frozenset({"it", "en"})),
        "f" * 32: KnownEmail("Only Italian", frozenset({"it"})),
    },
    pages=PAGES,
    topics={"c" * 32: "Weaving"},
    purposes={"newsletter-lettera": "Lettera"},
    segments={5: "Readers of Weaving"},
    journeys={7: KnownJourney("The other one"), 8: KnownJourney("The closed one", is_open=False)},
    languages={"it": "Italian", "en": "English"},
    loop_min_seconds=86_400,
)
KINDS_OF_ACT = ("link.clicked", "page.read")


def step(step_id: str, kind: str, settings: dict | None = None, **edges: str) -> dict:
    """One step as JSON."""
    return {"id": step_id, "name": step_id.title(), "kind": kind, "settings": settings or {}, "edges": edges}


def graph_of(*steps: dict, **rest: object) -> dict:
    """A graph as JSON, entered by hand unless told otherwise."""
    return {"entries": [{"on": BY_HAND}], "reentry_seconds": None, "steps": list(steps), **rest}


def mail(step_id: str, to: str) -> dict:
    """A mail step."""
    return step(step_id, "mail", {"email": EMAIL}, next=to)


def clicked(step_id: str, *, yes: str, no: str, key: str = "", limit: int = 3_600, **settings: str) -> dict:
    """A wait for a click on a page, on anything where no key is given."""
    thing = {"kind": "page", "key": key} if key else None
    wanted = {"event": "link.clicked", "object": thing, "limit_seconds": limit, **settings}
    return step(step_id, "wait_until", wanted, happened=yes, timeout=no)


def act(number: int, at: datetime, kind: str = "link.clicked", page: str = "a" * 32, **rest: object) -> Act:
    """A click on a page, unless told otherwise."""
    return Act(number, kind, at, "page", str(number), translation=page, **rest)


@st.composite
def publishable(draw: st.DrawFn) -> Graph:
    """A graph with forward ways only, but for loop steps that lead back behind a wait of a day."""
    n = draw(st.integers(1, 9))
    ids = [f"s{place}" for place in range(n)] + ["over"]
    steps = [draw(_any_step(ids, place)) for place in range(n)]
    return read(graph_of(*steps, step("over", "end")))


@st.composite
def _any_step(draw: st.DrawFn, ids: list[str], place: int) -> dict:
    later = st.sampled_from(ids[place + 1 :])
    kind = draw(st.sampled_from(["mail", "wait", "wait_until", "check", "rule", "loop", "go_to", "leave"]))
    event = draw(st.sampled_from(KINDS_OF_ACT))
    since = draw(st.sampled_from(["", *ids[: place + 1]]))
    name = ids[place]
    if kind == "mail":
        return mail(name, draw(later))
    if kind == "wait":
        return step(name, "wait", {"seconds": draw(st.integers(1, 60)) * 3_600}, next=draw(later))
    if kind == "wait_until":
        settings = {"event": event, "since": since, "limit_seconds": draw(st.integers(1, 72)) * 3_600}
        return step(name, "wait_until", settings, happened=draw(later), timeout=draw(later))
    if kind == "check":
        return step(name, "check", {"ask": "did", "event": event, "since": since}, yes=draw(later), no=draw(later))
    if kind == "rule":
        settings = {"ask": "rule", "rule": {"field": "locale", "is": "it"}}
        return step(name, "check", settings, yes=draw(later), no=draw(later))
    if kind == "loop" and place:
        back = draw(st.sampled_from(ids[:place]))
        return step(name, "loop", {"max_laps": draw(st.integers(2, 4))}, again=back, exit=draw(later))
    if kind == "leave":
        return step(name, "go_to", {"journey": 7})
    return step(name, "go_to", {}, next=draw(later))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Act, ...]:
    """What a person did in the fortnight after NOON, oldest first."""
    minutes = sorted(draw(st.lists(st.integers(-60, 14 * 1_440), max_size=12)))
    return tuple(
        act(number, NOON + timedelta(minutes=at), draw(st.sampled_from(KINDS_OF_ACT)))
        for number, at in enumerate(minutes, 1)
    )


@dataclass
class Walk:
    """One person's walk, step by step, as the engine would do it."""

    graph: Graph
    acts: tuple[Act, ...] = ()
    answer: bool = True
    now: datetime = NOON
    effects: list[Effect] = field(default_factory=list)
    n_looks: int = 0
    position: Position = field(init=False)

    def __post_init__(self) -> None:
        self.position = begin(self.graph, 1, self.now)

    def facts(self) -> Facts:
        """What is known now."""
        passed = [effect for effect in self.effects if isinstance(effect, Passed)]
        return Facts(
            NOON,
            acts=tuple(act for act in self.acts if act.occurred_at <= self.now),
            answers={step.id: self.answer for step in self.graph.steps if step.settings.get("ask") == "rule"},
            entered={row.step: row.entered_at for row in passed},
            left={row.step: row.left_at for row in passed},
        )

    def look(self) -> tuple[Effect, ...]:
        """Advance once and remember what came of it."""
        self.position, effects = advance(self.graph, self.position, self.facts(), self.now)
        self.effects.extend(effects)
        self.n_looks += 1
        return effects

    def to_the_end(self, most_looks: int = 5_000) -> "Walk":
        """Look at each due time and each act until it is over."""
        for _ in range(most_looks):
            self.look()
            if self.position.is_over:
                return self
            self.now = min(self._moments())
        raise AssertionError("the walk has no end")

    def _moments(self) -> Iterator[datetime]:
        yield max(self.position.due_at, self.now + timedelta(microseconds=1))
        yield from (act.occurred_at for act in self.acts if act.occurred_at > self.now)

    def steps(self) -> list[tuple[str, int, str]]:
        """(step, lap, outcome) of each visit."""
        return [(row.step, row.lap, row.outcome) for row in self.effects if isinstance(row, Passed)]
