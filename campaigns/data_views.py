"""The door behind the mailed link to one's own data."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns import data_shown, exporting
from subscribers import private, tokens
from subscribers.home import readers

FORMATS = {"json": ("application/json", exporting.as_json), "zip": ("application/zip", exporting.as_zip)}


@require_safe
@private.private
def export(request: HttpRequest, token: str) -> HttpResponse:
    """See everything on a page, or take it as a file by `?as=json` or `?as=zip`. Changes nothing."""
    now = timezone.now()
    try:
        visit = readers.visit(tokens.EXPORT, token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    if visit is None:
        return render(request, "home/gone.html")
    if visit.is_expired:
        return render(request, "home/expired.html", {"visit": visit})
    parts = exporting.everything(visit.subscriber)
    wanted = request.GET.get("as", "")
    if wanted in FORMATS:
        return _file(wanted, parts, now)
    context = {"parts": data_shown.parts(parts), "address": visit.subscriber.address}
    return render(request, "home/export.html", context)


def _file(wanted: str, parts: dict[str, list[exporting.Row]], now: datetime) -> HttpResponse:
    content_type, write = FORMATS[wanted]
    response = HttpResponse(write(parts, now=now), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="circolare-{now:%Y-%m-%d}.{wanted}"'
    return response
