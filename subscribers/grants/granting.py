"""The right to one resource: given on request, whatever else was agreed to, and delivered by one mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from content.models import ResourcePage
from subscribers import addresses, events, mail_requests
from subscribers.models import Evidence, Grant, Kind, MailRequest, Subscriber
from subscribers.signup import limits
from subscribers.tracking import pages

LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Proven:
    """How we know that the person asked."""

    evidence: str
    reason: str


BY_BROWSER = Proven(Evidence.HUMAN, "known reader")
BY_FORM = Proven(Evidence.UNSURE, "address typed")  # anybody can type an address; the mail finds its owner


def request(
    address: addresses.Address, resource: ResourcePage, *, locale: str, is_sample: bool = False, now: datetime
) -> Grant | None:
    """Give whoever reads this mailbox the right to the resource and wish for the mail that delivers it.

    Gives: None when the mailbox was named too often today; whoever answers must not let it show.
    Changes: a subscriber where the address is new, without any consent; a grant; a mail request; an event.
    """
    if not limits.passes(limits.MAILBOX_DAY, addresses.mailbox(address.key), now=now):
        return None
    with transaction.atomic():
        person, _ = Subscriber.objects.get_or_create(
            address_key=address.key,
            defaults={
                "address": address.written,
                "locale": locale,
                "source": f"resource:{resource.pk}",
                "created_at": now,
                "is_sample": is_sample,
            },
        )
        given = grant(person, resource, now=now, proven=BY_FORM)
        wish_mail(given, locale=locale, now=now)
    return given


def grant(subscriber: Subscriber, resource: ResourcePage, *, now: datetime, proven: Proven = BY_FORM) -> Grant:
    """The person's right to the resource, new or with a new term; its event once a day. Safe to run twice."""
    with transaction.atomic():
        given, _ = Grant.objects.update_or_create(
            subscriber=subscriber,
            resource=resource,
            defaults={"title": resource.title, "page_url": resource.url or "", "expires_at": now + LIFE},
            create_defaults={
                "title": resource.title,
                "page_url": resource.url or "",
                "granted_at": now,
                "expires_at": now + LIFE,
                "is_sample": subscriber.is_sample,
            },
        )
        _tell(given, resource, proven, now)
    return given


def renew(given: Grant, *, locale: str, now: datetime) -> bool:
    """Another term for a right that has ended, and the mail with its link; False where the resource is gone."""
    if given.resource is None or not given.resource.live:
        return False
    with transaction.atomic():
        grant(given.subscriber, given.resource, now=now)
        wish_mail(given, locale=locale, now=now)
    return True


def wish_mail(given: Grant, *, locale: str, now: datetime) -> None:
    """Wish for the mail that delivers, once a minute at most; the mailbox's own limits hold."""
    mail_requests.ask(
        MailRequest.Kind.RESOURCE,
        given.subscriber,
        key=f"resource:{given.pk}:{now:%Y%m%d%H%M}",
        locale=locale,
        payload={"grant": given.pk},
        now=now,
    )


def _tell(given: Grant, resource: ResourcePage, proven: Proven, now: datetime) -> None:
    """The wish itself is recorded whether or not reading may be: it was told to us, not observed."""
    act = events.NewEvent(
        kind=Kind.RESOURCE_GRANTED,
        subscriber_id=given.subscriber_id,
        object_kind="resource",
        object_key=str(resource.pk),
        occurred_at=now,
        source="site",
        key=f"granted:{given.pk}:{now:%Y%m%d}:{proven.evidence}",
        evidence=proven.evidence,
        reason=proven.reason,
        payload={**pages.about(resource.pk), "grant": given.pk},
        is_sample=given.is_sample,
    )
    events.record_many([act], now=now)
