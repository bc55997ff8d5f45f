"""The doors behind “Why did I get this?”, “Stop counting” and “Stop this path”: a page by GET, an act by POST."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from campaigns.why import paths, pressing, tracing
from subscribers import private, tokens
from subscribers.home import readers

MAX_DIGITS = 16  # of a row's number
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


@require_http_methods(DOORS)
@private.private
def stop_path(request: HttpRequest, token: str) -> HttpResponse:
    """By POST from the reader's own page, end one of their journeys; then, and by GET, back to that page."""
    now = timezone.now()
    try:
        visit = readers.visit(tokens.HOME, token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    home = reverse("home", args=[token])
    if visit is None or visit.is_expired or request.method != "POST":
        return HttpResponseRedirect(home)
    number = request.POST.get("path", "")
    run_id = int(number) if number.isdecimal() and len(number) < MAX_DIGITS else 0
    outcome = "saved=path#path" if paths.stop(visit.subscriber, run_id, now=now) else "failed=failed"
    return HttpResponseRedirect(f"{home}?{outcome}", status=303)


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
