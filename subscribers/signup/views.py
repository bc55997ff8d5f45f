"""The doors where a sign-up begins: the form posted, and the page that says to look into the inbox."""

from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from subscribers import addresses, clients
from subscribers.models import Purpose, Signup, SignupForm, Wording
from subscribers.signup import asking, following, known, limits, mailboxes, showing, trap
from subscribers.signup.forms import LinkFields, SignupFields

RESEND_AFTER = timedelta(seconds=60)
UNPROCESSABLE, TOO_MANY = 422, 429


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Take a posted form, from any page; by GET, a page with the form."""
    now, locale = timezone.now(), _locale()
    key = (request.POST or request.GET).get("form", "")
    form = showing.find(key, locale)
    if request.method != "POST":
        return _page(request, form if form and form.is_open else showing.first_open(locale), now)
    if form is None or not form.is_open:
        return _closed(request, now)
    if "known" in request.POST and (done := following.take(request, form, now=now)):
        return done
    return _posted(request, form, now)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """“Look into your inbox”; by POST, send it once more. Says the same whoever the address belongs to."""
    now = timezone.now()
    pending = known.signup_of(request, now=now)
    wait = RESEND_AFTER - (now - pending.sent_at) if pending else timedelta(0)
    seconds = max(0, ceil(wait.total_seconds()))
    context = {
        "pending": pending,
        "seconds": seconds,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "doors": mailboxes.doors(pending.shown if pending else ""),
    }
    if request.method != "POST" or pending is None or seconds:
        context["is_too_early"] = request.method == "POST" and bool(seconds)
        return _unstored(render(request, "signup/sent.html", context))
    signup = Signup.objects.filter(pk=pending.signup_id).select_related("subscriber").first()
    if signup and not pending.is_resent:
        asking.resend(signup, now=now)
    response = HttpResponseRedirect(reverse("signup_sent"))
    known.remember_signup(response, pending.signup_id, pending.shown, now=now, is_resent=True)
    return response


def _posted(request: HttpRequest, form: SignupForm, now: datetime) -> HttpResponse:
    """Valid? A person? Within limits? Each refusal shows the form again as it was filled."""
    fields = SignupFields(form, showing.offered_by(form), request.POST)
    if not fields.is_valid():
        return _again(request, form, now, UNPROCESSABLE, "")
    judged = trap.judge(form.key, request.POST, now=now)
    if judged.verdict is trap.Verdict.MACHINE:
        return _look_into_your_inbox(fields.cleaned_data["address"], None, now)
    if judged.verdict is not trap.Verdict.PERSON:
        return _again(request, form, now, UNPROCESSABLE, _slow_down(judged.verdict))
    if refusal := _over_limits(request, form, now):
        return _again(request, form, now, TOO_MANY, refusal)
    signup = None
    if purposes := _purposes(fields):
        wish = _wish(form, fields, purposes, judged.wording_ids)
        signup = asking.request(wish, proof=clients.proof_of(request), now=now)
    return _look_into_your_inbox(fields.cleaned_data["address"], signup, now)


def _closed(request: HttpRequest, now: datetime) -> HttpResponse:
    """A form that is hidden, closed or not ours: the usual answer, and nothing happens."""
    typed = LinkFields(request.POST)
    if not typed.is_valid():
        form = showing.first_open(_locale())
        return _again(request, form, now, UNPROCESSABLE, "") if form else _page(request, None, now)
    return _look_into_your_inbox(typed.cleaned_data["address"], None, now)


def _look_into_your_inbox(address: addresses.Address, signup: Signup | None, now: datetime) -> HttpResponse:
    """The one answer to every accepted posting, with nothing personal in its address."""
    response = HttpResponseRedirect(reverse("signup_sent"), status=303)
    shown = addresses.mask(address.written)
    known.remember_signup(response, signup.pk if signup else 0, shown, now=now, is_resent=False)
    return _unstored(response)


def _page(request: HttpRequest, form: SignupForm | None, now: datetime) -> HttpResponse:
    """The form; for a browser whose reader is known, what every form of the site shows them."""
    shown = showing.build(form, now=now, page=request.path) if form else None
    offer = following.offer(shown, known.reader_of(request, now=now)) if shown else None
    response = render(request, "signup/form.html", {"shown": shown, "offer": offer})
    return _unstored(response) if offer else response


def _again(request: HttpRequest, form: SignupForm, now: datetime, status: int, notice: str) -> HttpResponse:
    shown = showing.build(form, now=now, data=request.POST, page=request.POST.get("page", ""))
    context = {"shown": shown, "notice": notice, "resource": shown.fields.data.get("resource", "")}
    return _unstored(render(request, "signup/form.html", context, status=status))


def _over_limits(request: HttpRequest, form: SignupForm, now: datetime) -> str:
    """What to tell somebody who has to wait; empty when nobody has to. Counts this posting."""
    if form.paused_until and form.paused_until > now:
        return _(
            "We are getting more requests than usual and let this form rest for a while. Nothing you wrote is "
            "lost: press the button again in half an hour."
        )
    network = clients.network_of(clients.address_of(request))
    if not all(limits.passes(limit, network, now=now) for limit in (limits.NETWORK_HOUR, limits.NETWORK_DAY)):
        return _(
            "Many people have signed up from your network just now. Nothing you wrote is lost: press the button "
            "again in an hour."
        )
    if not limits.passes(limits.burst(), "everybody", now=now):
        limits.pause_form(form.key, now=now)
    return ""


def _slow_down(verdict: trap.Verdict) -> str:
    if verdict is trap.Verdict.TOO_FAST:
        return _("That was quick as a machine. Nothing you wrote is lost: press the button once more.")
    return _("This page had been open for a long time. Nothing you wrote is lost: press the button once more.")


def _purposes(fields: SignupFields) -> list[Purpose]:
    """What was chosen and is offered; tracking only beside a newsletter."""
    chosen: list[Purpose] = list(fields.cleaned_data["newsletters"])
    tracking = showing.tracking_purpose() if chosen and fields.cleaned_data["tracking"] else None
    return [*chosen, tracking] if tracking else chosen


def _wish(form: SignupForm, fields: SignupFields, purposes: list[Purpose], wording_ids: tuple[int, ...]) -> asking.Wish:
    cleaned = fields.cleaned_data
    shown = Wording.objects.filter(pk__in=wording_ids, purpose__in=purposes)
    return asking.Wish(
        form=form.key,
        address=cleaned["address"],
        purposes=purposes,
        wordings={wording.purpose_id: wording for wording in shown},
        locale=_locale(),
        name=cleaned["name"],
        role=cleaned["role"],
        zone=cleaned["zone"],
        page_url=cleaned["page"],
        resource_id=cleaned["resource"],
    )


def _locale() -> str:
    return (get_language() or "it")[:2]


def _unstored(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response
