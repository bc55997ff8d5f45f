"""RSS feeds: everything, one column, one topic. RSS 2.0, https://www.rssboard.org/rss-specification (read 2026-11)."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed
from django.utils.translation import gettext as _
from wagtail.query import PageQuerySet

from content import listing, navigation
from content.look import shown
from content.models import ArticlePage, ColumnPage, Topic

N_ITEMS = 30


class Articles(Feed):
    """The newest articles in the language of the address. `Any` below is Django's: each feed has its own object."""

    feed_type = Rss201rev2Feed

    def title(self, obj: Any) -> str:
        """The publication's name."""
        return shown.current().name

    def link(self, obj: Any) -> str:
        """The front page."""
        return navigation.absolute(navigation.home_address())

    def description(self, obj: Any) -> str:
        """One sentence for readers of the feed."""
        return _("Everything we publish, newest first.")

    def pieces(self, obj: Any) -> PageQuerySet:
        """The pieces this feed lists, newest first."""
        return listing.articles()

    def items(self, obj: Any) -> list[ArticlePage]:
        """At most N_ITEMS pieces."""
        return list(self.pieces(obj)[:N_ITEMS])

    def item_title(self, item: ArticlePage) -> str:
        """The title as written; the generator escapes it."""
        return item.title

    def item_description(self, item: ArticlePage) -> str:
        """The standfirst."""
        return item.standfirst

    def item_link(self, item: ArticlePage) -> str:
        """The article's address."""
        return navigation.absolute(navigation.address(item))

    def item_guid(self, item: ArticlePage) -> str:
        """Stays when the address changes."""
        return f"urn:uuid:{item.translation_key}#{translation.get_language()}"

    item_guid_is_permalink = False

    def item_author_name(self, item: ArticlePage) -> str | None:
        """The author's name."""
        return item.author.name if item.author else None

    def item_pubdate(self, item: ArticlePage) -> datetime:
        """The date shown on the article."""
        return item.published_at


class OfColumn(Articles):
    """The pieces of one column."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> ColumnPage:
        """Raises Http404 for a column that is not published in the language of the address."""
        return get_object_or_404(listing.columns(), pk=kwargs["page_id"])

    def title(self, obj: ColumnPage) -> str:
        """The column before the publication."""
        return f"{obj.title} · {shown.current().name}"

    def link(self, obj: ColumnPage) -> str:
        """The column's page."""
        return navigation.absolute(navigation.address(obj))

    def description(self, obj: ColumnPage) -> str:
        """The column's own introduction."""
        return obj.introduction or obj.title

    def pieces(self, obj: ColumnPage) -> PageQuerySet:
        """The articles below the column."""
        return listing.articles().child_of(obj)


class OfTopic(Articles):
    """The pieces about one topic."""

    def get_object(self, request: HttpRequest, **kwargs: Any) -> Topic:
        """Raises Http404 for a topic that has no words in the language of the address."""
        return get_object_or_404(
            Topic.objects.select_related("locale"),
            slug=kwargs["slug"],
            locale__language_code=translation.get_language(),
        )

    def title(self, obj: Topic) -> str:
        """The topic before the publication."""
        return f"{obj.name} · {shown.current().name}"

    def link(self, obj: Topic) -> str:
        """The topic's page."""
        return navigation.absolute(reverse("topic", args=[obj.slug]))

    def description(self, obj: Topic) -> str:
        """What the topic is about."""
        return obj.description or obj.name

    def pieces(self, obj: Topic) -> PageQuerySet:
        """Articles about it."""
        return listing.articles_about(obj)
