"""The door of the pictures: pages that may be seen, of resources that may be opened; nothing else of any file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from content.excerpts import showing
from content.models import ResourcePage

YEAR_SECONDS = 365 * 86_400
HEADERS = {"X-Robots-Tag": "noindex", "Content-Security-Policy": "default-src 'none'; sandbox"}


@require_safe
def sheet(request: HttpRequest, page_id: int, number: int) -> HttpResponse:
    """One page as a picture; 304 where the reader has it already."""
    page = ResourcePage.objects.live().select_related("document").filter(pk=page_id).first()
    if page is None:
        raise Http404
    restrictions = list(page.get_view_restrictions())
    if not all(restriction.accept_request(request) for restriction in restrictions):
        raise Http404
    found = showing.sheet(page, number)
    if found is None:
        raise Http404
    stamp, picture = found
    etag = f'"{stamp}-{number}"'
    is_known = request.headers.get("If-None-Match") == etag
    response = (
        HttpResponse(status=304) if is_known else HttpResponse(picture, content_type="image/webp", headers=HEADERS)
    )
    response.headers["Cache-Control"] = _age(is_stamped=request.GET.get("v") == stamp, is_restricted=bool(restrictions))
    response.headers["ETag"] = etag
    return response


def _age(*, is_stamped: bool, is_restricted: bool) -> str:
    """How long a browser may keep it; what is behind a password is kept by nobody between us and the reader."""
    if is_restricted:
        return "private, max-age=3600"
    return f"public, max-age={YEAR_SECONDS}, immutable" if is_stamped else "public, max-age=3600"
