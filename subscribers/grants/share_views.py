"""The door through which a page is passed on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.models import Page

from subscribers import clients
from subscribers.grants import sharing
from subscribers.signup import known


@require_safe
def share(request: HttpRequest, page_id: int, network: str) -> HttpResponse:
    """Count, then redirect to the network's own page; 404 for a page or a network that is not ours to share."""
    now = timezone.now()
    page = get_object_or_404(Page.objects.live().public(), pk=page_id, depth__gt=1)
    address = sharing.address(page, network)
    if address is None:
        raise Http404
    if request.method == "GET":
        sharing.note(
            page,
            network,
            known.reader_of(request, now=now),
            agent=request.META.get("HTTP_USER_AGENT", ""),
            line=clients.network_of(clients.address_of(request)),
            now=now,
        )
    headers = {"Location": address, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
    return HttpResponse(status=302, headers=headers)
