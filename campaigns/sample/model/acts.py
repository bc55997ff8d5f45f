"""Which issue reached whom, and what they did with it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campaigns.sample.model import calendar
from campaigns.sample.model.calendar import Issue
from campaigns.sample.model.readers import TEMPERS, Reader

A_WEEK = timedelta(days=7)
READS_ON = 0.75  # of the clicks on a piece
TAKES = 0.3  # of the readers who go on from an issue that offers a resource
N_CALM_DAYS = 15  # who came later takes what the welcome offers


@dataclass(frozen=True)
class Click:
    """One visit from a mail to one of its pieces."""

    reader: int
    mail: str  # key of the issue, or journey/step
    piece: str  # articles/capovolto
    at: datetime


@dataclass(frozen=True)
class Reading:
    """A piece read to some depth, after a click."""

    reader: int
    mail: str
    piece: str
    at: datetime
    seconds: int
    depth: int  # per cent


@dataclass(frozen=True)
class Take:
    """A resource asked for and downloaded."""

    reader: int
    piece: str  # resources/tela
    at: datetime


@dataclass
class Acts:
    """Everything that was done with mails."""

    clicks: list[Click]
    readings: list[Reading]
    takes: list[Take]


def outcomes(readers: Sequence[Reader], issues: Sequence[Issue]) -> dict[tuple[int, str], str]:
    """{(reader, issue): accepted, hard, soft, suppressed, paused or weekly}; who was not asked for is not there."""
    return {(reader.number, key): fate for reader in readers for key, fate in _mails_of(reader, issues)}


def _mails_of(reader: Reader, issues: Sequence[Issue]) -> Iterator[tuple[str, str]]:
    accepted_at: datetime | None = None
    is_first = True
    for issue in issues:
        if issue.newsletter not in reader.newsletters or issue.at <= reader.joined_at:
            continue
        fate = _outcome(reader, issue, accepted_at, is_first)
        if fate:
            yield issue.key, fate
        is_first = False
        accepted_at = issue.at if fate == "accepted" else accepted_at


def _outcome(reader: Reader, issue: Issue, accepted_at: datetime | None, is_first: bool) -> str:
    """What becomes of one mail; empty where the person had taken the permission back."""
    has_befallen = reader.fate_at <= issue.at
    if reader.fate in ("hard", "soft") and is_first:
        return reader.fate
    if reader.fate == "hard" or (reader.fate == "not_me" and has_befallen):
        return "suppressed"
    if (reader.fate == "left" and has_befallen) or (reader.fate == "complained" and not is_first):
        return ""
    if reader.fate == "paused" and has_befallen:
        return "paused"
    is_recent = accepted_at is not None and accepted_at > issue.at - A_WEEK
    return "weekly" if reader.fate == "weekly" and has_befallen and is_recent else "accepted"


def complained_at(issue: Issue) -> datetime:
    """When those who complain do it: some hours after their first mail."""
    return issue.settled_at + timedelta(hours=2)


def draw(seed: int, readers: Sequence[Reader], issues: Sequence[Issue], reached: dict[tuple[int, str], str]) -> Acts:
    """What the people did whom an issue reached and who let themselves be seen."""
    acts = Acts([], [], [])
    for reader in readers:
        for issue in issues:
            if reached.get((reader.number, issue.key)) == "accepted" and reader.is_tracked:
                chance = random.Random(f"{seed}:{reader.number}:{issue.key}")  # noqa: S311
                if chance.random() < TEMPERS[reader.temper] * issue.appeal and reader.fate != "complained":
                    _go_on(reader, issue, chance, acts)
    return acts


def _go_on(reader: Reader, issue: Issue, chance: random.Random, acts: Acts) -> None:
    at = _begins(reader, issue, chance)
    for piece in _chosen(reader, issue, chance):
        if at >= _end(reader, issue):
            return
        acts.clicks.append(Click(reader.number, issue.key, piece, at))
        if chance.random() < READS_ON:
            acts.readings.append(read(Click(reader.number, issue.key, piece, at), chance))
        at = calendar.aside(at + timedelta(seconds=chance.randrange(420, 900)))
    may_take = issue.resource and reader.is_calm and reader.joined_at < issue.at - timedelta(days=N_CALM_DAYS)
    is_first = all(take.reader != reader.number for take in acts.takes[-1:])
    if may_take and is_first and at < _end(reader, issue) and chance.random() < TAKES:
        acts.clicks.append(Click(reader.number, issue.key, issue.resource, at))
        asked_at = calendar.aside(at + timedelta(seconds=chance.randrange(60, 200)))
        acts.takes.append(Take(reader.number, issue.resource, asked_at))


def _begins(reader: Reader, issue: Issue, chance: random.Random) -> datetime:
    """Soon after it came, or at their own hour today, tomorrow or the day after."""
    soon = issue.settled_at + timedelta(seconds=chance.randrange(0, 7_000))
    days = chance.choices((0, 1, 2), (6, 3, 1))[0]
    own = issue.at.replace(minute=chance.randrange(60), second=chance.randrange(60)) + timedelta(days=days)
    own += timedelta(hours=reader.hour - 7)
    at = own if own > issue.settled_at and chance.random() < 0.7 else soon
    return calendar.aside(at)


def _end(reader: Reader, issue: Issue) -> datetime:
    """After how long the issue is forgotten, or when the reader has gone."""
    forgotten = issue.settled_at + timedelta(days=4)
    return min(forgotten, reader.fate_at) if reader.fate in ("left", "not_me") else forgotten


def _chosen(reader: Reader, issue: Issue, chance: random.Random) -> list[str]:
    """One piece, sometimes more; first things and liked topics rather than others."""
    pieces = [piece for piece in issue.pieces if not piece.startswith("resources/")]
    weights = [
        (3 - min(place, 2)) * (2 if calendar.topics_of(piece) & set(reader.topics) else 1)
        for place, piece in enumerate(pieces)
    ]
    wanted = 1 + (chance.random() < 0.4) + (chance.random() < 0.15)
    chosen: list[str] = []
    while len(chosen) < min(wanted, len(pieces)):
        piece = chance.choices(pieces, weights)[0]
        if piece not in chosen:
            chosen.append(piece)
    return chosen


def read(click: Click, chance: random.Random) -> Reading:
    """How the piece was read that a click led to."""
    seconds = chance.randrange(25, 330)
    depth = min(100, 20 + seconds // 3 + chance.randrange(20))
    return Reading(click.reader, click.mail, click.piece, click.at + timedelta(seconds=seconds), seconds, depth)
