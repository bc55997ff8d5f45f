"""What an event says about a page of ours: which page in all languages, about what, called what."""

import time
from functools import lru_cache

from django.db import connection
from wagtail.models import Page

REMEMBERED_SECONDS = 300  # a topic changed by an editor is seen by the next events after that


def about(page_id: int) -> dict[str, object]:
    """`translation` and `topics` (translation keys in hexadecimal) and `title` of a live page; empty for any other.

    Remembered by the process for REMEMBERED_SECONDS; do not change what it gives.
    """
    return _about(connection.settings_dict["NAME"], page_id, int(time.monotonic() / REMEMBERED_SECONDS))


@lru_cache(maxsize=2048)
def _about(database: str, page_id: int, _era: int) -> dict[str, object]:
    page = Page.objects.live().filter(pk=page_id).specific().first()
    if page is None:
        return {}
    topics = getattr(page, "topics", None)
    keys = topics.values_list("translation_key", flat=True) if topics is not None else ()
    return {
        "translation": page.translation_key.hex,
        "topics": sorted(key.hex for key in keys),
        "title": page.title,
    }
