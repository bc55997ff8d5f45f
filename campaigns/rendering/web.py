"""An issue as a page of the archive: the same content, for nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from campaigns.rendering import archive, dress, heading, liquid, pieces
from campaigns.rendering.links import LinkTable
from campaigns.rendering.sources import language_of
from campaigns.rendering.trouble import Troubles

if TYPE_CHECKING:
    from campaigns.models.newsletters import IssuePage


@dataclass(frozen=True)
class Shown:
    """What the page of an issue shows."""

    newsletter: str
    body: SafeString
    subject: str
    preheader: str
    previous: archive.Row | None
    next: archive.Row | None


def show(issue: IssuePage) -> Shown:
    """The issue with every personal part as for somebody we know nothing of."""
    with translation.override(language_of(issue)):
        said = heading.of(issue)
        before, after = _beside(issue)
        return Shown(
            newsletter=said.newsletter,
            body=_body(issue, _nobody(issue, said.newsletter)),
            subject=said.subject,
            preheader=said.preheader,
            previous=archive.row(before, None) if before else None,
            next=archive.row(after, None) if after else None,
        )


def _nobody(issue: IssuePage, newsletter: str) -> dict[str, Any]:
    """What templates see where there is no reader; the way to one's own page is the way to ask for it."""
    ask = reverse("link")
    return {
        "person": {},
        "newsletter": {"name": newsletter},
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


def _beside(issue: IssuePage) -> tuple[IssuePage | None, IssuePage | None]:
    """The listed issues of the same newsletter and language before and after this one."""
    if issue.first_published_at is None or not issue.pk:
        return None, None
    at, pk = issue.first_published_at, issue.pk
    others = type(issue).objects.filter(newsletter=issue.newsletter_id, locale=issue.locale_id).exclude(pk=pk)
    others = archive.newest_first(archive.listed(others))
    older = others.filter(Q(first_published_at__lt=at) | Q(first_published_at=at, pk__lt=pk))
    newer = others.filter(Q(first_published_at__gt=at) | Q(first_published_at=at, pk__gt=pk))
    return older.order_by("first_published_at", "pk").last(), newer.order_by("first_published_at", "pk").first()
