"""The readers' search over what is published in their language, and over the names of authors and topics."""

import unicodedata
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page
from wagtail.query import PageQuerySet

from content.models import Author, Topic
from content.models.serving import Served, unlisted
from content.navigation import address

MAX_RESULTS = 50
MAX_NAMES = 5  # of each kind
Row = TypeVar("Row", Author, Topic)


@dataclass(frozen=True)
class Found:
    """One result."""

    kind: str  # may be empty
    title: str
    url: str
    summary: str  # may be empty


def published(language: str) -> PageQuerySet:
    """What may be found: live pages that everybody may see and lists may name, the front pages left out."""
    locale = Locale.objects.get(language_code=language)  # the index filters by the column alone
    found = Page.objects.live().public().filter(locale_id=locale.pk, depth__gt=2)
    return found.exclude(pk__in=unlisted())


def find(text: str, language: str) -> list[Served]:
    """Pages about the text, best first, each as its own kind; [] for empty text. At most MAX_RESULTS."""
    if not text.strip():
        return []
    found = [page.pk for page in published(language).search(text)[:MAX_RESULTS]]
    pages = list(Page.objects.filter(pk__in=found).defer_streamfields().specific())
    for relations, alike in groupby(sorted(pages, key=_relations), key=_relations):
        prefetch_related_objects(list(alike), *relations)
    by_id = {page.pk: page for page in pages if isinstance(page, Served)}
    return [by_id[pk] for pk in found if pk in by_id]


def _relations(page: Page) -> tuple[str, ...]:
    return page.shown_with if isinstance(page, Served) else ()


def shown(page: Served, request: HttpRequest) -> Found:
    """The page as a result."""
    return Found(page.shown_kind, page.shown_title, address(page, request), page.shown_summary)


def named(text: str, language: str) -> list[Found]:
    """Authors and topics of the language in whose name each word begins a word, whatever its accents; two queries."""
    words = _folded(text)
    if not words:
        return []
    authors = _called(words, Author, language)
    topics = _called(words, Topic, language)
    return [
        *(Found(_("Author"), row.name, reverse("author", args=[row.slug]), row.role) for row in authors),
        *(Found(_("Topic"), row.name, reverse("topic", args=[row.slug]), row.description) for row in topics),
    ]


def _called(words: list[str], model: type[Row], language: str) -> list[Row]:
    # The names of one language are few; the database would need an extension to fold their accents.
    rows = model.objects.filter(locale__language_code=language)
    return [row for row in rows if _begin(words, _folded(row.name))][:MAX_NAMES]


def _begin(words: list[str], name: list[str]) -> bool:
    return all(any(part.startswith(word) for part in name) for word in words)


def _folded(text: str) -> list[str]:
    """The words without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign)).split()
