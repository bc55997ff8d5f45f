"""Tools that a resource page can hold. Each is made by code: an entry here, a template and a script."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Tool:
    """One tool as pages name it and show it."""

    key: str
    label: Promise
    template: str
    script: str  # below static; a module


TOOLS = {
    tool.key: tool
    for tool in (
        Tool("reading_rhythm", _("Reading rhythm"), "content/tools/reading_rhythm.html", "circolare/js/rhythm.js"),
    )
}


def choices() -> list[tuple[str, Promise]]:
    """For the field of a page; a function, so that a new tool asks for no migration."""
    return [(tool.key, tool.label) for tool in TOOLS.values()]
