"""How much of a resource may be seen before it is taken, and where its pictures are fetched from."""

from base64 import b64encode
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from content.excerpts import making
from content.models import ResourcePage
from content.pictures import Picture


@dataclass(frozen=True)
class Inside:
    """The first pages of a file as its page shows them."""

    sheets: list[Picture]
    n_pages: int  # of the whole file


def inside(page: ResourcePage, request: HttpRequest) -> Inside | None:
    """None where the page shows none. In a preview the pictures stand in the page itself: their address knows only
    what is published.
    """
    found = _excerpt(page)
    if found is None or page.document is None:
        return None
    sheets = []
    for number, (width, height) in enumerate(found.sizes, start=1):
        url = _content(page, number) if getattr(request, "is_preview", False) else _address(page, number, found)
        alt = _("Page %(number)s of “%(title)s”") % {"number": number, "title": page.title}
        sheets.append(Picture(url, width, height, alt))
    return Inside(sheets, found.n_pages)


def sheet(page: ResourcePage, number: int) -> tuple[str, bytes] | None:
    """What changes with the file, and the picture of a page that may be seen; None for every other page."""
    found = _excerpt(page)
    if found is None or page.document is None or not 1 <= number <= len(found.sizes):
        return None
    picture = making.picture(page.document, page.n_excerpt_pages, number)
    return (found.stamp, picture) if picture else None


def _excerpt(page: ResourcePage) -> making.Excerpt | None:
    """The pages that may be seen: never all of a file that is given for an address."""
    found = making.of(page.document, page.n_excerpt_pages) if page.document else None
    if found is None:
        return None
    most = found.n_pages if page.gate == page.Gate.OPEN else found.n_pages - 1
    sizes = found.sizes[:most]
    return making.Excerpt(found.stamp, found.n_pages, sizes) if sizes else None


def _address(page: ResourcePage, number: int, found: making.Excerpt) -> str:
    return f"{reverse('excerpt', args=[page.pk, number])}?v={found.stamp}"


def _content(page: ResourcePage, number: int) -> str:
    kept = sheet(page, number)
    return "data:image/webp;base64," + b64encode(kept[1]).decode() if kept else ""
