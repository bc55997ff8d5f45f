"""What providers tell us by HTTP: checked, made into our own words by Anymail, taken in.

An answer of 200 means that it is on disk; whatever goes wrong on our side is a 5xx, so that the provider tells again.
"""

import importlib
import json
import logging
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from types import ModuleType
from uuid import UUID

from anymail.exceptions import AnymailConfigurationError, AnymailWarning, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailBaseWebhookView
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.deliverability import classify, intake
from campaigns.deliverability.classify import Meaning
from campaigns.deliverability.intake import Report
from campaigns.models import Account
from campaigns.transports import accounts
from campaigns.transports.contract import AccountRefused
from subscribers import addresses

logger = logging.getLogger(__name__)
# How old a signature may be: a recorded request is worth nothing later. Providers sign anew at each try.
FRESH = timedelta(minutes=10)
FINAL = {"bounced", "invalid"}
KINDS = {"rejected": "bounced", "failed": "bounced"}
BY_REASON = {"spam": "complained", "unsubscribed": "unsubscribed"}


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def provider(request: HttpRequest, esp: str) -> HttpResponse:
    """Take one request of a provider that an account of ours sends by."""
    if esp not in used():
        raise Http404
    if request.method == "HEAD":  # some ask so whether the address exists
        return HttpResponse()
    now = timezone.now()
    try:
        told = read(request, esp, now)
    except AnymailWebhookValidationFailure:
        return HttpResponse("not signed as agreed", status=400, content_type="text/plain")
    except AnymailConfigurationError as error:
        logger.error("Requests of %s cannot be checked: %s", esp, error)
        return HttpResponse("not set up", status=501, content_type="text/plain")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("A request of %s cannot be read: %s", esp, type(error).__name__)
        return HttpResponse("cannot be read", status=400, content_type="text/plain")
    for report in told:
        intake.take(report, now=now)
    return HttpResponse()


def used() -> set[str]:
    """The providers our accounts send by."""
    found = set()
    for account in Account.objects.all():
        try:
            found.add(accounts.way_of(account).esp)
        except AccountRefused:
            continue
    return found - {""}


def read(request: HttpRequest, esp: str, now: datetime) -> list[Report]:
    """The reports in a request.

    Raises: AnymailWebhookValidationFailure when it is not signed, or long ago; ValueError, KeyError, TypeError,
    AttributeError when it is not what the provider sends.
    """
    view = view_of(esp)
    view.run_validators(request)
    if not view.basic_auth and view.warn_if_no_basic_auth:
        logger.error("Requests of %s are refused: set ANYMAIL_WEBHOOK_SECRET to user:password", esp)
        raise AnymailWebhookValidationFailure("no secret is set")
    signed_at = signature_time(request)
    if signed_at is not None and abs(now - signed_at) > FRESH:
        raise AnymailWebhookValidationFailure("signed too long ago")
    events = view.parse_events(request)
    return [report_of(event, esp, now) for event in events if isinstance(event, AnymailTrackingEvent)]


def view_of(esp: str) -> AnymailBaseWebhookView:
    """Anymail's own reader of a provider's requests.

    Raises: Http404 where it has none; AnymailConfigurationError where it is not set up.
    """
    try:
        module = importlib.import_module(f"anymail.webhooks.{esp}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AnymailWarning)  # what is insecure is refused in `read`
            return next(view_classes(module))()
    except (ModuleNotFoundError, StopIteration) as error:
        raise Http404 from error


def view_classes(module: ModuleType) -> Iterator[type[AnymailBaseWebhookView]]:
    """The readers of tracking events in a module of Anymail."""
    for name, found in vars(module).items():
        if name.endswith(("TrackingWebhookView", "CombinedWebhookView")) and found.__module__ == module.__name__:
            yield found


def signature_time(request: HttpRequest) -> datetime | None:
    """When the request was signed, where its signature says so (Mailgun: Anymail checks no age)."""
    stamp = request.POST.get("timestamp")
    if stamp is None and request.content_type == "application/json":
        signature = json.loads(request.body or b"{}")
        stamp = signature.get("signature", {}).get("timestamp") if isinstance(signature, dict) else None
    return datetime.fromtimestamp(float(stamp), tz=timezone.get_default_timezone()) if stamp else None


def report_of(event: AnymailTrackingEvent, esp: str, now: datetime) -> Report:
    """Anymail's event in our words."""
    words = " ".join(str(event.mta_response or event.description or "").split())[:500]
    return Report(
        kind=BY_REASON.get(event.reject_reason, KINDS.get(event.event_type, event.event_type)),
        source=f"provider:{esp}",
        key=f"provider:{esp}:{event.event_id or fingerprint(event)}",
        occurred_at=min(event.timestamp or now, now),
        uid=uid_in(event.metadata),
        provider_id=str(event.message_id or "")[:200],
        recipient_key=key_of(event.recipient),
        code=code_in(words),
        words=words,
        is_hard=is_hard(code_in(words), words, says_final=event.reject_reason in FINAL),
    )


def is_hard(code: str, words: str, *, says_final: bool) -> bool:
    """Whether nobody lives at an address: by the receiving server's words, else by what the provider says."""
    meaning = classify.read(code or "550", words) if code or words else Meaning.REFUSED
    return meaning == Meaning.NO_MAILBOX or (meaning == Meaning.REFUSED and says_final)


def fingerprint(event: AnymailTrackingEvent) -> str:
    """What makes an event the same where the provider gives it no id."""
    parts = (event.event_type, event.message_id, event.recipient, event.timestamp, event.click_url)
    return blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def uid_in(metadata: object) -> UUID | None:
    """The delivery's uid that we gave the provider along with the mail."""
    value = metadata.get("delivery") if isinstance(metadata, dict) else None
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None


def key_of(recipient: str | None) -> str:
    """The normalised address; empty where there is none that could be a reader's."""
    try:
        return addresses.read(recipient or "").key
    except addresses.BadAddress:
        return ""


def code_in(words: str) -> str:
    """The codes a receiving server's words begin with: "550 5.1.1"."""
    first, _, rest = words.replace("-", " ", 1).partition(" ")
    if not (len(first) == 3 and first.isdigit() and first[0] in "245"):
        return ""
    second = rest.partition(" ")[0]
    return f"{first} {second}" if second[:2] in {"2.", "4.", "5."} else first
