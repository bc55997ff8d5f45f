"""The archive as a reader sees it: all issues that went to everybody, or those of a newsletter, a year, with a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Page as Part
from django.core.paginator import Paginator

from campaigns.rendering import heading
from campaigns.rendering.sources import language_of
from content import navigation
from content.forms import SearchForm

if TYPE_CHECKING:
    from django.http import HttpRequest
    from wagtail.query import PageQuerySet

    from campaigns.models.newsletters import IssuePage

N_ISSUES = 20  # on one part of the archive
MAX_FOUND = 200  # of a search, before the filters


@dataclass(frozen=True)
class Row:
    """One issue in a list."""

    url: str
    subject: str
    preheader: str
    newsletter: str
    at: datetime | None
    key: str  # the same in all languages, whatever the address


@dataclass(frozen=True)
class Choice:
    """One filter to press."""

    label: str
    query: str  # the whole query of the address
    is_on: bool


@dataclass(frozen=True)
class Shelf:
    """One part of the archive, and the ways to the others."""

    rows: list[Row]
    part: Part
    newsletters: list[Choice]  # "all" first; empty where there is nothing to choose
    years: list[Choice]  # likewise, newest first
    text: str  # looked for; may be empty
    kept: dict[str, str]  # what is chosen beside the text, by name in the query
    query: str  # what is chosen altogether

    @property
    def is_narrowed(self) -> bool:
        """Whether less than everything is shown."""
        return bool(self.query)


def listed(issues: PageQuerySet) -> PageQuerySet:
    """Live issues that went to everybody and ask for no password of their own."""
    return issues.live().filter(segment=None, view_restrictions=None)


def newest_first(issues: PageQuerySet) -> PageQuerySet:
    """With what a row needs, and without the bodies."""
    return issues.select_related(*heading.NEEDS).defer_streamfields().order_by("-first_published_at", "-pk")


def newest(issues: PageQuerySet, request: HttpRequest | None, number: int) -> list[Row]:
    """The newest issues that everybody may read."""
    return [row(issue, request) for issue in newest_first(listed(issues).public())[:number]]


def row(issue: IssuePage, request: HttpRequest | None) -> Row:
    """The issue as lists show it."""
    said = heading.of(issue)
    return Row(
        url=navigation.address(issue, request),
        subject=said.subject,
        preheader=said.preheader,
        newsletter=said.newsletter,
        at=issue.first_published_at,
        key=str(issue.translation_key),
    )


def shelf(issues: PageQuerySet, request: HttpRequest) -> Shelf:
    """The archive under `?newsletter=`, `?year=` and `?q=`; unknown values show everything. Seven queries at most.

    Whoever came here has passed the archive's own password: what lies below it is shown.
    """
    found = listed(issues)
    text = _text(request)
    slugs = _newsletters(found)
    slug = _known(request.GET.get("newsletter", ""), list(slugs))
    if slug:
        found = found.filter(newsletter__slug=slug)
    years = [str(year.year) for year in found.datetimes("first_published_at", "year", order="DESC")]
    year = _known(request.GET.get("year", ""), years)
    if year:
        found = found.filter(first_published_at__year=int(year))
    if text:
        found = found.filter(pk__in=[issue.pk for issue in issues.live().search(text)[:MAX_FOUND]])
    part = Paginator(newest_first(found), N_ISSUES).get_page(request.GET.get("page"))
    kept = {name: value for name, value in (("newsletter", slug), ("year", year)) if value}
    return Shelf(
        rows=[row(issue, request) for issue in part.object_list],
        part=part,
        newsletters=_choices(slugs, "newsletter", slug, {"q": text}),
        years=_choices({year: year for year in years}, "year", year, {"newsletter": slug, "q": text}),
        text=text,
        kept=kept,
        query=urlencode({**kept, **({"q": text} if text else {})}),
    )


def _text(request: HttpRequest) -> str:
    form = SearchForm(request.GET)
    return form.cleaned_data["q"] if form.is_valid() else ""


def _newsletters(issues: PageQuerySet) -> dict[str, str]:
    """Public titles by slug, of the newsletters that have issues here; one query."""
    each = issues.select_related(*heading.NEEDS).defer_streamfields()
    each = each.order_by("newsletter_id").distinct("newsletter_id")
    titles = {issue.newsletter.slug: issue.newsletter.title(language_of(issue)) for issue in each}
    return dict(sorted(titles.items(), key=lambda item: item[1].casefold()))


def _known(given: str, values: Sequence[str]) -> str:
    return given if given in values else ""


def _choices(labels: dict[str, str], name: str, chosen: str, beside: dict[str, str]) -> list[Choice]:
    """A choice for each label, before them the one that chooses none of them; none where there is only one label."""
    if len(labels) < 2:
        return []
    rest = {key: value for key, value in beside.items() if value}
    every = Choice("", urlencode(rest), not chosen)
    return [every, *(Choice(labels[key], urlencode({**rest, name: key}), key == chosen) for key in labels)]
