"""The built-in inbox in a browser: every captured mail as HTML, text, source and headers.

Without login it opens only to a browser on this very machine; from elsewhere it asks for the right to see deliveries,
for captured mails carry working personal links.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from campaigns.models import CapturedMail

N_PER_PAGE = 30
PERMISSION = "campaigns.view_delivery"
# What a mail may do in its frame: show its styles and our images; its links open in a tab of their own.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
PERSONAL = {"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Opened:
    """A captured mail, taken apart."""

    headers: list[tuple[str, str]]  # in the order of the mail
    html: str  # empty where there is none
    text: str


def is_at_this_machine(request: HttpRequest) -> bool:
    """Whether the browser runs here: a loopback peer, and nobody in between who speaks for another."""
    if "HTTP_X_FORWARDED_FOR" in request.META or "HTTP_FORWARDED" in request.META:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def guarded(view: View) -> View:
    """Let in who sits at this machine, or who is logged in with the right; all answers are private."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_at_this_machine(request):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("wagtailadmin_login"))
            if not request.user.has_perm(PERMISSION):
                raise PermissionDenied
        response = view(request, *args, **kwargs)
        for name, value in PERSONAL.items():
            response.headers[name] = value
        return response

    return require_safe(asked)


def opened(mail: CapturedMail) -> Opened:
    """Take a captured mail apart as a mail program would."""
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(bytes(mail.raw))
    return Opened(
        headers=[(name, str(value)) for name, value in message.items()],
        html=_body(message, "html"),
        text=_body(message, "plain"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""


@guarded
def mails(request: HttpRequest) -> HttpResponse:
    """All captured mails, newest first; `?to=` keeps those whose address contains it."""
    wanted = request.GET.get("to", "")[:320].replace("\0", "").strip()
    rows = CapturedMail.objects.defer("raw")
    if wanted:
        rows = rows.filter(recipient__icontains=wanted)
    page = Paginator(rows, N_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "inbox/mails.html", {"page": page, "wanted": wanted})


@guarded
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail: its headers, and the HTML in a frame that may do nothing but open links."""
    captured = get_object_or_404(CapturedMail, pk=mail_id)
    return render(request, "inbox/mail.html", {"mail": captured, "opened": opened(captured)})


@guarded
def html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML part alone, under a policy that lets it run nothing."""
    captured = get_object_or_404(CapturedMail, pk=mail_id)
    response = HttpResponse(_in_new_tabs(opened(captured).html))
    response.headers["Content-Security-Policy"] = POLICY
    return response


@guarded
def text(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The text part."""
    captured = get_object_or_404(CapturedMail, pk=mail_id)
    return HttpResponse(opened(captured).text, content_type="text/plain; charset=utf-8")


@guarded
def source(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Every byte as it was handed over."""
    captured = get_object_or_404(CapturedMail, pk=mail_id)
    return HttpResponse(bytes(captured.raw), content_type="text/plain; charset=utf-8")


def _in_new_tabs(document: str) -> str:
    """The document with its links opening in a tab of their own, as a mail program does."""
    head, tag, rest = document.partition("<head>")
    return f'{head}{tag}<base target="_blank">{rest}' if tag else f'<base target="_blank">{document}'
