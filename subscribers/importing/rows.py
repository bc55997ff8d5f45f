"""One row of a table as one line for the database, or as a refusal. Pure, and fast: it runs a million times."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import available_timezones

from content.importing import dates, values
from subscribers import addresses, digests
from subscribers.importing import standings
from subscribers.importing.cells import unguard
from subscribers.importing.columns import Columns
from subscribers.importing.standings import SEVERITY, Standing

# A mailbox of plain letters needs no second look: its name says nothing about its domain, nor the other way.
PLAIN = re.compile(
    r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([A-Za-z0-9.-]+)"
).fullmatch
MAX_LOCAL, MAX_PLAIN = 64, 254  # characters, RFC 5321 4.5.3.1
MAX_NAME = 200
MAX_ATTRIBUTE = 1_000
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
NULL = r"\N"
# What a row comes to if we know nothing of the person; the other standings need a look first.
FIRST_VERDICTS = {Standing.AGREES: "new", Standing.LEFT: "left"}


class Refused(Exception):
    """A row that cannot come in; the text is the reason's word, see `REASONS` in `refusing`."""


@dataclass(frozen=True)
class Terms:
    """What holds for every row unless the row itself says otherwise."""

    locale: str
    agreed_at: datetime  # when the people of this file agreed, as far as one knows
    now: datetime
    standing: Standing = Standing.AGREES
    words: dict[str, Standing] = field(default_factory=dict)  # more words for standings
    languages: frozenset[str] = frozenset({"it", "en"})


class Person(NamedTuple):
    """One sound row. A tuple, for a million of them are made."""

    line: int
    key: str  # of the address
    standing: Standing
    marks: tuple[bytes, ...]  # digests of the address, the current one first
    copy_line: str  # for `consents.COPY`


@lru_cache(maxsize=100_000)
def _domain(written: str) -> str:
    """The domain as the address reader writes it. Raises Refused; which is not remembered, being rare."""
    return _slowly(f"a@{written}").domain


def _slowly(written: str) -> addresses.Address:
    try:
        return addresses.read(written)
    except addresses.BadAddress as error:
        raise Refused(f"address: {error.message}") from error


def address(written: str) -> tuple[str, str]:
    """(as written, key) of an address: what `addresses.read` says, at a tenth of its time for plain ones."""
    match = PLAIN(written)
    if match is None or len(written) > MAX_PLAIN or len(match[1]) > MAX_LOCAL:
        found = _slowly(written)
        return found.written, found.key
    local, domain = match[1], _domain(match[2])
    if len(local) + len(domain) >= MAX_PLAIN:
        found = _slowly(written)
        return found.written, found.key
    return f"{local}@{domain}", f"{local.lower()}@{domain}"


def reader(columns: Columns, terms: Terms) -> Callable[[int, list[str]], Person]:
    """A function from (line, cells) to a person; it raises Refused."""
    places, n_columns = columns.places, columns.n_columns
    address_at = places["address"]
    name_of, standing_of = _name_reader(places), _standing_reader(places, terms)
    locale_of, moment_of = _locale_reader(places, terms), _moment_reader(places, terms)
    zone_of, attributes_of = _zone_reader(places), _attribute_reader(columns.attributes)
    all_digests = digests.all_of

    def read(line: int, cells: list[str]) -> Person:
        if len(cells) > n_columns:
            raise Refused("columns")
        if len(cells) < n_columns:
            cells += [""] * (n_columns - len(cells))
        written, key = address(cells[address_at].strip(addresses.AROUND))
        standing = standing_of(cells)
        marks = tuple(all_digests(key))
        verdict = FIRST_VERDICTS.get(standing, "")
        return Person(
            line,
            key,
            standing,
            marks,
            f"{line}\t{verdict}\t{standing.value}\t{_escape(written)}\t{_escape(key)}\t"
            f"{_escape(name_of(cells))}\t{locale_of(cells)}\t{zone_of(cells)}\t{attributes_of(cells)}\t"
            f"{moment_of(cells, standing)}\t{NULL if verdict else marks[0].hex()}\n",
        )

    return read


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\") if "\\" in text else text


