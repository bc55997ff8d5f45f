"""What readers see an issue called: subject and preheader, filled in for nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from campaigns.rendering import liquid
from campaigns.rendering.braces import literal
from campaigns.rendering.sources import language_of

if TYPE_CHECKING:
    from campaigns.models.newsletters import IssuePage

NEEDS = ("newsletter__purpose", "locale")  # loaded beforehand, a heading takes no query


@dataclass(frozen=True)
class Heading:
    """The words over an issue; without a subject, the page's title stands in."""

    newsletter: str  # its public title
    subject: str
    preheader: str  # may be empty


def of(issue: IssuePage) -> Heading:
    """The issue's heading in its own language."""
    newsletter = issue.newsletter.title(language_of(issue))
    nobody = {"newsletter": {"name": newsletter}}
    return Heading(
        newsletter=newsletter,
        subject=_line(issue.subject or literal(issue.title), nobody) or issue.title,
        preheader=_line(issue.preheader, nobody),
    )


def _line(source: str, nobody: dict[str, Any]) -> str:
    try:
        return liquid.render(source, nobody)
    except liquid.LiquidError:
        return ""
