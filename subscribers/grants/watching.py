"""Open videos: the film and its captions, shown in their page to everybody who may open that page; nothing else."""

from django.http import Http404, HttpRequest
from wagtail.documents.models import AbstractDocument

from content.models import ResourcePage
from subscribers.signup.limits import HOUR, Limit

NETWORK_HOUR = Limit("watch-network-hour", 600, HOUR)  # beginnings; a player asks for many parts after one


def film(page_id: int, request: HttpRequest) -> AbstractDocument:
    """The file of a published video that plays in its page. Raises: Http404."""
    document = _page(page_id, request).document
    if document is None:
        raise Http404
    return document


def captions(page_id: int, language: str, request: HttpRequest) -> AbstractDocument:
    """The captions of such a video in one language. Raises: Http404."""
    page = _page(page_id, request)
    document: AbstractDocument | None = {"it": page.captions_it, "en": page.captions_en}.get(language)
    if document is None:
        raise Http404
    return document


def _page(page_id: int, request: HttpRequest) -> ResourcePage:
    """Raises Http404 for what is not published, not a video, behind an address or behind a password not given."""
    files = ("document", "captions_it", "captions_en")
    page = ResourcePage.objects.live().select_related(*files).filter(pk=page_id).first()
    if page is None or not page.plays:
        raise Http404
    if not page.lets_in(request):
        raise Http404
    return page
