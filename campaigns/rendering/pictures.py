"""Pictures in mails: complete addresses of JPEG or PNG files, since many mail programs read nothing newer."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import AbstractImage, SourceImageIOError

from campaigns.rendering.links import absolute
from campaigns.rendering.theme import INNER
from campaigns.rendering.trouble import Troubles
from content import pictures

DENSITY = 2  # image pixels for each CSS pixel of the column


@dataclass(frozen=True)
class Picture:
    """What an <img> of a mail needs; an empty `alt` says that the picture adds nothing to the text."""

    src: str
    width: int  # CSS pixels
    height: int
    alt: str


def of_image(image: AbstractImage, alt: str, troubles: Troubles, block_id: str) -> Picture | None:
    """An image across the column; None, and a trouble noted, where its file cannot be read."""
    kind = "png" if image.filename.lower().endswith(".png") else "jpeg"
    try:
        rendition = image.get_rendition(f"width-{INNER * DENSITY}|format-{kind}")
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        troubles.stop(_("the image “%(title)s” cannot be read"), block_id, title=image.title)
        return None
    return Picture(
        src=absolute(rendition.url),
        width=min(INNER, rendition.width),
        height=round(rendition.height * min(1, INNER / rendition.width)),
        alt=alt,
    )


def cover(page: Any, troubles: Troubles, block_id: str) -> Picture | None:  # Any: pages with and without a cover
    """The cover of an article or resource; its title stands below, so it needs no other words."""
    try:
        found = pictures.preview_of(page)
    except (SourceImageIOError, OSError):
        troubles.warn(_("the cover of “%(title)s” cannot be read"), block_id, title=page.title)
        return None
    if not found.url:
        return None
    return Picture(absolute(found.url), INNER, round(found.height * INNER / found.width), alt="")
