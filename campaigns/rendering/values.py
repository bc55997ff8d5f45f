"""What templates see of one person: names, texts, and links that are made when they are first asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from liquid.template import BoundTemplate

from campaigns.rendering import liquid, places
from campaigns.rendering.people import Person
from subscribers import tokens

GROUPS = ("person", "newsletter", "links", "context")


@dataclass(frozen=True)
class Frame:
    """What a version says to everybody alike."""

    language: str
    newsletter: str
    web_url: str
    destinations: Mapping[int, str]  # by position


class Values(Mapping[str, object]):
    """What templates see of one person; each link and token is made when it is first asked for.

    What is not known is None, never an empty text, which Liquid would take for a yes in `{% if person.name %}`.
    """

    def __init__(self, person: Person, frame: Frame, now: datetime) -> None:
        self.person = person
        self.frame = frame
        self.now = now
        self._contexts: dict[int, liquid.OwnContext] = {}
        self._tokens: dict[str, str] = {}

    def __getitem__(self, name: str) -> object:
        if name in GROUPS:
            return getattr(self, f"_{name}")
        prefix, _underscore, number = name.partition("_")
        if prefix == "link" and number.isdigit():
            return self.destination(int(number))
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(GROUPS)

    def __len__(self) -> int:
        return len(GROUPS)

    @cached_property
    def _person(self) -> dict[str, object]:
        person = self.person
        return {
            "name": person.name or None,
            "first_name": person.first_name or None,
            "address": person.address or None,
            "is_tracked": person.is_tracked,
        }

    @cached_property
    def _newsletter(self) -> dict[str, str]:
        return {"name": self.frame.newsletter}

    @cached_property
    def _context(self) -> dict[str, str | None]:
        return {name: text or None for name, text in self.person.texts().items()}

    @cached_property
    def _links(self) -> "_Links":
        return _Links(self)

    def context(self, template: BoundTemplate) -> liquid.OwnContext:
        """Liquid's own view of this person, one for each template: names given in it last to its end."""
        found = self._contexts.get(id(template))
        if found is None:
            found = self._contexts[id(template)] = liquid.OwnContext(template, globals=self)
        return found

    def token(self, place: places.Place) -> str:
        """The person's token for a place; places of one purpose share it."""
        token = self._tokens.get(place.purpose)
        if token is None:
            token = self._tokens[place.purpose] = places.token(place, self.person, now=self.now)
        return token

    def destination(self, position: int) -> str:
        """Where a link leads this person: through the counter, or straight there."""
        if not self.person.is_tracked:
            return self.frame.destinations[position]
        before, behind = places.around(places.CLICK.url_name, self.frame.language)
        return f"{before}{tokens.make_click(self.person.delivery_id, position)}{behind}"


class _Links(Mapping[str, str | None]):
    """The reader's own pages by name; None where this mail has no such page."""

    def __init__(self, reader: Values) -> None:
        self.reader = reader

    def __getitem__(self, name: str) -> str | None:
        reader = self.reader
        if name == "web":
            return reader.frame.web_url or None
        if name == "resource" and not reader.person.number("grant"):
            return None
        place = places.PLACES[name]
        before, behind = places.around(place.url_name, reader.frame.language)
        return f"{before}{reader.token(place)}{behind}"

    def __iter__(self) -> Iterator[str]:
        return iter(("web", *places.PLACES))

    def __len__(self) -> int:
        return len(places.PLACES) + 1
