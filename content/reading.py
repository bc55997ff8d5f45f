"""How long a piece takes to read."""

import math
import re
from typing import Any, Protocol

# Silent reading of non-fiction, words a minute: Brysbaert 2019 gives 238 for English and 285 for Italian
# texts counted in the same way; a screen is a little slower, so both are rounded down.
WORDS_PER_MINUTE = {"it": 220, "en": 230}
DEFAULT = "it"  # of a page that stands nowhere yet
SECONDS_PER_FIGURE = 8
WORD = re.compile(r"\w+(?:['’]\w+)?")


class Readable(Protocol):
    """What has a body of blocks and, once it stands in the tree, a locale."""

    body: Any
    locale: Any
    locale_id: int | None


def seconds(page: Readable) -> int:
    """Seconds an unhurried reader needs for the body; 0 for an empty one."""
    language = page.locale.language_code[:2] if page.locale_id else DEFAULT
    words, figures = 0, 0
    for block in page.body:
        figures += block.block_type == "figure"
        words += sum(len(WORD.findall(text)) for text in block.block.get_searchable_content(block.value))
    rate = WORDS_PER_MINUTE.get(language, WORDS_PER_MINUTE[DEFAULT])
    return math.ceil(words * 60 / rate) + figures * SECONDS_PER_FIGURE


def minutes(n_seconds: int) -> int:
    """Whole minutes as shown to readers: at least one where there is anything to read."""
    return max(1, round(n_seconds / 60)) if n_seconds else 0
