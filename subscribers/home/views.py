"""The reader's home, and the page that sends its link."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from subscribers import addresses, clients, mail_requests, private, standing, tokens
from subscribers.home import readers, sections
from subscribers.models import Frequency, MailRequest, State, Subscriber
from subscribers.signup import limits, showing, trap, welcoming
from subscribers.signup.forms import LinkFields

DOORS = ["GET", "HEAD", "POST"]
MAILED = ("export", "erase", "address")  # sections whose answer comes by mail


@require_http_methods(DOORS)
@private.private
def home(request: HttpRequest, token: str) -> HttpResponse:
    """Everything one gets, each section saved by its own POST; shows the address masked, for mails get forwarded."""
    now = timezone.now()
    try:
        visit = readers.visit(tokens.HOME, token, now=now)
    except tokens.BadToken:
        return private.unknown_link(request)
    if visit is None:
        return render(request, "home/gone.html")
    if visit.is_expired:
        return render(request, "home/expired.html", {"visit": visit, **private.link_form(now)})
    if request.method == "POST":
        return _saved(request, visit, now)
    return render(request, "home/home.html", _everything(request, visit, now))


@require_http_methods(DOORS)
@private.private
def link(request: HttpRequest) -> HttpResponse:
    """Ask for one's link by address; the answer is the same whether we know the address or not."""
    now = timezone.now()
    if request.method != "POST":
        return render(request, "home/link.html", {"is_sent": "sent" in request.GET, **private.link_form(now)})
    fields = LinkFields(request.POST)
    verdict = trap.judge(private.LINK_TRAP, request.POST, now=now).verdict
    notice = ""
    if fields.is_valid() and verdict in (trap.Verdict.TOO_FAST, trap.Verdict.TOO_OLD):
        notice = _("Press the button once more: what you wrote is still here.")
    if notice or not fields.is_valid():
        context = {"fields": fields, "notice": notice, **private.link_form(now)}
        return render(request, "home/link.html", context, status=422)
    network = clients.network_of(clients.address_of(request))
    if not limits.passes(limits.LINK_NETWORK_HOUR, network, now=now):
        notice = _("Many people have asked from your network just now. Try again in an hour.")
        return render(
            request, "home/link.html", {"fields": fields, "notice": notice, **private.link_form(now)}, status=429
        )
    if verdict is trap.Verdict.PERSON:
        send_link(fields.cleaned_data["address"], now=now)
    return HttpResponseRedirect(f"{request.path}?sent=1", status=303)


def send_link(address: addresses.Address, *, now: datetime) -> None:
    """Wish for the mail with the link, where the address is somebody's; one an hour."""
    subscriber = Subscriber.objects.filter(address_key=address.key).first()
    if subscriber:
        mail_requests.ask(
            MailRequest.Kind.LINK,
            subscriber,
            key=f"link:{subscriber.pk}:{now:%Y%m%d%H}",
            locale=_locale(),
            now=now,
        )


def _saved(request: HttpRequest, visit: readers.Visit, now: datetime) -> HttpResponse:
    """Save one section and come back to it, in the language just chosen where it is that."""
    name = request.POST.get("section", "")
    save = sections.SECTIONS.get(name)
    posted = sections.Posted(visit.subscriber, request.POST, _locale(), now)
    outcome = "saved" if save and save(posted) else "failed"
    language = visit.subscriber.locale if (name, outcome) == ("language", "saved") else _locale()
    with translation.override(language):
        address = reverse("home", args=[visit.token])
    place = name if save else "failed"
    return HttpResponseRedirect(f"{address}?{outcome}={place}{_anchor(place, outcome)}", status=303)


def _anchor(place: str, outcome: str) -> str:
    """Where the page opens; nowhere for a field to be mended, because a browser then ignores its autofocus."""
    if (place, outcome) == ("name", "failed"):
        return ""
    return "#data" if place in MAILED else f"#{place}"


def _everything(request: HttpRequest, visit: readers.Visit, now: datetime) -> dict[str, object]:
    subscriber, locale = visit.subscriber, _locale()
    tracking = showing.tracking_purpose()
    return {
        "visit": visit,
        "saved": request.GET.get("saved", ""),
        "failed": request.GET.get("failed", ""),
        "mailed": MAILED,
        "letters": sections.letters(subscriber, locale),
        "frequency": subscriber.frequency,
        "frequencies": Frequency.choices,
        "topics": welcoming.Choices(subscriber, locale).boxes(),
        "pauses": [(key, title, now + length) for key, (length, title) in sections.PAUSES.items()],
        "paused_until": subscriber.paused_until if subscriber.state == State.PAUSED else None,
        "tracking": showing.wording_of(tracking, locale) if tracking else None,
        "is_tracked": standing.may_track(subscriber.pk),
        "has_name": bool(subscriber.name),
        "language": subscriber.locale,
        "leave": reverse("leave", args=[tokens.make(tokens.LEAVE, subscriber.pk, 0, 0, now=now)]),
    }


def _locale() -> str:
    return (translation.get_language() or "it")[:2]
