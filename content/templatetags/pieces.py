"""Tags that bring pieces into a page: an open article's surroundings, archives, shelves, pictures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import template
from django.template.context import Context
from django.utils import timezone
from wagtail.models import Page

from content import languages, listing, navigation, opened, pace, pictures, series
from content.library import Shelf, shelf
from content.models import ArticlePage, Author, ColumnPage, MagazinePage, ResourcePage, SeriesPage, Topic
from content.navigation import absolute, address

register = template.Library()


@register.simple_tag(takes_context=True)
def open_article(context: Context, page: ArticlePage) -> opened.OpenArticle:
    """Everything round an article."""
    return opened.article(page, context["request"])


@register.simple_tag(takes_context=True)
def open_resource(context: Context, page: ResourcePage) -> opened.OpenResource:
    """Everything round a resource."""
    return opened.resource(page, context["request"])


@register.simple_tag(takes_context=True)
def archive(context: Context, page: MagazinePage | ColumnPage) -> dict[str, Any]:
    """One part of the pieces of a magazine (its columns' too) or a column: `cards` and `part`."""
    found = listing.articles(page.locale.language_code).descendant_of(page)
    return listing.part(found, context["request"])


@register.simple_tag(takes_context=True)
def newest_articles(context: Context, number: int) -> list[listing.Card]:
    """The newest articles of the magazine in the active language; the columns' pieces stand with their columns."""
    return listing.article_cards(listing.articles_of_magazine()[:number], context["request"], with_column=False)


@register.simple_tag(takes_context=True)
def newest_resources(context: Context, number: int) -> list[listing.Card]:
    """What stands first in the library of the active language, each series as one."""
    return listing.resource_cards(listing.shelved(listing.resources(), number), context["request"])


@register.simple_tag(takes_context=True)
def columns(context: Context) -> list[listing.Series]:
    """The columns with their newest pieces."""
    return listing.series(context["request"])


@register.simple_tag
def column_author(page: ColumnPage) -> Author | None:
    """Who writes the column, in the column's language."""
    return languages.in_locale([page.author], page.locale_id).get(page.author_id or 0)


@register.simple_tag(takes_context=True)
def library_shelf(context: Context, taken: Mapping[UUID, int] | None = None) -> Shelf:
    """The library as the reader filtered and sorted it; `taken` tells how many people took each piece."""
    return shelf(context["request"], taken or {})


@register.simple_tag(takes_context=True)
def open_series(context: Context, page: SeriesPage) -> series.OpenSeries:
    """The parts of a series."""
    return series.opened(page, context["request"])


@register.simple_tag
def our_pace(page: Page) -> pace.Pace:
    """How long our pieces are and how often they come, in the page's language."""
    return pace.measured(page.locale.language_code, timezone.now())


@register.simple_tag
def all_topics(page: Page) -> list[Topic]:
    """Topics in the page's language."""
    return list(Topic.objects.filter(locale_id=page.locale_id))


@register.simple_tag(takes_context=True)
def resource_card(context: Context, page: ResourcePage | None) -> listing.Card | None:
    """A resource named in a text, in the reader's language where it exists; None when it is not published."""
    if page is None:
        return None
    around = context.get("page")
    locale_id = around.locale_id if isinstance(around, Page) else page.locale_id
    shown = languages.in_locale([page], locale_id)[page.pk]
    if not shown.live:
        return None
    card = listing.resource_cards([shown], context["request"])[0]
    is_foreign = shown.locale_id != locale_id
    return replace(card, language=navigation.own_name(shown.locale.language_code)) if is_foreign else card


@register.simple_tag
def figure_picture(image: Any) -> opened.Figure | None:  # Any: an image of the configured model
    """What the <img> of a figure needs; None when the image is gone."""
    return opened.figure(image)


@register.simple_tag
def cover(page: Page, is_tall: bool = False) -> pictures.Picture:
    """The picture of a page."""
    return pictures.of_page(page, is_tall=is_tall)


@register.simple_tag
def link_preview(page: Page) -> str:
    """The whole address of the raster for link previews."""
    return absolute(pictures.preview_of(page).url)


@register.simple_tag(takes_context=True)
def whole_address(context: Context, page: Page) -> str:
    """The page's address with the installation's own before it."""
    return absolute(address(page, context.get("request")))
