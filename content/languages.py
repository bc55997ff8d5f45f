"""The same topic or author in another language. A page copied for translation still names the first language's rows."""

from collections.abc import Iterable
from typing import TypeVar

from wagtail.models import TranslatableMixin

Row = TypeVar("Row", bound=TranslatableMixin)


def in_locale(rows: Iterable[Row | None], locale_id: int) -> dict[int, Row]:
    """Each row's own version in the locale, by the given row's id; itself where it has none.

    One query where any row is in another language, none otherwise.
    """
    given = {row.pk: row for row in rows if row is not None}
    foreign = [row for row in given.values() if row.locale_id != locale_id]
    if not foreign:
        return given
    keys = {row.translation_key for row in foreign}
    found = type(foreign[0]).objects.filter(translation_key__in=keys, locale_id=locale_id)
    by_key = {row.translation_key: row for row in found}
    return {
        pk: row if row.locale_id == locale_id else by_key.get(row.translation_key, row) for pk, row in given.items()
    }
