"""The doors of a resource: the gate posted, the page behind the mail's link, and the file itself."""

import logging
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.documents.models import AbstractDocument

from content.models import ResourcePage
from subscribers import clients, private
from subscribers.grants import gate, granting, streaming, taking
from subscribers.grants.asking import Asked, ask
from subscribers.models import Subscriber
from subscribers.signup import known, limits, trap

logger = logging.getLogger(__name__)
UNPROCESSABLE, TOO_MANY, GONE = 422, 429, 410


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take the gate's form from any page; by GET, back to the resource."""
    page = get_object_or_404(ResourcePage.objects.live().select_related("locale"), pk=page_id)
    is_closed = page.gate != ResourcePage.Gate.OPEN and page.document_id is not None
    if request.method != "POST" or not is_closed or not page.lets_in(request):
        return HttpResponseRedirect(page.url or "/")
    now = timezone.now()
    reader = known.reader_of(request, now=now)
    if reader is not None and "known" in request.POST:
        return _at_once(request, page, reader, now)
    return _asked(request, page, now)


@require_safe
def sent(request: HttpRequest, page_id: int) -> HttpResponse:
    """“Look into your inbox”: the same for every address."""
    page = get_object_or_404(ResourcePage.objects.live(), pk=page_id)
    return _unstored(render(request, "grants/sent.html", {"page": page, "versions": []}))


@require_http_methods(["GET", "HEAD", "POST"])
@private.private
def granted(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind the mail's link: one button, whose POST begins the download and lets this browser be known."""
    now = timezone.now()
    found = taking.find(token, now=now)
    if found is None:
        return private.unknown_link(request, is_of_file=True)
    if found.is_expired or found.document is None:
        return _expired(request, found, now)
    if request.method == "POST":
        response = HttpResponseRedirect(reverse("download", args=[token]), status=303)
        known.remember_reader(response, found.grant.subscriber, now=now)
        return response
    context = {"grant": found.grant, "document": found.document, "page": found.grant.resource, "versions": []}
    return render(request, "grants/granted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private.private
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file of a genuine link; where its time is over, a page that offers a new mail."""
    now = timezone.now()
    found = taking.find(token, now=now)
    if found is None:
        return private.unknown_link(request, is_of_file=True)
    if found.is_expired or found.document is None or request.method == "POST":
        return _expired(request, found, now)
    is_beginning = streaming.is_beginning(request)
    if is_beginning and not taking.may_take(found.grant, now=now):
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": "3600"})
    response = _file(request, found.document)
    if is_beginning and response.status_code in {200, 206}:
        taking.note(found, agent=_agent(request), now=now)
    return response


@require_safe
def open_download(request: HttpRequest, page_id: int) -> HttpResponseBase:
    """The file of a resource that is free to take."""
    now = timezone.now()
    page = taking.open_resource(page_id)
    if page is None:
        raise Http404
    if not page.lets_in(request):
        return HttpResponseRedirect(page.url or "/")  # which asks for the password
    network = clients.network_of(clients.address_of(request))
    if not limits.passes(taking.OPEN_NETWORK_HOUR, network, now=now):
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": "3600"})
    response = _file(request, page.document)
    if streaming.is_beginning(request) and response.status_code in {200, 206}:
        reader = known.reader_of(request, now=now)
        taking.note_open(page, reader, agent=_agent(request), network=network, now=now)
    return response


def _at_once(request: HttpRequest, page: ResourcePage, reader: Subscriber, now: datetime) -> HttpResponse:
    """A known reader pressed the button: the seal is asked for, patience is not."""
    verdict = trap.judge(gate.subject(page), request.POST, now=now).verdict
    if verdict not in {trap.Verdict.PERSON, trap.Verdict.TOO_FAST}:
        return HttpResponseRedirect(page.url or "/", status=303)
    given = granting.grant(reader, page, now=now, proven=granting.BY_BROWSER)
    return _unstored(HttpResponseRedirect(reverse("download", args=[taking.token_of(given, now=now)]), status=303))


def _asked(request: HttpRequest, page: ResourcePage, now: datetime) -> HttpResponse:
    network = clients.network_of(clients.address_of(request))
    outcome = ask(page, request.POST, network=network, proof=clients.proof_of(request), locale=_locale(), now=now)
    if outcome is Asked.DONE:
        return _unstored(HttpResponseRedirect(reverse("grant_sent", args=[page.pk]), status=303))
    shown = gate.build(page, locale=_locale(), now=now, data=request.POST)
    status = TOO_MANY if outcome is Asked.TOO_MANY else UNPROCESSABLE
    context = {"page": page, "gate": shown, "notice": _notice(outcome), "versions": []}
    return _unstored(render(request, "grants/ask.html", context, status=status))


def _notice(outcome: Asked) -> str:
    return {
        Asked.TOO_FAST: _("That was quick as a machine. Nothing you wrote is lost: press the button once more."),
        Asked.TOO_OLD: _(
            "This page had been open for a long time. Nothing you wrote is lost: press the button once more."
        ),
        Asked.TOO_MANY: _(
            "Many people have asked from your network just now. Nothing you wrote is lost: press the button again in "
            "an hour."
        ),
    }.get(outcome, "")


def _expired(request: HttpRequest, found: taking.Taking, now: datetime) -> HttpResponse:
    """Its time is over, or the file was withdrawn; by POST, a new mail to the address the right belongs to."""
    is_sent = request.method == "POST" and found.is_expired
    if is_sent:
        granting.renew(found.grant, locale=_locale(), now=now)
    context = {
        "grant": found.grant,
        "is_sent": is_sent,
        "is_withdrawn": found.document is None,
        "versions": [],
    }
    return render(request, "grants/expired.html", context, status=200 if is_sent else GONE)


def _file(request: HttpRequest, document: AbstractDocument) -> HttpResponseBase:
    try:
        return streaming.respond(request, document)
    except FileNotFoundError as error:
        logger.error("The file of document %s is missing", document.pk)
        raise Http404 from error


def _agent(request: HttpRequest) -> str:
    return request.META.get("HTTP_USER_AGENT", "")


def _locale() -> str:
    return (get_language() or "it")[:2]


def _unstored(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store, private"
    return response
