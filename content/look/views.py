"""Doors to what is made of the look: the style sheet, and the ring in the publisher's accent."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from content.look import ring, shown

YEAR = "public, max-age=31536000, immutable"
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # its style is for two schemes; nothing loads


@require_safe
def style_sheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The publisher's style sheet; the newest one, kept for a minute, where an older page asks for an older one."""
    look = shown.current()
    etag = f'"{look.digest}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(look.sheet, content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = YEAR if digest == look.digest else "public, max-age=60"
    response.headers["ETag"] = etag
    return response


@require_safe
def ring_png(request: HttpRequest, colour: str) -> HttpResponse:
    """The ring of mails; the colour stands in the address, so that old mails keep theirs."""
    return _lasting(HttpResponse(ring.png(f"#{colour}"), content_type="image/png"))


@require_safe
def ring_svg(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """The icon of a browser's tab."""
    response = HttpResponse(ring.svg(f"#{light}", f"#{dark}"), content_type="image/svg+xml")
    response.headers["Content-Security-Policy"] = SVG_POLICY
    return _lasting(response)


def _lasting(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = YEAR
    return response
