"""Pages that a personal link opens: nothing of them is kept, told on or found by a search."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
}
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


def unknown_link(request: HttpRequest) -> HttpResponse:
    """One answer for everything that is no genuine link of ours, whatever is wrong with it."""
    return render(
        request, "signup/unknown_link.html", {"versions": [], "contact": settings.DEFAULT_FROM_EMAIL}, status=404
    )
