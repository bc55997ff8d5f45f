"""What a browser remembers for us: the sign-up it just made, and that its reader is known. Nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from subscribers import tokens
from subscribers.models import State, Subscriber

PENDING_COOKIE = "circolare_signup"
READER_COOKIE = "circolare_reader"
PENDING = "pending"
READER = "reader"
PENDING_LIFE = timedelta(days=7)  # as long as the link in the mail
READER_LIFE = timedelta(days=180)
NOT_KNOWN = (State.ERASED, State.BLOCKED)


@dataclass(frozen=True)
class Pending:
    """The sign-up this browser made last; the same for addresses we know, do not know or may not write to."""

    signup_id: int  # 0 where nothing was written
    shown: str  # the masked address
    is_resent: bool
    sent_at: datetime


def remember_signup(response: HttpResponse, signup_id: int, shown: str, *, now: datetime, is_resent: bool) -> None:
    """Let this browser find its way from the form to the page that says: look into your inbox."""
    value = tokens.make(PENDING, f"{signup_id:012}", shown, int(is_resent), now=now)  # one length for everybody
    _set(response, PENDING_COOKIE, value, PENDING_LIFE)


def signup_of(request: HttpRequest, *, now: datetime) -> Pending | None:
    """The sign-up of this browser; None without a genuine, fresh cookie."""
    token = _read(request, PENDING_COOKIE, PENDING, PENDING_LIFE, now)
    if token is None:
        return None
    signup_id, shown, is_resent = token.values
    return Pending(int(signup_id), shown, is_resent == "1", token.issued_at)


def forget_signup(response: HttpResponse) -> None:
    """Drop the cookie of a sign-up that is confirmed."""
    response.delete_cookie(PENDING_COOKIE)


def remember_reader(response: HttpResponse, subscriber: Subscriber, *, now: datetime) -> None:
    """Let this browser skip forms: buttons take their place. It opens no personal page."""
    _set(response, READER_COOKIE, tokens.make(READER, subscriber.pk, now=now), READER_LIFE)


def forget_reader(response: HttpResponse) -> None:
    """Drop the cookie of a reader who was erased."""
    response.delete_cookie(READER_COOKIE)


def reader_of(request: HttpRequest, *, now: datetime) -> Subscriber | None:
    """Whom this browser belongs to, as far as it says; for buttons only, never for showing personal things."""
    token = _read(request, READER_COOKIE, READER, READER_LIFE, now)
    if token is None:
        return None
    return Subscriber.objects.filter(pk=token.ids()[0]).exclude(state__in=NOT_KNOWN).first()


def _read(request: HttpRequest, cookie: str, purpose: str, life: timedelta, now: datetime) -> tokens.Token | None:
    try:
        token = tokens.read(purpose, request.COOKIES.get(cookie, ""), now=now, max_age=life)
    except tokens.BadToken:
        return None
    return None if token.is_expired else token


def _set(response: HttpResponse, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=life,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
