"""How people fare in the four journeys: the welcome, after a resource, the round, and the call from afar."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from campaigns.sample.model import acts, calendar
from campaigns.sample.model.acts import Click, Reading, Take
from campaigns.sample.model.readers import Reader

WELCOME, RESOURCE, ROUND, AFAR = "welcome", "resource", "round", "afar"
CHOOSES = {"devoted": 0.9, "curious": 0.7, "occasional": 0.45, "silent": 0.15}
AT_ONCE = 0.75  # of those who choose, in the first mail; the others by the question
TAKES_AFTER = {"circle": 0.55, "hands": 0.15}  # the one path leads to more downloads than the other
TAKEN = {"circle": "resources/tela", "hands": "resources/guida"}
DEEPER = 0.5
ROUND_CHOOSES = 0.55
N_FAR, N_FAR_AT_ONCE = 18, 6
FAR_DAYS = (9, 6, 3)  # before the reference day: a third of them each
ANSWERS = 0.3
N_LONG_DAYS = 45  # who came later is not far away


@dataclass(frozen=True)
class Walk:
    """One person's way through one journey, as far as it was their choice."""

    reader: int
    journey: str
    began_at: datetime  # the look that let them in
    path: str  # welcome: circle, hands, ""; the others: yes, ""


@dataclass
class Walked:
    """All walks, and what was done on the way."""

    walks: list[Walk] = field(default_factory=list)
    clicks: list[Click] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)


def draw(seed: int, day: date, readers: Sequence[Reader], takes: Sequence[Take], done: Sequence[Click]) -> Walked:
    """Everybody's walks. Takes: what was taken and clicked because of issues."""
    walked = Walked()
    looks = calendar.looks(day)
    for reader in readers:
        if reader.joined_at >= calendar.journeys_opened_at(day):
            _welcome(reader, looks, random.Random(f"{seed}:{reader.number}:welcome"), walked)  # noqa: S311
    people = {reader.number: reader for reader in readers}
    for take in sorted([*takes, *walked.takes], key=lambda take: (take.at, take.reader)):
        if take.at >= calendar.journeys_opened_at(day):
            _after(people[take.reader], take, looks, random.Random(f"{seed}:{take.reader}:after"), walked)  # noqa: S311
    _from_afar(seed, day, readers, {click.reader for click in done}, walked)
    return walked


def _welcome(reader: Reader, looks: Sequence[datetime], chance: random.Random, walked: Walked) -> None:
    """Hello, and perhaps a question; who chose the circle is offered the canvas."""
    began_at = next(look for look in looks if look >= reader.joined_at)
    chooses = reader.is_tracked and chance.random() < CHOOSES[reader.temper]
    if not chooses:
        walked.walks.append(Walk(reader.number, WELCOME, began_at, ""))
        return
    is_at_once = chance.random() < AT_ONCE
    path = "circle" if is_at_once and chance.random() < 0.5 else "hands"
    piece = {"circle": "articles/cerchio", "hands": "articles/umano-e-macchina"}[path]
    if is_at_once:
        _click(reader, "welcome/hello", piece, began_at + _within(chance, 0), chance, walked)
    else:
        _click(reader, "welcome/question", "articles/promessa", began_at + _within(chance, 1), chance, walked)
    walked.walks.append(Walk(reader.number, WELCOME, began_at, path))
    at = began_at + timedelta(hours=chance.randrange(2, 9), minutes=chance.randrange(60))
    if chance.random() < TAKES_AFTER[path] and at < looks[-1]:
        walked.takes.append(Take(reader.number, TAKEN[path], at))


def _after(reader: Reader, take: Take, looks: Sequence[datetime], chance: random.Random, walked: Walked) -> None:
    """What follows a resource; and the round, for those whose download may be known."""
    began_at = next((look for look in looks if look >= take.at), None)
    if began_at is None:
        return
    is_deeper = reader.is_tracked and chance.random() < DEEPER
    if is_deeper:
        _click(reader, "resource/found-it", "articles/capovolto", began_at + _within(chance, 1), chance, walked)
    walked.walks.append(Walk(reader.number, RESOURCE, began_at, "yes" if is_deeper else ""))
    if reader.is_tracked:
        has_chosen = chance.random() < ROUND_CHOOSES
        if has_chosen:
            piece = chance.choice(calendar.pieces_of("mails", "che-cosa-serve"))
            _click(reader, "round/asks", piece, began_at + _within(chance, 0), chance, walked)
        walked.walks.append(Walk(reader.number, ROUND, began_at, "yes" if has_chosen else ""))


def _from_afar(seed: int, day: date, readers: Sequence[Reader], seen: set[int], walked: Walked) -> None:
    """A colleague lets those in of whom nothing was seen for long, a third at a time."""
    long_ago = calendar.ends_at(day) - timedelta(days=N_LONG_DAYS)
    far = [
        one for one in readers if one.is_calm and one.is_tracked and one.number not in seen and one.joined_at < long_ago
    ]
    looks = calendar.looks(day)
    for place, reader in enumerate(far[:N_FAR]):
        chance = random.Random(f"{seed}:{reader.number}:afar")  # noqa: S311
        began_at = looks[-FAR_DAYS[place // N_FAR_AT_ONCE]]
        has_answered = chance.random() < ANSWERS
        if has_answered:
            _click(reader, "afar/still", "articles/bottega", began_at + _within(chance, 0), chance, walked)
        walked.walks.append(Walk(reader.number, AFAR, began_at, "yes" if has_answered else ""))


def _within(chance: random.Random, n_waits: int) -> timedelta:
    """A moment inside the first or second wait of two minutes after a look."""
    return timedelta(seconds=calendar.LOOK_SECONDS[n_waits] + chance.randrange(30, 105))


def _click(reader: Reader, mail: str, piece: str, at: datetime, chance: random.Random, walked: Walked) -> None:
    click = Click(reader.number, mail, piece, at)
    walked.clicks.append(click)
    if chance.random() < acts.READS_ON:
        walked.readings.append(acts.read(click, chance))


def days_since(walk: Walk, day: date) -> int:
    """Whole days from its beginning to the last look."""
    return (calendar.looks(day)[-1] - walk.began_at).days


def standing_at(walk: Walk, day: date) -> Iterator[str]:
    """The step at which the person still stands when the story ends; nothing where the walk is over."""
    days = days_since(walk, day)
    if walk.journey == ROUND:
        yield "rest" if walk.path and days < 3 else "choice"
    elif walk.journey == AFAR and not walk.path:
        yield "answer" if days < 7 else "quiet"
