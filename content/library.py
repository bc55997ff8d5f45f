"""The library as a reader sees it: filtered by kind and topic, with the choices that lead somewhere."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import translation

from content import listing
from content.models import ResourcePage, Topic


@dataclass(frozen=True)
class Choice:
    """One filter to press."""

    key: str  # value in the address; "" shows everything
    label: str
    is_on: bool


@dataclass(frozen=True)
class Shelf:
    """Cards and the filters that fit them."""

    cards: list[listing.Card]
    kinds: list[Choice]
    topics: list[Choice]
    is_filtered: bool


def shelf(request: HttpRequest) -> Shelf:
    """Resources of the active language under `?kind=` and `?topic=`; unknown values show everything. Six queries.

    A filter goes by the resources themselves: a series is shown where one of its parts fits.
    """
    language = translation.get_language()
    found = listing.resources(language)
    kinds = list(found.order_by("kind").values_list("kind", flat=True).distinct())
    ids = ResourcePage.topics.through.objects.filter(resourcepage__in=found.values("pk"))
    keys = Topic.objects.filter(pk__in=ids.values("topic_id")).values("translation_key")
    topics = list(Topic.objects.filter(locale__language_code=language, translation_key__in=keys))
    kind = _known(request.GET.get("kind", ""), kinds)
    slug = _known(request.GET.get("topic", ""), [topic.slug for topic in topics])
    if kind:
        found = found.filter(kind=kind)
    if slug:
        topic = next(topic for topic in topics if topic.slug == slug)
        found = found.filter(pk__in=ids.filter(topic__translation_key=topic.translation_key).values("resourcepage_id"))
    return Shelf(
        cards=listing.resource_cards(listing.shelved(found), request),
        kinds=[Choice(key, str(ResourcePage.Kind(key).label), key == kind) for key in kinds],
        topics=[Choice(topic.slug, topic.name, topic.slug == slug) for topic in topics],
        is_filtered=bool(kind or slug),
    )


def _known(given: str, values: list[str]) -> str:
    return given if given in values else ""
