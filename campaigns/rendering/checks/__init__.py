"""What the review page asks before an issue leaves: what stops it, and what deserves a look.

Nothing here touches the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail.models import Page

from campaigns.models.publisher import PublisherSettings
from campaigns.rendering import compiling, sources, syntax
from campaigns.rendering.checks import message, texts
from campaigns.rendering.trouble import Finding, Level

if TYPE_CHECKING:
    from campaigns.models.newsletters import IssuePage

__all__ = ["Finding", "Level", "run"]


def run(issue: IssuePage, now: datetime) -> list[Finding]:
    """Everything found in the issue as given (draft or live) and in the translations that are ready, worst first."""
    found = [*_publisher(), *_of_issue(issue, now)]
    for other in sources.translations(issue):
        language = other.locale.get_display_name()
        found += [
            Finding(finding.level, _("In %(language)s: %(words)s") % {"language": language, "words": finding.text})
            for finding in _of_issue(other, now)
        ]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.level != Level.STOP)


def _publisher() -> Iterator[Finding]:
    if missing := PublisherSettings.current().missing():
        words = _("The law wants in each mail who publishes it. Missing in the settings: %(fields)s.")
        yield Finding(Level.STOP, words % {"fields": ", ".join(missing)})


def _of_issue(issue: IssuePage, now: datetime) -> Iterator[Finding]:
    yield from message.head(issue)
    yield from message.body(issue)
    complaints = texts.complaints(issue, syntax.ISSUE)
    yield from (Finding(Level.STOP, str(complaint), complaint.text.block_id) for complaint in complaints)
    if not complaints:
        yield from _compiled(issue, now)


def _compiled(issue: IssuePage, now: datetime) -> Iterator[Finding]:
    try:
        compiled = compiling.compile(sources.of_issue(issue))
    except compiling.CannotCompile as error:
        yield Finding(Level.STOP, _("The message cannot be made into a mail: %(why)s") % {"why": error})
        return
    yield from compiled.findings
    yield from message.size(compiled.html)
    page_ids = {row.page_id for row in compiled.destinations if row.page_id}
    for page in Page.objects.filter(pk__in=page_ids, expire_at__lte=now):
        yield Finding(Level.STOP, _("“%(title)s” is not published any more") % {"title": page.title})
