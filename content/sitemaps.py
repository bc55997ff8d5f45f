"""The sitemap: every public page in every language, topics and authors with it."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from content import navigation
from content.models import Author, Topic
from content.models.serving import unlisted


class Pages(Sitemap):
    """Live pages that need no password and may be named."""

    def items(self) -> QuerySet[Page]:
        """Pages below the root, in the order of the tree."""
        return Page.objects.live().public().filter(depth__gt=1).exclude(pk__in=unlisted()).order_by("path")

    def location(self, item: Page) -> str:
        """The page's path."""
        return navigation.address(item)

    def lastmod(self, item: Page) -> datetime | None:
        """When it was last published; None for pages that a migration made."""
        return item.last_published_at


class Rows(Sitemap):
    """Pages of topics or authors."""

    url_name: str

    def location(self, item: Topic | Author) -> str:
        """The path in the row's own language."""
        with translation.override(item.locale.language_code):
            return reverse(self.url_name, args=[item.slug])


class Topics(Rows):
    """One address a topic and language."""

    url_name = "topic"

    def items(self) -> QuerySet[Topic]:
        """All topics."""
        return Topic.objects.select_related("locale").order_by("pk")


class Authors(Rows):
    """One address an author and language."""

    url_name = "author"

    def items(self) -> QuerySet[Author]:
        """All authors."""
        return Author.objects.select_related("locale").order_by("pk")


SITEMAPS: dict[str, type[Sitemap]] = {"pages": Pages, "topics": Topics, "authors": Authors}
