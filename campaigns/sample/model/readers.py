"""Invented readers on reserved domains, and what kind of people they are."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from campaigns.sample import letters, texts, words

N_READERS = 600
DAYS_BACK = 90
N_NEWCOMERS_DAYS = 21  # who came later than that is still there, and undisturbed
DOMAINS = ("example.org", "example.com", "example.net", "posta.example", "bottega.example", "lettere.example")
SCANNED = "bottega.example"  # whose server follows every link as a mail arrives
TEMPERS = {"devoted": 0.85, "curious": 0.5, "occasional": 0.2, "silent": 0.0}  # how often a mail leads on
SHARES = (12, 32, 34, 22)
# stays, left, paused, weekly; hard and soft bounces; complained; not_me: somebody else had typed the address.
FATES = {"stays": 78, "left": 8, "paused": 4, "weekly": 4, "hard": 2, "soft": 2, "complained": 1, "not_me": 1}


@dataclass(frozen=True)
class Reader:
    """One reader as the seed draws them."""

    number: int
    name: str
    address: str
    language: str
    joined_at: datetime
    newsletters: tuple[str, ...]  # keys of their purposes
    is_tracked: bool
    topics: tuple[int, ...]  # places in the list of topics
    temper: str
    hour: int  # at which they like to read, in the site's zone
    fate: str
    fate_at: datetime  # when they left, paused, …; means nothing for those that stay or bounce

    @property
    def is_calm(self) -> bool:
        """Whether nothing befell them: they alone walk through journeys and take resources."""
        return self.fate == "stays"

    @property
    def is_scanned(self) -> bool:
        """Whether a machine opens their mails before they do."""
        return self.address.endswith(f"@{SCANNED}")

    def is_there(self, at: datetime) -> bool:
        """Whether they may still do something at that moment."""
        return self.fate not in ("left", "not_me") or at < self.fate_at


def draw(seed: int, day: date) -> list[Reader]:
    """The same people for the same seed and day, the earliest first."""
    drawn = [_one(random.Random(f"{seed}:{number}"), number, day) for number in range(N_READERS)]  # noqa: S311
    return sorted(drawn, key=lambda reader: (reader.joined_at, reader.number))


def _one(chance: random.Random, number: int, day: date) -> Reader:
    language = "it" if chance.random() < 0.7 else "en"
    known = words.people()[language]
    first, last = chance.choice(known["first"].split()), chance.choice(known["last"].split())
    days = 2 + int((DAYS_BACK - 2) * chance.random() ** 1.15)  # more of them lately
    fate = chance.choices(list(FATES), list(FATES.values()))[0] if days > N_NEWCOMERS_DAYS else "stays"
    return Reader(
        number=number,
        name=f"{first} {last}" if chance.random() < 0.9 else "",
        address=f"{first}.{last}.{number}@{chance.choice(DOMAINS)}".lower(),
        language=language,
        joined_at=texts.moment(day, days, time(chance.randrange(11, 23), chance.randrange(60))),
        newsletters=_newsletters(chance),
        is_tracked=chance.random() < 0.6,
        topics=tuple(sorted(chance.sample(range(len(words.topics())), chance.choice((0, 0, 1, 2, 3))))),
        temper=chance.choices(list(TEMPERS), SHARES)[0],
        hour=chance.choice((7, 8, 12, 13, 18, 20, 21, 22)),
        fate=fate,
        fate_at=_befallen(chance, day, days),
    )


def _newsletters(chance: random.Random) -> tuple[str, ...]:
    return (
        letters.LETTER,
        *([letters.MINUTE] if chance.random() < 0.35 else []),
        *([letters.NOTEBOOK] if chance.random() < 0.2 else []),
    )


def _befallen(chance: random.Random, day: date, days: int) -> datetime:
    """A moment between their coming and the journeys' first day."""
    if days <= N_NEWCOMERS_DAYS:
        return texts.moment(day, days) + timedelta(days=1)
    return texts.moment(day, chance.randint(16, days - 2), time(chance.randrange(9, 22), chance.randrange(60)))
