"""The door of the page's script: it is told nothing, whatever it says."""

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from subscribers import clients
from subscribers.tracking import reading
from subscribers.tracking.networks import is_datacentre

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def beacon(request: HttpRequest) -> HttpResponse:
    """Hear a reading; always 204."""
    address = clients.address_of(request)
    telling = _telling(request)
    if telling and not is_datacentre(address):
        try:
            reading.hear(
                telling,
                agent=request.META.get("HTTP_USER_AGENT", ""),
                network=clients.network_of(address),
                now=timezone.now(),
            )
        except DatabaseError:
            logger.exception("A reading could not be recorded")
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


def _telling(request: HttpRequest) -> reading.Telling | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > reading.MAX_BYTES:
        return None
    try:
        return reading.parse(request.read(reading.MAX_BYTES + 1))
    except (UnreadablePostError, OSError):
        return None
