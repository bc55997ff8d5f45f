"""The doors behind the links of the confirmation mail: yes, this was not me, and the welcome after it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from content.models import ArticlePage, ResourcePage
from subscribers import addresses, clients, consent, mail_requests, private, tokens
from subscribers.models import MailRequest, Signup, State, Subscriber
from subscribers.signup import asking, known, welcoming

WAITING_MAILS = (MailRequest.Kind.CONFIRM, MailRequest.Kind.REMIND)
DOORS = ["GET", "HEAD", "POST"]


@dataclass(frozen=True)
class Link:
    """What a genuine link of a confirmation mail points to."""

    signup: Signup
    delivery_id: int | None


@require_http_methods(DOORS)
@private.private
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with one button; only its POST confirms. The browser that signed up presses it by itself."""
    now = timezone.now()
    try:
        link = _link(tokens.CONFIRM, token, now)
    except tokens.BadToken:
        return private.unknown_link(request)
    state = _state(link.signup if link else None, now)
    if request.method == "POST" and link:
        if state == "waiting":
            _confirmed(request, link, now)
            return _welcome(link.signup.subscriber, now)
        if state == "expired":
            asking.renew(link.signup, now=now)
            state = "renewed"
    return _confirmation_page(request, link, state, now)


@require_http_methods(DOORS)
@private.private
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """“This was not me”: a page with one button; its POST blocks the address for all forms."""
    now = timezone.now()
    try:
        link = _link(tokens.REFUSE, token, now)
    except tokens.BadToken:
        return private.unknown_link(request)
    is_done = link is None or link.signup.refused_at is not None
    if request.method == "POST" and link and consent.refuse(link.signup, now=now):
        mail_requests.drop_waiting(link.signup.subscriber, kinds=WAITING_MAILS, why="refused", now=now)
        is_done = True
    is_confirmed = link is not None and link.signup.confirmed_at is not None
    context = {"is_done": is_done, "is_confirmed": is_confirmed, "shown": _shown(link)}
    return render(request, "signup/refuse.html", context)


@require_http_methods(DOORS)
@private.private
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """After confirming: topics, how often, and something to begin with. By POST, what was chosen is kept."""
    now = timezone.now()
    try:
        read = tokens.read(tokens.HOME, token, now=now)
        subscriber = Subscriber.objects.exclude(state=State.ERASED).get(pk=read.ids()[0])
    except (tokens.BadToken, Subscriber.DoesNotExist):
        return private.unknown_link(request)
    if read.is_expired:
        return HttpResponseRedirect(reverse("link"))
    fields = welcoming.Choices(subscriber, _locale(), request.POST or None)
    if request.method == "POST" and fields.is_valid():
        welcoming.keep(subscriber, fields.topics(), fields.cleaned_data["frequency"], now=now)
        return HttpResponseRedirect(f"{request.path}?saved=1", status=303)
    context = {
        "fields": fields,
        "is_saved": "saved" in request.GET,
        "home": reverse("home", args=[token]),
        "article": ArticlePage.objects.live()
        .filter(locale__language_code=_locale())
        .order_by("-first_published_at")
        .first(),
        "resource": _resource_asked_for(subscriber),
    }
    return render(request, "signup/welcome.html", context)


def _link(purpose: str, token: str, now: datetime) -> Link | None:
    """The sign-up of a genuine token; None where it was deleted meanwhile. Raises: BadToken."""
    signup_id, delivery_id = (*tokens.read(purpose, token, now=now).ids(), 0)[:2]
    signup = Signup.objects.select_related("subscriber").filter(pk=signup_id).first()
    return Link(signup, delivery_id or None) if signup else None


def _confirmed(request: HttpRequest, link: Link, now: datetime) -> None:
    signup = link.signup
    with transaction.atomic():
        consent.confirm(signup, proof=clients.proof_of(request), now=now, delivery_id=link.delivery_id)
        mail_requests.drop_waiting(
            signup.subscriber, kinds=WAITING_MAILS, why="confirmed", now=now, signup_id=signup.pk
        )


def _state(signup: Signup | None, now: datetime) -> str:
    """gone, confirmed, refused, expired or waiting."""
    if signup is None or signup.subscriber.address is None:
        return "gone"
    if signup.confirmed_at:
        return "confirmed"
    if signup.refused_at:
        return "refused"
    return "expired" if signup.expires_at <= now else "waiting"


def _confirmation_page(request: HttpRequest, link: Link | None, state: str, now: datetime) -> HttpResponse:
    pending = known.signup_of(request, now=now)
    is_same_browser = bool(link and pending and pending.signup_id == link.signup.pk)
    context = {
        "state": state,
        "shown": _shown(link),
        "presses_itself": state == "waiting" and is_same_browser,
    }
    return render(request, "signup/confirm.html", context)


def _welcome(subscriber: Subscriber, now: datetime) -> HttpResponse:
    address = reverse("welcome", args=[tokens.make(tokens.HOME, subscriber.pk, now=now)])
    response = HttpResponseRedirect(address, status=303)
    known.forget_signup(response)
    known.remember_reader(response, subscriber, now=now)
    return response


def _resource_asked_for(subscriber: Subscriber) -> ResourcePage | None:
    newest = subscriber.signups.exclude(confirmed_at=None).exclude(resource_id=None).first()
    return ResourcePage.objects.live().filter(pk=newest.resource_id).first() if newest else None


def _shown(link: Link | None) -> str:
    return addresses.mask(link.signup.subscriber.address) if link and link.signup.subscriber.address else ""


def _locale() -> str:
    return (get_language() or "it")[:2]
