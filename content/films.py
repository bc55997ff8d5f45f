"""A video in its page: the file, its captions and the picture before it begins."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from content import navigation, pictures
from content.models import ResourcePage
from content.models.resource import FILMS


@dataclass(frozen=True)
class Track:
    """Captions in one language."""

    language: str
    name: str  # the language's own
    url: str
    is_shown: bool  # from the beginning: the ones in the page's own language


@dataclass(frozen=True)
class Film:
    """What a <video> needs."""

    url: str
    type: str
    poster: str
    tracks: list[Track]
    length: str  # "1:05"; "" where nobody said


def of(page: ResourcePage, request: HttpRequest) -> Film | None:
    """The video to be played; None where the page has none, or where nothing is installed that could show it."""
    if not page.plays or page.document is None:
        return None
    try:
        url, tracks = _addresses(page, is_preview=getattr(request, "is_preview", False))
    except NoReverseMatch:
        return None
    return Film(
        url=url,
        type=FILMS[page.document.file_extension.lower()],
        poster=pictures.of_page(page).url,
        tracks=tracks,
        length=_clock(page.n_seconds),
    )


def _addresses(page: ResourcePage, *, is_preview: bool) -> tuple[str, list[Track]]:
    """The door that shows what is published; in a preview the plain addresses, which only the office may use."""
    tracks = []
    for code, _name in settings.LANGUAGES:
        if captions := getattr(page, f"captions_{code}"):
            url = captions.url if is_preview else reverse("captions", args=[page.pk, code])
            tracks.append(Track(code, navigation.own_name(code), url, code == page.locale.language_code))
    url = page.document.url if is_preview and page.document else reverse("watch", args=[page.pk])
    return url, tracks


def _clock(n_seconds: int | None) -> str:
    return f"{n_seconds // 60}:{n_seconds % 60:02}" if n_seconds else ""
