"""Turns the service mails that the subscribers room asked for into deliveries, each once."""

from datetime import datetime

from django.db import transaction

from campaigns.models import PurposeClass
from campaigns.sending import mailing
from subscribers import mail_requests
from subscribers.models import MailRequest

N_AT_ONCE = 200
CLASSES: dict[str, str] = {MailRequest.Kind.RESOURCE: PurposeClass.RESOURCE}  # all others are service mail


def take(now: datetime) -> int:
    """Make deliveries of up to N_AT_ONCE due requests, in the transaction that takes them; gives how many."""
    with transaction.atomic():
        requests = mail_requests.take(N_AT_ONCE, now=now)
        for request in requests:
            target = request.payload.get("to")
            mailing.enqueue(
                mailing.standing(
                    f"service:{request.kind}",
                    purpose_class=CLASSES.get(request.kind, PurposeClass.SERVICE),
                    title=str(MailRequest.Kind(request.kind).label),
                    service_kind=request.kind,
                ),
                request.subscriber,
                intent_key=request.key,
                locale=request.locale,
                now=now,
                context=request.payload,
                address=str(target) if target else None,
            )
    return len(requests)
