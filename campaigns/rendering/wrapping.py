"""Plain text laid out with care: 72 columns, rule lines, lists that hang."""

import re
import textwrap

from campaigns.rendering.braces import Guard

COLUMNS = 72
RULE = "-" * COLUMNS
DOUBLE_RULE = "=" * COLUMNS
LEAD = re.compile(r"^\s*(?:[*•-] |\d+\. |> |\[\d+\] )?")
TOO_MANY = re.compile(r"\n{3,}")


def wrap(source: str) -> str:
    """The text with each long line broken between words; tags and addresses stay whole, list items hang."""
    guard = Guard()
    lines = (_wrap_line(line.rstrip()) for line in guard.protect(source).split("\n"))
    return guard.restore(TOO_MANY.sub("\n\n", "\n".join(lines)).strip("\n")) + "\n"


def _wrap_line(line: str) -> str:
    if len(line) <= COLUMNS:
        return line
    match = LEAD.match(line)
    lead = match.group() if match else ""
    hanging = lead if lead.strip() == ">" else " " * len(lead)
    return textwrap.fill(
        line[len(lead) :],
        COLUMNS,
        initial_indent=lead,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
