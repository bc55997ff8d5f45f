"""What review page and editor ask before a mail leaves: what stops it, and what deserves a look.

Nothing here touches the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from wagtail.models import Page

from campaigns.models.publisher import PublisherSettings
from campaigns.rendering import compiling, sources
from campaigns.rendering.checks import message, texts
from campaigns.rendering.trouble import Finding, Level

if TYPE_CHECKING:
    from campaigns.models.newsletters import Email, IssuePage

__all__ = ["Finding", "Level", "of_email", "run"]


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


def of_email(email: Email, now: datetime) -> list[Finding]:
    """Everything found in an email of a journey as given, worst first. Without a subject its name stands there."""
    source = sources.of_email(email)
    found = [*_publisher(), *_of(email, source, now)]
    return sorted(dict.fromkeys(found), key=lambda finding: finding.level != Level.STOP)


def _publisher() -> Iterator[Finding]:
    if missing := PublisherSettings.current().missing():
        words = _("The law wants in each mail who publishes it. Missing in the settings: %(fields)s.")
        yield Finding(Level.STOP, words % {"fields": ", ".join(missing)})


def _of_issue(issue: IssuePage, now: datetime) -> Iterator[Finding]:
    if not issue.subject.strip():
        yield Finding(Level.STOP, _("There is no subject."))
    yield from _of(issue, sources.of_issue(issue), now)


def _of(letter: texts.Message, source: sources.Source, now: datetime) -> Iterator[Finding]:
    yield from message.head(letter)
    yield from message.body(letter)
    complaints = texts.complaints(letter, source.vocabulary)
    yield from (Finding(Level.STOP, str(complaint), complaint.text.block_id) for complaint in complaints)
    if not complaints:
        yield from _compiled(source, now)


def _compiled(source: sources.Source, now: datetime) -> Iterator[Finding]:
    try:
        compiled = compiling.compile(source)
    except compiling.CannotCompile as error:
        yield Finding(Level.STOP, _("The message cannot be made into a mail: %(why)s") % {"why": error})
        return
    yield from compiled.findings
    yield from message.size(compiled.html)
    page_ids = {row.page_id for row in compiled.destinations if row.page_id}
    for page in Page.objects.filter(pk__in=page_ids, expire_at__lte=now):
        yield Finding(Level.STOP, _("“%(title)s” is not published any more") % {"title": page.title})
