"""The picture of a piece: the cover somebody chose, or one drawn by code."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import Page

from content.covers.drawing import EDITION, TALL, WIDE, Frame, Subject, svg

WIDE_SPEC = "fill-960x504|format-webp"
PREVIEW_SPEC = "fill-1200x630|format-jpeg"  # what link previews and mail read everywhere


@dataclass(frozen=True)
class Picture:
    """What an <img> needs; `alt` is empty where the picture says nothing that the title does not."""

    url: str
    width: int
    height: int
    alt: str = ""


def subject(page: Page) -> Subject:
    """What a page's cover is drawn from. All languages of a topic share a palette."""
    topics = page.topics.all() if hasattr(page, "topics") else ()
    first = min(topics, key=lambda topic: topic.translation_key.hex, default=None)
    return Subject(
        title=page.title,
        topic=first.translation_key.hex if first else "",
        piece=page.translation_key.hex,
        palette=first.palette if first else "",
    )


def of_page(page: Any, *, is_tall: bool = False) -> Picture:  # Any: pages with and without a `cover`
    """The picture for the site; no query when cover and rendition were prefetched by `with_covers`."""
    chosen = getattr(page, "cover", None)
    if chosen is not None and not is_tall:
        rendition = chosen.get_rendition(WIDE_SPEC)
        return Picture(rendition.url, rendition.width, rendition.height, chosen.default_alt_text)
    frame = TALL if is_tall else WIDE
    return Picture(_drawn_address(page, frame), frame.width, frame.height)


def preview_of(page: Any) -> Picture:  # Any: as above
    """The raster for link previews, 1200 by 630 pixels."""
    chosen = getattr(page, "cover", None)
    if chosen is not None:
        rendition = chosen.get_rendition(PREVIEW_SPEC)
        return Picture(rendition.url, rendition.width, rendition.height, chosen.default_alt_text)
    address = f"{reverse('cover_png', args=[page.pk])}?v={_stamp(page)}" if page.pk else ""
    return Picture(address, WIDE.width, WIDE.height)


def _drawn_address(page: Page, frame: Frame) -> str:
    if not page.pk:  # a preview of a piece that was never saved
        return "data:image/svg+xml;base64," + b64encode(svg(Subject(page.title), frame).encode()).decode()
    name = "cover_tall" if frame is TALL else "cover_svg"
    return f"{reverse(name, args=[page.pk])}?v={_stamp(page)}"


def _stamp(page: Page) -> str:
    """Changes when the page is published anew, so that browsers may keep the picture for a year."""
    published = page.last_published_at
    return f"{EDITION}-{int(published.timestamp()) if published else page.pk:x}"


def with_covers(lookup: str = "cover") -> Prefetch:
    """Prefetch of chosen covers with the rendition that cards show."""
    return Prefetch(lookup, queryset=get_image_model().objects.prefetch_renditions(WIDE_SPEC))
