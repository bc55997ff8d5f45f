"""The library as a reader sees it: filtered by kind and topic, sorted, with the choices that lead somewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.query import PageQuerySet

from content import listing
from content.models import ResourcePage, SeriesPage, Topic

NEWEST, MOST_TAKEN = "newest", "most-used"  # as they stand in addresses
SORTS: dict[str, Promise] = {"": _("ours"), NEWEST: _("newest"), MOST_TAKEN: _("most used")}
N_SUGGESTED = 2
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Wish:
    """What a reader asks the library for; "" where nothing is."""

    kind: str = ""
    topic: str = ""  # slug in the active language
    sort: str = ""

    @property
    def url(self) -> str:
        """Its address from anywhere in the library."""
        query = urlencode({name: value for name, value in vars(self).items() if value})
        return f"?{query}" if query else "."

    @property
    def is_filtered(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.kind or self.topic)


@dataclass(frozen=True)
class Choice:
    """One filter or order to press; pressed again, a filter that is on goes off."""

    label: str
    url: str
    is_on: bool


@dataclass(frozen=True)
class Shelf:
    """Cards and the filters that fit them."""

    cards: list[listing.Card]
    suggested: list[listing.Card]  # where a filter found nothing
    everything: Choice
    kinds: list[Choice]
    topics: list[Choice]
    sorts: list[Choice]


def shelf(request: HttpRequest, taken: Mapping[UUID, int]) -> Shelf:
    """Resources of the active language under `?kind=`, `?topic=` and `?sort=`; unknown values ask for nothing.

    A filter goes by the resources themselves: a series is shown where one of its parts fits. Six queries, two more
    where nothing fits. Takes: how many people took each piece, by its translation key.
    """
    found = listing.resources(translation.get_language())
    kinds = list(found.order_by("kind").values_list("kind", flat=True).distinct())
    topics = _topics(found)
    wish = _read(request, kinds, topics)
    is_kind, is_about = Q(kind=wish.kind), _about(wish, topics)
    fitting = found.filter(is_kind if wish.kind else Q(), is_about)
    pages = _sorted(listing.shelved(fitting), wish.sort, taken)
    suggested = _suggested(found, is_kind | is_about, taken) if wish.is_filtered and not pages else []
    return Shelf(
        cards=listing.resource_cards(pages, request, taken),
        suggested=listing.resource_cards(suggested, request, taken),
        everything=Choice(str(_("Everything")), replace(wish, kind="", topic="").url, not wish.is_filtered),
        kinds=[_choice(wish, "kind", key, str(ResourcePage.Kind(key).label)) for key in kinds],
        topics=[_choice(wish, "topic", topic.slug, topic.name) for topic in topics],
        sorts=[Choice(str(label), replace(wish, sort=key).url, wish.sort == key) for key, label in SORTS.items()],
    )


def _topics(found: PageQuerySet) -> list[Topic]:
    """The topics of these resources, in the active language."""
    links = ResourcePage.topics.through.objects.filter(resourcepage__in=found.values("pk"))
    keys = Topic.objects.filter(pk__in=links.values("topic_id")).values("translation_key")
    return list(Topic.objects.filter(locale__language_code=translation.get_language(), translation_key__in=keys))


def _read(request: HttpRequest, kinds: list[str], topics: list[Topic]) -> Wish:
    known = {"kind": kinds, "topic": [topic.slug for topic in topics], "sort": list(SORTS)}
    given = {name: request.GET.get(name, "") for name in known}
    return Wish(**{name: value for name, value in given.items() if value in known[name]})


def _about(wish: Wish, topics: list[Topic]) -> Q:
    """Resources about the topic, whichever language's row of it they name; all where none is asked for."""
    topic = next((topic for topic in topics if topic.slug == wish.topic), None)
    if topic is None:
        return Q()
    links = ResourcePage.topics.through.objects.filter(topic__translation_key=topic.translation_key)
    return Q(pk__in=links.values("resourcepage_id"))


def _choice(wish: Wish, name: str, value: str, label: str) -> Choice:
    is_on = getattr(wish, name) == value
    return Choice(label, replace(wish, **{name: "" if is_on else value}).url, is_on)


def _suggested(found: PageQuerySet, is_near: Q, taken: Mapping[UUID, int]) -> list[ResourcePage | SeriesPage]:
    """What most people took: of what fits one of two filters, else of everything."""
    near = listing.shelved(found.filter(is_near)) or listing.shelved(found)
    return _sorted(near, MOST_TAKEN, taken)[:N_SUGGESTED]


def _sorted(
    pages: list[ResourcePage | SeriesPage], sort: str, taken: Mapping[UUID, int]
) -> list[ResourcePage | SeriesPage]:
    """In the library's own order, or by what was asked for; that order holds among equals."""
    if sort == NEWEST:
        return sorted(pages, key=lambda page: page.first_published_at or LONG_AGO, reverse=True)
    if sort == MOST_TAKEN:
        return sorted(pages, key=lambda page: listing.people_of(page, taken), reverse=True)
    return pages
