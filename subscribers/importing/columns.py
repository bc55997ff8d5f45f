"""Which column is which: the headings of the systems people leave, and what a person says they mean."""

import re
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from content.importing.findings import Broken, Place

# our word: headings in lower case, with blanks for anything that is no letter or digit
HEADINGS = {
    "address": (
        "email",
        "e mail",
        "email address",
        "e mail address",
        "emailaddress",
        "mail",
        "subscriber email",
        "member email",
        "indirizzo email",
        "indirizzo e mail",
        "posta elettronica",
        "indirizzo di posta elettronica",
        "e mail 1 value",
    ),
    "name": ("name", "full name", "fullname", "display name", "subscriber name", "nome e cognome", "nome completo"),
    "first_name": ("first name", "firstname", "fname", "given name", "nome"),
    "last_name": ("last name", "lastname", "lname", "surname", "family name", "cognome"),
    "language": ("language", "lang", "lingua", "preferred language", "locale"),
    "status": (
        "status",
        "subscription status",
        "subscriber status",
        "email status",
        "subscriber type",
        "type",
        "state",
        "stato",
    ),
    "is_off": ("email disabled", "unsubscribed", "opted out", "is unsubscribed", "disiscritto"),
    "is_on": ("subscribed to emails", "subscribed", "is subscribed", "opt in"),
    "left_at": ("unsub time", "unsubscribed at", "unsubscribe date", "unsubscription date", "deleted at"),
    "bounced_at": ("clean time", "bounced at", "undeliverable at"),
    "agreed_at": ("confirm time", "confirmed at", "optin time", "opt in time", "subscribed at", "subscription date"),
    "zone": ("timezone", "time zone"),
}
FIELDS = frozenset(HEADINGS)
ATTRIBUTE = "attributes."
BY_HEADING = {heading: name for name, headings in HEADINGS.items() for heading in headings}
MAX_COLUMNS = 1_000


@dataclass(frozen=True)
class Columns:
    """Where each of our words stands in a row; what is not there is absent."""

    places: dict[str, int]
    attributes: dict[str, int] = field(default_factory=dict)  # {key of a declared field: place}
    unread: tuple[str, ...] = ()  # headings that nobody asked for
    n_columns: int = 0


def find(header: list[str], mapping: dict[str, str], name: str, line: int) -> Columns:
    """The columns of a heading.

    Takes: `mapping` {heading or number from 1: one of our words, `attributes.<key>`, or `-` to leave out}.
    Raises: Broken where no column holds addresses, one of our words is found twice, or a mapping names nothing.
    """
    if len(header) > MAX_COLUMNS:
        raise Broken(
            Place(name, line), _("There are %(count)d columns; at most 1000 are read.") % {"count": len(header)}
        )
    named = {_place(heading, header, name, line): word for heading, word in mapping.items()}
    places, attributes = _named(named, name, line)
    _recognise(header, named, places, name, line)
    if "address" not in places:
        raise Broken(Place(name, line), _no_address(header))
    if "last_name" in places and "name" in places and "first_name" not in places:
        places["first_name"] = places.pop("name")
    if "first_name" in places and "last_name" not in places and "name" not in places:
        places["name"] = places.pop("first_name")
    used = {*places.values(), *attributes.values()}
    unread = tuple(heading for place, heading in enumerate(header) if place not in used and heading)
    return Columns(dict(sorted(places.items(), key=lambda found: found[1])), attributes, unread, len(header))


def _place(heading: str, header: list[str], name: str, line: int) -> int:
    if heading.isdecimal() and 1 <= int(heading) <= len(header):
        return int(heading) - 1
    found = [place for place, written in enumerate(header) if _plain(written) == _plain(heading)]
    if len(found) != 1:
        message = _(
            "--mapping names the column “%(heading)s”, which is there %(count)d times. Its number can be given."
        )
        raise Broken(Place(name, line), message % {"heading": heading, "count": len(found)})
    return found[0]


def _named(named: dict[int, str], name: str, line: int) -> tuple[dict[str, int], dict[str, int]]:
    places: dict[str, int] = {}
    attributes: dict[str, int] = {}
    for place, word in named.items():
        if word.startswith(ATTRIBUTE) and len(word) > len(ATTRIBUTE):
            attributes[word.removeprefix(ATTRIBUTE)] = place
        elif word in FIELDS:
            places[word] = place
        elif word != "-":
            known = ", ".join(sorted(FIELDS))
            message = _("--mapping knows %(known)s, attributes.… and -, not “%(word)s”.")
            raise Broken(Place(name, line), message % {"known": known, "word": word})
    return places, attributes


def _recognise(header: list[str], named: dict[int, str], places: dict[str, int], name: str, line: int) -> None:
    """Add the columns whose heading is known; a word the mapping gave stays where it was put."""
    given = set(places)
    words = {place: BY_HEADING.get(_plain(heading)) for place, heading in enumerate(header) if place not in named}
    found = [word for word in words.values() if word and word not in given]
    twice = [word for word, count in Counter(found).items() if count > 1]
    if "address" in twice or "status" in twice:
        message = _("Two columns could be “%(word)s”: say with --mapping which one is.")
        raise Broken(Place(name, line), message % {"word": "address" if "address" in twice else "status"})
    for place, word in sorted(words.items(), key=lambda found: _rank(header[found[0]])):
        if word and word not in given:
            places.setdefault(word, place)


def _rank(heading: str) -> int:
    """Where two headings mean the same, the one that stands first in our list is read: confirmed before opted in."""
    plain = _plain(heading)
    word = BY_HEADING.get(plain)
    return HEADINGS[word].index(plain) if word else 0


def _no_address(header: list[str]) -> str:
    shown = ", ".join(f"“{heading}”" for heading in header[:12])
    if any("@" in heading for heading in header):
        return _("The first line is no heading but holds an address: add --no-header --mapping NUMBER=address.")
    return _("No column holds addresses. The columns are %(shown)s: add --mapping HEADING=address.") % {"shown": shown}


def _plain(heading: str) -> str:
    return " ".join(re.sub(r"[^\w]+|_", " ", heading.casefold()).split())
