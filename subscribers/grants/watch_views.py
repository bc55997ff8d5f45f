"""The doors of an open video: what its player and its captions are fetched from. They count nobody."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.documents.models import AbstractDocument

from subscribers import clients
from subscribers.grants import streaming, watching
from subscribers.signup import limits

logger = logging.getLogger(__name__)
TOO_MANY = 429


@require_safe
def watch(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """The film, whole or in part."""
    document = watching.film(page_id, request)
    network = clients.network_of(clients.address_of(request))
    if streaming.is_beginning(request) and not limits.passes(watching.NETWORK_HOUR, network, now=timezone.now()):
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": "3600"})
    return _shown(request, document)


@require_safe
def captions(request: HttpRequest, page_id: int, language: str) -> HttpResponseBase:
    """The captions in one language."""
    response = _shown(request, watching.captions(page_id, language, request))
    response["Content-Type"] = "text/vtt; charset=utf-8"
    return response


def _shown(request: HttpRequest, document: AbstractDocument) -> HttpResponseBase:
    try:
        return streaming.respond(request, document, manner=streaming.SHOWN)
    except FileNotFoundError as error:
        logger.error("The file of document %s is missing", document.pk)
        raise Http404 from error
