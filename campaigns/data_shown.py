"""An export as its page shows it: words for columns and codes, dates as people write them, nothing that is empty.

The files keep every value as it is; here a value that no word is known for is shown as it stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import data_words
from campaigns.journeys import reasons
from content import dates
from content.models import Topic
from subscribers.exporting import Row
from subscribers.models import Kind, Purpose

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """One table of the export."""

    title: str
    rows: list[Pairs]  # each row's columns and values, in words


@dataclass(frozen=True)
class Names:
    """What is called by a key in the tables, in the reader's language."""

    purposes: dict[str, str]
    topics: dict[str, str]  # by translation key, 32 hexadecimal digits


def parts(tables: Mapping[str, list[Row]]) -> list[Part]:
    """The tables that hold anything, in their order; two queries for the names."""
    names = _names()
    shown = [Part(str(data_words.TITLES[name]), list(_rows(name, rows, names))) for name, rows in tables.items()]
    return [part for part in shown if part.rows]


def _rows(table: str, rows: list[Row], names: Names) -> Iterator[Pairs]:
    for row in rows:
        pairs = [
            (str(data_words.COLUMNS.get(column, column)), _said(table, column, value, names))
            for column, value in row.items()
            if column not in data_words.IN_FILES_ONLY and not _is_other_language(column, row)
        ]
        if filled := [(column, text) for column, text in pairs if text]:
            yield filled


def _is_other_language(column: str, row: Row) -> bool:
    """A title is shown in one language, and the key it belongs to where there is no title alone."""
    if column.startswith("purpose__title_"):
        return column != f"purpose__title_{_language()}"
    return column == "purpose__key" and f"purpose__title_{_language()}" in row


def _said(table: str, column: str, value: object, names: Names) -> str:
    """One value in words; empty for what says nothing."""
    codes = data_words.CODES.get((table, column))
    if codes is not None and value in codes.values:
        return str(codes(value).label)
    if column in SPECIAL and value:
        return SPECIAL[column](value, names)
    return _plain(value)


def _plain(value: object) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        told = [(data_words.COLUMNS.get(key, key), _plain(one)) for key, one in value.items()]
        return "; ".join(f"{key}: {text}" for key, text in told if text)
    if isinstance(value, list):
        return ", ".join(filter(None, map(_plain, value)))
    text = str(value)
    moment = parse_datetime(text) if MOMENT.fullmatch(text) else None
    return dates.written(moment, dates.MINUTE) if moment else text


def _interests(value: object, names: Names) -> str:
    """The topics, strongest first; see `subscribers.models.Facts` for the shape of each."""
    if not isinstance(value, dict):
        return _plain(value)
    strongest = sorted(value, key=lambda key: -value[key][-1])
    return ", ".join(names.topics.get(_hex(key), key) for key in strongest)


def _hours(value: object, names: Names) -> str:
    if not isinstance(value, list):
        return _plain(value)
    return ", ".join(f"{hour}–{hour + 1}: {n}" for hour, n in enumerate(value) if n)


def _acts(value: object, names: Names) -> str:
    if not isinstance(value, list):
        return _plain(value)
    return "; ".join(f"{_at(act[0])}: {_kind(str(act[1]))}" for act in value)


def _marks(value: object, names: Names) -> str:
    if not isinstance(value, dict):
        return _plain(value)
    return "; ".join(f"{_at(at)}: {why or sign}" for sign, (at, why) in value.items())


SPECIAL: dict[str, Callable[[object, Names], str]] = {
    "affinity": _interests,
    "rhythm": _hours,
    "recent": _acts,
    "marks": _marks,
    "purpose__key": lambda value, names: names.purposes.get(str(value), str(value)),
    "consent__purpose__key": lambda value, names: names.purposes.get(str(value), str(value)),
    "why": lambda value, _names: reasons.words(str(value)),
    "locale": lambda value, _names: data_words.LANGUAGES.get(str(value), str(value)),
    "locale__language_code": lambda value, _names: data_words.LANGUAGES.get(str(value), str(value)),
}


def _names() -> Names:
    language = _language()
    topics = Topic.objects.filter(locale__language_code=language).values_list("translation_key", "name")
    return Names(
        purposes={purpose.key: purpose.title(language) for purpose in Purpose.objects.all()},
        topics={key.hex: name for key, name in topics},
    )


def _hex(key: str) -> str:
    try:
        return UUID(key).hex
    except ValueError:
        return key


def _at(seconds: object) -> str:
    moment = datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    return dates.written(moment, dates.MINUTE) if moment else str(seconds)


def _kind(kind: str) -> str:
    return str(Kind(kind).label) if kind in Kind.values else kind


def _language() -> str:
    return (get_language() or "it")[:2]