def _clean(cell: str) -> str:
    """A cell on one line, without what nobody can see, and without the guard of an exported formula."""
    text = unguard(cell.strip())
    if text.isprintable() and "  " not in text:
        return text
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def _name_reader(places: dict[str, int]) -> Callable[[list[str]], str]:
    whole, first, last = places.get("name"), places.get("first_name"), places.get("last_name")

    def name(cells: list[str]) -> str:
        found = _clean(cells[whole]) if whole is not None else ""
        if not found:
            parts = (_clean(cells[place]) for place in (first, last) if place is not None)
            found = " ".join(part for part in parts if part)
        if len(found) > MAX_NAME:
            raise Refused("name")
        return found

    return name


def _standing_reader(places: dict[str, int], terms: Terms) -> Callable[[list[str]], Standing]:
    """The strictest of what the status, the switches and the dates of a row say."""
    status, off, on = places.get("status"), places.get("is_off"), places.get("is_on")
    left, bounced = places.get("left_at"), places.get("bounced_at")
    if status is None and off is None and on is None and left is None and bounced is None:
        return lambda _cells: terms.standing

    def standing(cells: list[str]) -> Standing:
        found = [terms.standing]
        if status is not None and (word := cells[status].strip()):
            known = standings.read(word, terms.words)
            if known is None:
                raise Refused(f"status: {word[:40]}")
            found.append(known)
        found += [Standing.LEFT for place in (off,) if place is not None and _is(cells[place], "off")]
        found += [Standing.LEFT for place in (on,) if place is not None and not _is(cells[place], "on")]
        found += [Standing.LEFT for place in (left,) if place is not None and cells[place].strip()]
        found += [Standing.BOUNCED for place in (bounced,) if place is not None and cells[place].strip()]
        return min(found, key=lambda one: SEVERITY[one])

    return standing


def _is(cell: str, switch: str) -> bool:
    """Whether a switch stands on this side; an empty cell is on its harmless side. Raises Refused."""
    word = cell.strip().lower()
    if not word:
        return switch == "on"
    if word not in standings.YES and word not in standings.NO:
        raise Refused("switch")
    return word in standings.YES


def _locale_reader(places: dict[str, int], terms: Terms) -> Callable[[list[str]], str]:
    place = places.get("language")
    if place is None:
        return lambda _cells: terms.locale

    def locale(cells: list[str]) -> str:
        code = values.language(cells[place])
        return code if code in terms.languages else terms.locale

    return locale


def _moment_reader(places: dict[str, int], terms: Terms) -> Callable[[list[str], Standing], str]:
    """When the person agreed, or left; a consent without a date of its own takes the file's, a farewell none."""
    agreed, left, bounced = places.get("agreed_at"), places.get("left_at"), places.get("bounced_at")
    given = terms.agreed_at.isoformat()

    def moment(cells: list[str], standing: Standing) -> str:
        if standing is Standing.AGREES:
            found = _date(cells[agreed], terms.now) if agreed is not None else ""
            return found or given
        place = left if standing is Standing.LEFT else bounced
        return (_date(cells[place], terms.now) if place is not None else "") or NULL

    return moment


def _date(cell: str, now: datetime) -> str:
    """A date in the past as ISO text, else ""; dates without a zone are UTC, as the systems write them."""
    text = cell.strip()
    if not text:
        return ""
    try:
        found: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        found = dates.read(text)
    if found is None:
        return ""
    moment = found if found.tzinfo else found.replace(tzinfo=UTC)
    return moment.isoformat() if moment <= now else ""


def _zone_reader(places: dict[str, int]) -> Callable[[list[str]], str]:
    place, known = places.get("zone"), available_timezones()
    if place is None:
        return lambda _cells: ""
    return lambda cells: cells[place].strip() if cells[place].strip() in known else ""


def _attribute_reader(attributes: dict[str, int]) -> Callable[[list[str]], str]:
    if not attributes:
        return lambda _cells: "{}"

    def read(cells: list[str]) -> str:
        found = {key: _clean(cells[place]) for key, place in attributes.items()}
        if any(len(text) > MAX_ATTRIBUTE for text in found.values()):
            raise Refused("attribute")
        return _escape(json.dumps({key: text for key, text in found.items() if text}, ensure_ascii=False))

    return read
