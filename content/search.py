"""The readers' search over what is published in their language."""

from wagtail.models import Locale, Page
from wagtail.query import PageQuerySet

MAX_RESULTS = 50


def published(language: str) -> PageQuerySet:
    """What may be found: live pages that everybody may see, the front pages left out."""
    locale = Locale.objects.get(language_code=language)  # the index filters by the column alone
    return Page.objects.live().public().filter(locale_id=locale.pk, depth__gt=2)


def find(text: str, language: str) -> list[Page]:
    """Pages about the text, best first, each as its own kind; [] for empty text. At most MAX_RESULTS."""
    if not text.strip():
        return []
    found = [page.pk for page in published(language).search(text)[:MAX_RESULTS]]
    pages = {page.pk: page for page in Page.objects.filter(pk__in=found).defer_streamfields().specific()}
    return [pages[pk] for pk in found if pk in pages]
