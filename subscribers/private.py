"""Pages that a personal link opens: nothing of them is kept, told on or found by a search."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from subscribers.signup import trap

P = ParamSpec("P")
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
}
LINK_TRAP = "link"  # subject of the seal of the form that sends one's link
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def private(view: View[P]) -> View[P]:
    """Set the headers of a personal page on every answer of this view.

    The page's link is itself the right to act, and nobody else knows it: no cookie is asked for, so that it
    works from any mail program; forms made elsewhere cannot hold it.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return csrf_exempt(inner)


def unknown_link(request: HttpRequest, *, is_of_file: bool = False) -> HttpResponse:
    """One answer for whatever is no genuine link of ours: the form that asks for a fresh one."""
    context = {
        "versions": [],
        "contact": settings.DEFAULT_FROM_EMAIL,
        "is_of_file": is_of_file,
        **link_form(timezone.now()),
    }
    return render(request, "signup/unknown_link.html", context, status=404)


def link_form(now: datetime) -> dict[str, object]:
    """What the form that sends one's link needs, on whichever page it stands."""
    return {"trap": trap.make(LINK_TRAP, now=now)}
