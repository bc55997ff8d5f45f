"""Plain text laid out with care: 72 columns, rule lines, lists that hang."""

import re
from collections.abc import Iterator

from campaigns.rendering.braces import Guard

COLUMNS = 72
RULE = "-" * COLUMNS
DOUBLE_RULE = "=" * COLUMNS
LEAD = re.compile(r"^\s*(?:[*•-] |\d+\. |> |\[\d+\] )?")
GAP = re.compile(r"[ \t]+(?!\[\d+\])")  # the number of a link stays with the word before it
TOO_MANY = re.compile(r"\n{3,}")


def wrap(source: str) -> str:
    """The text with each long line broken between words; tags and addresses stay whole, list items hang."""
    guard = Guard()
    lines = (_wrap_line(line.rstrip(), guard) for line in guard.protect(source).split("\n"))
    return guard.restore(TOO_MANY.sub("\n\n", "\n".join(lines)).strip("\n")) + "\n"


def _wrap_line(line: str, guard: Guard) -> str:
    if guard.width(line) <= COLUMNS:
        return line
    match = LEAD.match(line)
    lead = match.group() if match else ""
    hanging = lead if lead.strip() == ">" else " " * len(lead)
    rows = _rows(line[len(lead) :], COLUMNS - len(lead), guard)
    return "\n".join((hanging if number else lead) + row for number, row in enumerate(rows))


def _rows(text: str, columns: int, guard: Guard) -> Iterator[str]:
    """The words in rows of at most so many columns; a word that is longer has a row of its own."""
    row: list[str] = []
    taken = 0
    for word in GAP.split(text):
        width = guard.width(word)
        if row and taken + 1 + width > columns:
            yield " ".join(row)
            row, taken = [], 0
        taken += width + bool(row)
        row.append(word)
    yield " ".join(row)
