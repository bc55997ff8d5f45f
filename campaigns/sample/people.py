"""Invented readers on reserved domains: drawn by a seed, entered through the product's own functions."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campaigns.journeys import triggers
from campaigns.sample import letters, texts, words
from content.models import Topic
from subscribers import addresses, consent, facts
from subscribers.models import Frequency, Purpose, Subscriber, Suppression
from subscribers.signup import welcoming

N_PEOPLE = 120
N_TOPICS = 6
DAYS_BACK = 90
DOMAINS = ("example.org", "example.com", "example.net", "posta.example", "bottega.example", "lettere.example")


@dataclass(frozen=True)
class Invented:
    """One reader as the seed draws them."""

    name: str
    address: str
    language: str
    joined_at: datetime
    is_tracked: bool
    wants_minute: bool
    topics: tuple[int, ...]  # places in the list of topics
    fate: str  # what became of them: stays, left, paused, weekly, bounced, complained, not_me


def draw(seed: int, day: date) -> list[Invented]:
    """The same people for the same seed and day, the earliest first."""
    chance = random.Random(seed)  # noqa: S311  (a sample, no secret)
    drawn = [_one(chance, number, day) for number in range(N_PEOPLE)]
    return sorted(drawn, key=lambda person: (person.joined_at, person.address))


def _one(chance: random.Random, number: int, day: date) -> Invented:
    language = "it" if chance.random() < 0.7 else "en"
    known = words.people()[language]
    first, last = chance.choice(known["first"].split()), chance.choice(known["last"].split())
    moment = time(chance.randrange(7, 23), chance.randrange(60))
    days = 1 + int(DAYS_BACK * chance.random() ** 1.4)  # more of them lately
    return Invented(
        name=f"{first} {last}" if chance.random() < 0.9 else "",
        address=f"{first}.{last}.{number}@{chance.choice(DOMAINS)}".lower(),
        language=language,
        joined_at=texts.moment(day, days, moment),
        is_tracked=chance.random() < 0.6,
        wants_minute=chance.random() < 0.35,
        topics=tuple(sorted(chance.sample(range(N_TOPICS), chance.choice((0, 0, 1, 2, 3))))),
        fate=chance.choices(
            ("stays", "left", "paused", "weekly", "bounced", "complained", "not_me"), (82, 6, 4, 4, 2, 1, 1)
        )[0],
    )


def make(seed: int, day: date, now: datetime) -> int:
    """Enter everybody with their consents, let facts be worked out, start no journey; gives how many."""
    purposes = {purpose.key: purpose for purpose in Purpose.objects.all()}
    topics = {code: _topics(code) for code in texts.LANGUAGES}
    people = draw(seed, day)
    for person in people:
        _enter(person, purposes, topics[person.language], now)
    _settle(now)
    return len(people)


def _topics(language: str) -> list[Topic]:
    return list(Topic.objects.filter(locale__language_code=language, is_sample=True).order_by("translation_key"))


def _enter(person: Invented, purposes: dict[str, Purpose], topics: list[Topic], now: datetime) -> None:
    read = addresses.read(person.address)
    row = Subscriber.objects.create(
        address=read.written,
        address_key=read.key,
        name=person.name,
        locale=person.language,
        zone="Europe/Rome" if person.language == "it" else "Europe/London",
        source="form:lettera",
        created_at=person.joined_at,
        is_sample=True,
    )
    given = [letters.LETTER] + [letters.MINUTE] * person.wants_minute + ["tracking"] * person.is_tracked
    for key in given:
        consent.give(row, purposes[key], source="form:lettera", locale=person.language, now=person.joined_at)
    if person.topics:
        welcoming.keep_topics(row, [topics[place] for place in person.topics], now=person.joined_at)
    _let_happen(row, person, min(now, person.joined_at + timedelta(days=3)))


def _let_happen(row: Subscriber, person: Invented, at: datetime) -> None:
    """What became of this reader."""
    reasons = Suppression.Reason
    match person.fate:
        case "left":
            consent.withdraw_all(row, source="home", now=at)
        case "paused":
            consent.pause(row, at + timedelta(days=120), now=at)
        case "weekly":
            welcoming.keep_frequency(row, Frequency.WEEKLY, now=at)
        case "bounced":
            consent.suppress(str(row.address_key), reasons.HARD_BOUNCE, now=at, detail="550 5.1.1 no such mailbox")
        case "complained":
            consent.suppress(str(row.address_key), reasons.COMPLAINT, now=at)
        case "not_me":
            consent.suppress(str(row.address_key), reasons.NOT_ME, now=at)


def _settle(now: datetime) -> None:
    """Work out what all this adds up to before journeys are live, so that nobody walks into one now."""
    while facts.process(1_000, now=now):
        continue
    while triggers.consume(now=now):
        continue
