"""The way out: the page with one button, its undo, and the one-click POST of mail programs."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers import consent, private, tokens
from subscribers.home import leaving, readers, sections
from subscribers.models import Purpose
from subscribers.signup import welcoming

DOORS = ["GET", "HEAD", "POST"]
ONE_CLICK = ("List-Unsubscribe", "One-Click")


@require_http_methods(DOORS)
@private.private
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """By GET a page that changes nothing; by POST what was pressed: all, this one, fewer, a pause, undo, a reason."""
    now = timezone.now()
    try:
        visit = readers.visit(tokens.LEAVE, token, now=now)
        if visit is None:
            return render(request, "home/gone.html")
        if request.method == "POST":
            return _acted(request, visit, now)
    except tokens.BadToken:
        return private.unknown_link(request)
    return render(request, "home/leave.html", _offers(visit, now))


@csrf_exempt
@require_http_methods(DOORS)
@private.private
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: the POST of a mail program stops that stream, with nothing but the address of the request.

    Gives: 200 without a redirect, however often it is repeated and whatever happened to the person since;
    400 for another body; 404 for a token that is not ours; by GET, the page with the button.
    """
    now = timezone.now()
    try:
        visit = readers.visit(tokens.LEAVE, token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    if request.method != "POST":
        with translation.override(visit.subscriber.locale if visit else None):
            return HttpResponseRedirect(reverse("leave", args=[token]))
    name, value = ONE_CLICK
    if request.POST.getlist(name) != [value]:
        return HttpResponseBadRequest("List-Unsubscribe=One-Click expected\n", content_type="text/plain")
    if visit and not visit.is_stream_gone:
        leaving.leave(visit.subscriber, visit.purpose, source=f"one-click:{visit.delivery_id or 0}", now=now)
    return HttpResponse("OK\n", content_type="text/plain")


def _acted(request: HttpRequest, visit: readers.Visit, now: datetime) -> HttpResponse:
    """Each press and the page that says what came of it. Raises: BadToken for a forged undo."""
    what = request.POST.get("what", "all")
    if what == "undo":
        return _undone(request, visit, now)
    if what == "reason":
        return _explained(request, visit, now)
    if what == "this" and visit.purpose is None:
        return render(request, "home/leave.html", _offers(visit, now))
    context = _offers(visit, now)
    if what == "weekly":
        welcoming.keep_frequency(visit.subscriber, "weekly", now=now)
    elif what in sections.PAUSES:
        consent.pause(visit.subscriber, now + sections.PAUSES[what][0], now=now)
    else:
        purpose = visit.purpose if what == "this" else None
        left = leaving.leave(visit.subscriber, purpose, source=f"leave:{visit.delivery_id or 0}", now=now)
        context |= {"left": left, "undo": left.undo, "reasons": leaving.REASONS.items(), **_titles(left)}
    return render(request, "home/left.html", {**context, "what": what, "until": visit.subscriber.paused_until})


def _explained(request: HttpRequest, visit: readers.Visit, now: datetime) -> HttpResponse:
    """The reason is kept; the way back stays open."""
    is_kept = leaving.explain(visit.subscriber, request.POST.get("reason", ""), visit.purpose, now=now)
    context = {**_offers(visit, now), "undo": request.POST.get("undo", ""), "is_kept": is_kept}
    return render(request, "home/explained.html", context)


def _undone(request: HttpRequest, visit: readers.Visit, now: datetime) -> HttpResponse:
    read = tokens.read(tokens.UNDO, request.POST.get("undo", ""), now=now)
    owner, ids = (*read.values, "")[:2]
    if owner != str(visit.subscriber.pk):
        raise tokens.BadToken
    purposes = [int(number) for number in ids.split(leaving.SEPARATOR) if number]
    returned = [] if read.is_expired else leaving.undo(visit.subscriber, purposes, since=read.issued_at, now=now)
    context = {**_offers(visit, now), "returned": _named(returned), "is_too_late": read.is_expired}
    return render(request, "home/undone.html", context)


def _offers(visit: readers.Visit, now: datetime) -> dict[str, object]:
    """What the page shows: whom it is about, and what there is beside leaving."""
    subscriber = visit.subscriber
    return {
        "visit": visit,
        "this": _named([visit.purpose])[0] if visit.purpose else "",
        "newsletters": _named(leaving.newsletters_of(subscriber)),
        "is_weekly": subscriber.frequency == "weekly",
        "pauses": [(key, title, now + length) for key, (length, title) in sections.PAUSES.items()],
        "home": reverse("home", args=[tokens.make(tokens.HOME, subscriber.pk, now=now)]),
    }


def _titles(left: leaving.Left) -> dict[str, object]:
    letters = [purpose for purpose in left.stopped if purpose.kind == Purpose.Kind.NEWSLETTER]
    return {"stopped": _named(letters), "remaining": _named(left.remaining)}


def _named(purposes: list[Purpose]) -> list[str]:
    locale = (translation.get_language() or "it")[:2]
    return [purpose.title(locale) for purpose in purposes]
