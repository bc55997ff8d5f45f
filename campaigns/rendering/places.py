"""The reader's own pages as a mail names them: which address, which token, and what the token holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from subscribers import tokens

if TYPE_CHECKING:
    from campaigns.rendering.people import Person

MARK = "TOKEN"
Values = Callable[["Person"], tuple[int | str, ...]]


@dataclass(frozen=True)
class Place:
    """A page that opens by a personal token; places of one purpose give the token the same values."""

    url_name: str
    purpose: str
    values: Values


def _subscriber(person: "Person") -> tuple[int, ...]:
    return (person.subscriber_id or 0,)


def _leaving(person: "Person") -> tuple[int, ...]:
    # A test names nobody: the link of a staff test opens no reader's page.
    return (person.subscriber_id or 0, person.purpose_id or 0, person.delivery_id)


def _signup(person: "Person") -> tuple[int, ...]:
    return (person.number("signup"), person.delivery_id)


PLACES: dict[str, Place] = {
    "leave": Place("leave", tokens.LEAVE, _leaving),
    "home": Place("home", tokens.HOME, _subscriber),
    "why": Place("why", tokens.WHY, lambda person: (person.delivery_id,)),
    "untrack": Place("untrack", tokens.WHY, lambda person: (person.delivery_id,)),
    "confirm": Place("confirm", tokens.CONFIRM, _signup),
    "refuse": Place("refuse", tokens.REFUSE, _signup),
    "export": Place("export", tokens.EXPORT, _subscriber),
    "erase": Place("erase", tokens.ERASE, _subscriber),
    "address": Place("address", tokens.ADDRESS, lambda person: (*_subscriber(person), person.number("request"))),
    "resource": Place("granted", tokens.RESOURCE, lambda person: (person.number("grant"),)),
}
CLICK = Place("click", tokens.CLICK, lambda person: ())
ONE_CLICK = Place("one_click", tokens.LEAVE, _leaving)


def around(url_name: str, language: str) -> tuple[str, str]:
    """What stands before and behind the token in the complete address."""
    before, behind = _path_around(url_name, language)
    return f"{settings.BASE_URL}{before}", behind


@lru_cache(maxsize=64)
def _path_around(url_name: str, language: str) -> tuple[str, str]:
    with translation.override(language):
        before, _mark, behind = reverse(url_name, args=[MARK]).partition(MARK)
    return before, behind


def token(place: Place, person: "Person", *, now: datetime) -> str:
    """The person's token for the place; URL-safe."""
    return tokens.make(place.purpose, *place.values(person), now=now)
