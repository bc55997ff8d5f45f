"""What the reports must say once the plan was lived, worked out from the plan alone."""

from collections import Counter
from dataclasses import dataclass

from campaigns.sample.model import walks
from campaigns.sample.model.calendar import Issue
from campaigns.sample.model.plan import Plan
from campaigns.sample.model.readers import Reader

FAILED = {"hard", "soft"}
ACTIVE = {"stays", "weekly", "soft"}
GONE_QUIET = {"suppressed", "paused", "weekly"}


@dataclass(frozen=True)
class IssueTruth:
    """What became of one issue."""

    n_accepted: int
    n_failed: int
    left_out: dict[str, int]  # {reason: people}
    n_clickers: int
    n_clicks: int
    clickers_by_piece: dict[str, int]


@dataclass(frozen=True)
class PathTruth:
    """One path of the welcome: who walked it, and who of them took a resource."""

    n_walked: int
    n_took: int


@dataclass(frozen=True)
class Truths:
    """Everything the reports can be held to."""

    n_active: int
    n_hard_bounces: int
    n_bounces: int
    n_complaints: int
    issues: dict[str, IssueTruth]
    most_clicked: str  # key of the issue that led most people on
    readers_of: dict[str, int]  # {piece: people who read it}
    n_readings: int
    n_takers: int
    silent: frozenset[str]  # addresses of active people who let themselves be seen, and were not
    paths: dict[str, PathTruth]  # circle, hands
    converts: str  # the path that leads more of its people to a resource
    walked: dict[str, int]  # {journey: people who began it}
    standing: dict[tuple[str, str], int]  # {(journey, step): people who stand there}


def of(plan: Plan) -> Truths:
    """Count the plan."""
    issues = {issue.key: _issue(plan, issue) for issue in plan.issues}
    paths = {path: _path(plan, path) for path in ("circle", "hands")}
    fates = Counter(plan.outcomes.values())
    readings = {(reading.piece, reading.reader) for reading in plan.readings}
    return Truths(
        n_active=sum(reader.fate in ACTIVE for reader in plan.readers),
        n_hard_bounces=fates["hard"],
        n_bounces=fates["hard"] + fates["soft"],
        n_complaints=sum(_complains(plan, reader) for reader in plan.readers),
        issues=issues,
        most_clicked=max(issues, key=lambda key: issues[key].n_clickers),
        readers_of=dict(Counter(piece for piece, _reader in readings)),
        n_readings=len(plan.readings),
        n_takers=len({take.reader for take in plan.takes}),
        silent=_silent(plan),
        paths=paths,
        converts=max(paths, key=lambda path: paths[path].n_took / paths[path].n_walked),
        walked=dict(Counter(walk.journey for walk in plan.walks)),
        standing=_standing(plan),
    )


def _standing(plan: Plan) -> dict[tuple[str, str], int]:
    return dict(Counter((walk.journey, step) for walk in plan.walks for step in walks.standing_at(walk, plan.day)))


def _issue(plan: Plan, issue: Issue) -> IssueTruth:
    fates = Counter(fate for (_reader, key), fate in plan.outcomes.items() if key == issue.key)
    clicks = [click for click in plan.clicks if click.mail == issue.key]
    pairs = {(click.piece, click.reader) for click in clicks}
    return IssueTruth(
        n_accepted=fates["accepted"],
        n_failed=sum(fates[fate] for fate in FAILED),
        left_out={fate: n for fate, n in fates.items() if fate in GONE_QUIET},
        n_clickers=len({click.reader for click in clicks}),
        n_clicks=len(clicks),
        clickers_by_piece=dict(Counter(piece for piece, _reader in pairs)),
    )


def _path(plan: Plan, path: str) -> PathTruth:
    people = {walk.reader for walk in plan.walks if walk.journey == walks.WELCOME and walk.path == path}
    return PathTruth(len(people), len(people & {take.reader for take in plan.takes}))


def _complains(plan: Plan, reader: Reader) -> bool:
    """Whoever is of that kind complains about the first mail."""
    return reader.fate == "complained" and any((reader.number, issue.key) in plan.outcomes for issue in plan.issues)


def _silent(plan: Plan) -> frozenset[str]:
    seen = {click.reader for click in plan.clicks} | {reading.reader for reading in plan.readings}
    return frozenset(
        reader.address
        for reader in plan.readers
        if reader.fate in ACTIVE and reader.is_tracked and reader.number not in seen
    )
