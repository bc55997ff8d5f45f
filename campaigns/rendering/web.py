"""An issue as a page of the archive: the same content, for nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from campaigns.rendering import dress, liquid, pieces
from campaigns.rendering.braces import literal
from campaigns.rendering.links import LinkTable
from campaigns.rendering.sources import language_of
from campaigns.rendering.trouble import Troubles
from content import navigation

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.query import PageQuerySet

    from campaigns.models.newsletters import IssuePage

N_ISSUES = 20  # on one part of the archive


@dataclass(frozen=True)
class Shown:
    """What the page of an issue shows."""

    newsletter: str
    body: SafeString
    subject: str
    preheader: str
    previous: IssuePage | None
    next: IssuePage | None


def show(issue: IssuePage) -> Shown:
    """The issue with every personal part as for somebody we know nothing of."""
    with translation.override(language_of(issue)):
        nobody = _nobody(issue)
        before, after = _beside(issue)
        return Shown(
            newsletter=nobody["newsletter"]["name"],
            body=_body(issue, nobody),
            subject=_line(issue.subject or literal(issue.title), nobody),
            preheader=_line(issue.preheader, nobody),
            previous=before,
            next=after,
        )


@dataclass(frozen=True)
class Row:
    """One issue in the archive."""

    url: str
    subject: str
    preheader: str
    newsletter: str
    at: datetime | None


def archive(issues: PageQuerySet, request: HttpRequest) -> dict[str, Any]:
    """One part of the archive for its template: `rows`, newest first, and `part` to leaf through."""
    found = issues.live().select_related("newsletter__purpose", "locale").defer_streamfields()
    part = Paginator(found.order_by("-first_published_at", "-pk"), N_ISSUES).get_page(request.GET.get("page"))
    return {"rows": [_row(issue, request) for issue in part.object_list], "part": part}


def newest(issues: PageQuerySet, request: HttpRequest) -> Row | None:
    """The newest live issue that went to everybody and asks for no password."""
    public = issues.live().public().filter(segment=None)
    found = public.select_related("newsletter__purpose", "locale").defer_streamfields()
    issue = found.order_by("-first_published_at", "-pk").first()
    return _row(issue, request) if issue else None


def _row(issue: IssuePage, request: HttpRequest) -> Row:
    newsletter = issue.newsletter.title(language_of(issue))
    nobody: dict[str, Any] = {"newsletter": {"name": newsletter}}
    return Row(
        url=navigation.address(issue, request),
        subject=_line(issue.subject or literal(issue.title), nobody),
        preheader=_line(issue.preheader, nobody),
        newsletter=newsletter,
        at=issue.first_published_at,
    )


def _nobody(issue: IssuePage) -> dict[str, Any]:
    """What templates see where there is no reader; the way to one's own page is the way to ask for it."""
    ask = reverse("link")
    return {
        "person": {},
        "newsletter": {"name": issue.newsletter.title(language_of(issue))},
        "links": {"home": ask, "leave": ask, "why": ask, "web": (issue.url or "") if issue.pk else ""},
        "context": {},
    }


def _body(issue: IssuePage, nobody: dict[str, Any]) -> SafeString:
    troubles = Troubles()
    written = dress.write_all(dress.Web(LinkTable(troubles)), pieces.read(issue.body, troubles))
    try:
        html = liquid.render(written, nobody, environment=liquid.HTML)
    except liquid.LiquidError:  # an issue brought in from elsewhere, never saved through the form
        return SafeString("")
    return mark_safe(html)  # noqa: S308 -- texts were escaped by the dress, values by Liquid


def _line(source: str, nobody: dict[str, Any]) -> str:
    try:
        return liquid.render(source, nobody)
    except liquid.LiquidError:
        return ""


def _beside(issue: IssuePage) -> tuple[IssuePage | None, IssuePage | None]:
    """The live issues of the same newsletter and language before and after this one."""
    if issue.first_published_at is None or not issue.pk:
        return None, None
    at, pk = issue.first_published_at, issue.pk
    others = type(issue).objects.live().filter(newsletter=issue.newsletter_id, locale=issue.locale_id)
    others = others.exclude(pk=pk).defer_streamfields()
    older = others.filter(Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk))
    newer = others.filter(Q(first_published_at__gt=at) | Q(first_published_at=at, pk__gt=pk))
    return older.order_by("first_published_at", "pk").last(), newer.order_by("first_published_at", "pk").first()
