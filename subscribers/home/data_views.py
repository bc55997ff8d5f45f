"""What only the mailbox's owner may do, by a link mailed for it: erase everything, write from another address."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from subscribers import erasure, private, tokens
from subscribers.home import moving, readers
from subscribers.signup import known
from subscribers.signup.forms import LinkFields

DOORS = ["GET", "HEAD", "POST"]


@require_http_methods(DOORS)
@private.private
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """A page that says what erasing means; its POST does it."""
    now = timezone.now()
    try:
        visit = readers.visit(tokens.ERASE, token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    if visit is None:
        return render(request, "home/gone.html")
    if visit.is_expired:
        return render(request, "home/expired.html", {"visit": visit})
    if request.method != "POST":
        return render(request, "home/erase.html", {"visit": visit})
    erasure.erase(visit.subscriber, now=now)
    response = render(request, "home/erased.html")
    known.forget_reader(response)
    return response


@require_http_methods(DOORS)
@private.private
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Write to another address: the old mailbox opens this page, the new one confirms it."""
    now = timezone.now()
    try:
        move = moving.read(token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    if move is None:
        return render(request, "home/expired.html")
    fields = LinkFields(request.POST or None)
    context: dict[str, object] = {"move": move, "fields": fields}
    if request.method == "POST" and move.to:
        context["outcome"] = moving.finish(move, now=now)
    elif request.method == "POST" and fields.is_valid():
        moving.ask_new(move, fields.cleaned_data["address"], now=now)
        context["outcome"] = "asked"
    status = 422 if request.method == "POST" and "outcome" not in context else 200
    return render(request, "home/address.html", context, status=status)
