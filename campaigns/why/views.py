"""The doors behind “Why did I get this?” and “Stop counting”: a page by GET, an act by POST."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.why import pressing, tracing
from subscribers import private, tokens

DOORS = ["GET", "HEAD", "POST"]


@require_http_methods(DOORS)
@private.private
def why(request: HttpRequest, token: str) -> HttpResponse:
    """How this mail came, and what may be stopped."""
    return _page(request, token, "campaigns/why.html")


@require_http_methods(DOORS)
@private.private
def untrack(request: HttpRequest, token: str) -> HttpResponse:
    """One button: what I read and click is not counted any more."""
    return _page(request, token, "campaigns/untrack.html")


def _page(request: HttpRequest, token: str, template: str) -> HttpResponse:
    now = timezone.now()
    try:
        trace = tracing.read(token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    if trace is None:
        return render(request, "home/gone.html")
    done = ""
    if request.method == "POST":
        done = pressing.press(request.POST.get("what", ""), trace, now=now)
        trace = tracing.of_delivery(trace.delivery) or trace
    home = reverse("home", args=[tokens.make(tokens.HOME, trace.subscriber.pk, now=now)]) if trace.subscriber else ""
    context = {"trace": trace, "done": done, "home": home, "pause_until": now + pressing.PAUSE}
    return render(request, template, context)
