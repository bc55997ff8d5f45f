"""An export as its page shows it: words for columns and codes, dates as people write them, nothing that is empty.

The files keep every value as it is; here a value that no word is known for is shown as it stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import data_words
from campaigns.journeys import reasons
from content import dates
from content.models import Topic
from subscribers.exporting import Row
from subscribers.models import Purpose

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
            (_called(table, column), _said(table, column, value, names))
            for column, value in row.items()
            if column not in data_words.IN_FILES_ONLY and not _is_other_language(column, row)
        ]
        if filled := [(column, text) for column, text in pairs if text]:
            yield filled


def _called(table: str, column: str) -> str:
    words = data_words.COLUMNS.get(f"{table}.{column}") or data_words.COLUMNS.get(column)
    return str(words) if words else column


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
    return _told(column, value, names)


def _told(key: str, value: object, names: Names) -> str:
    """By the words made for it; a value of another shape than ours today (older, imported) is shown as it stands."""
    try:
        return SPECIAL[key](value, names) if value and key in SPECIAL else _plain(value, names)
    except (LookupError, TypeError, ValueError):
        return _plain(value, names)


def _plain(value: object, names: Names) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(_pairs(value, names))
    if isinstance(value, list):
        return ", ".join(filter(None, (_plain(one, names) for one in value)))
    return _moment(str(value)) or str(value)


def _pairs(value: dict[str, object], names: Names) -> Iterator[str]:
    for key, one in value.items():
        text = "" if key in data_words.IN_FILES_ONLY else _told(key, one, names)
        if text:
            yield f"{data_words.COLUMNS.get(key, key)}: {text}"


def _moment(text: str) -> str:
    """A time of ours as people write it; empty for any other text."""
    moment = parse_datetime(text) if MOMENT.fullmatch(text) else None
    return dates.written(moment, dates.MINUTE) if moment else ""


def _interests(value: object, names: Names) -> str:
    """The topics, strongest first; see `subscribers.models.Facts` for the shape of this and the next three."""
    if not isinstance(value, dict):
        return _plain(value, names)
    return _topics(sorted(value, key=lambda key: -value[key][-1]), names)


def _hours(value: object, names: Names) -> str:
    if not isinstance(value, list):
        return _plain(value, names)
    return ", ".join(f"{hour}–{hour + 1}: {n}" for hour, n in enumerate(value) if n)


def _visits(value: object, names: Names) -> str:
    if not isinstance(value, list):
        return _plain(value, names)
    return "; ".join(_visit(datetime.fromtimestamp(at, UTC), topics, names) for at, _thing, topics in value)


def _visit(at: datetime, topics: list[str], names: Names) -> str:
    about = _topics(topics, names)
    return f"{dates.written(at, dates.MINUTE)} ({about})" if about else dates.written(at, dates.MINUTE)


def _signs(value: object, names: Names) -> str:
    if not isinstance(value, dict):
        return _plain(value, names)
    signs = [(data_words.SIGNS.get(sort), sort, at) for sort, at in value.items()]
    return "; ".join(f"{sign.label if sign else sort}: {_moment(str(at)) or at}" for sign, sort, at in signs)


def _topics(value: object, names: Names) -> str:
    """Topics by their keys, or by as much of a key as was kept; those that are no more stay keys."""
    if not isinstance(value, list):
        return _plain(value, names)
    found = [(key, [name for full, name in names.topics.items() if full.startswith(str(key))]) for key in value]
    return ", ".join(matches[0] if matches else str(key) for key, matches in found)


SPECIAL: dict[str, Callable[[object, Names], str]] = {
    "affinity": _interests,
    "rhythm": _hours,
    "recent": _visits,
    "marks": _signs,
    "topics": _topics,
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


def _language() -> str:
    return (get_language() or "it")[:2]
