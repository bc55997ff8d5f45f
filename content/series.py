"""A series as a reader sees it: its parts in order, and from each part the way to the ones beside it."""

from dataclasses import dataclass

from django.http import HttpRequest

from content import listing, navigation
from content.models import ResourcePage, SeriesPage


@dataclass(frozen=True)
class Part:
    """One resource of a series under its letter or number."""

    mark: str
    card: listing.Card


@dataclass(frozen=True)
class OpenSeries:
    """What the series' template shows beside title and introduction."""

    parts: list[Part]
    n_pages: int  # of all parts together; 0 where none has pages
    gate: str  # of all parts, or "mixed"


@dataclass(frozen=True)
class Place:
    """Where a part stands in its series."""

    title: str  # the series'
    url: str
    mark: str
    n_parts: int
    previous: Part | None
    next: Part | None


def opened(page: SeriesPage, request: HttpRequest) -> OpenSeries:
    """The live parts in the order of the tree; one query, one more with chosen covers."""
    parts = _parts(page, request) if page.pk else []  # a preview of a series that was never saved
    return OpenSeries(
        parts=parts,
        n_pages=sum(part.card.n_pages or 0 for part in parts),
        gate=parts[0].card.gate if len({part.card.gate for part in parts}) == 1 else "mixed",
    )


def place_of(page: ResourcePage, request: HttpRequest) -> Place | None:
    """None for a resource that stands alone, or whose series is not published; two queries where there is one."""
    above = navigation.surroundings(request, page).parent if page.pk else None
    if above is None or above.content_type.model != "seriespage":
        return None
    series = SeriesPage.objects.live().select_related("locale").filter(pk=above.pk).first()
    if series is None:
        return None
    parts = _parts(series, request)
    url = navigation.address(page, request)
    at = next((number for number, part in enumerate(parts) if part.card.url == url), None)
    if at is None:  # a draft, in its preview
        return None
    return Place(
        title=series.title,
        url=navigation.address(series, request),
        mark=parts[at].mark,
        n_parts=len(parts),
        previous=parts[at - 1] if at else None,
        next=parts[at + 1] if at + 1 < len(parts) else None,
    )


def _parts(series: SeriesPage, request: HttpRequest) -> list[Part]:
    cards = listing.resource_cards(listing.resources(series.locale.language_code).child_of(series), request)
    return [Part(series.mark(place), card) for place, card in enumerate(cards)]
