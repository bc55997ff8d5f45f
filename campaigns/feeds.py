"""The feed of the archive: the issues that everybody may read, in the language of the address."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.feedgenerator import Rss201rev2Feed

from campaigns.models import ArchivePage, IssuePage
from campaigns.rendering import archive
from content import navigation
from content.feeds import N_ITEMS
from content.look import shown


class Issues(Feed):
    """The newest issues."""

    feed_type = Rss201rev2Feed
    item_guid_is_permalink = False

    def get_object(self, request: HttpRequest) -> ArchivePage:
        """Raises Http404 where the language has no archive that everybody may read."""
        archives = ArchivePage.objects.live().public()
        return get_object_or_404(archives, locale__language_code=translation.get_language())

    def title(self, obj: ArchivePage) -> str:
        """The archive before the publication."""
        return f"{obj.title} · {shown.current().name}"

    def link(self, obj: ArchivePage) -> str:
        """The archive."""
        return navigation.absolute(navigation.address(obj))

    def description(self, obj: ArchivePage) -> str:
        """The archive's own introduction."""
        return obj.introduction or obj.title

    def items(self, obj: ArchivePage) -> list[archive.Row]:
        """At most N_ITEMS issues, newest first."""
        return archive.newest(IssuePage.objects.child_of(obj), None, N_ITEMS)

    def item_title(self, item: archive.Row) -> str:
        """The subject; the generator escapes it."""
        return item.subject

    def item_description(self, item: archive.Row) -> str:
        """The preheader."""
        return item.preheader

    def item_link(self, item: archive.Row) -> str:
        """The issue's page."""
        return navigation.absolute(item.url)

    def item_guid(self, item: archive.Row) -> str:
        """Stays when the address changes."""
        return f"urn:uuid:{item.key}#{translation.get_language()}"

    def item_categories(self, item: archive.Row) -> list[str]:
        """The newsletter."""
        return [item.newsletter]

    def item_pubdate(self, item: archive.Row) -> datetime | None:
        """The date shown in the archive."""
        return item.at
