"""What a posted sign-up does: rows alone, the same number of them for an address we know and one we do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from subscribers import addresses, consent, mail_requests
from subscribers.consent import Proof
from subscribers.models import MailRequest, Permission, Purpose, Signup, State, Subscriber, Wording
from subscribers.signup import limits

Kind = MailRequest.Kind
LINK_LIFE = timedelta(days=7)
REMIND_AFTER = timedelta(hours=24)
MAX_SENDINGS = 2  # the first and one resend; the reminder is a third mail


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody filled in."""

    form: str  # key of the form
    address: addresses.Address
    purposes: Sequence[Purpose]  # offered and chosen, tracking included when it was ticked
    wordings: Mapping[int, Wording]  # {purpose id: the words that stood on the page}
    locale: str
    name: str = ""
    role: str = ""
    zone: str = ""
    page_url: str = ""
    resource_id: int | None = None


def request(wish: Wish, *, proof: Proof, now: datetime) -> Signup | None:
    """Write the request and wish for its mail.

    Gives: None when the mailbox was named too often today; whoever answers must not let it show.
    Changes: a subscriber where the address is new, a sign-up, its asked consents, mail requests, an event.
    """
    if not limits.passes(limits.MAILBOX_DAY, addresses.mailbox(wish.address.key), now=now):
        return None
    with transaction.atomic():
        subscriber = _subscriber(wish, now)
        signup = _signup(subscriber, wish, now)
        # Asked is asked, also by somebody who has it all: the time of the answer must not tell who is known.
        consent.ask(subscriber, wish.purposes, signup=signup, proof=proof, wordings=wish.wordings, now=now)
        if _has_all(subscriber, wish.purposes):
            _mail(Kind.ALREADY, signup, 1, now)
        else:
            _mail(Kind.CONFIRM, signup, 1, now, remind_at=now + REMIND_AFTER)
    return signup


def resend(signup: Signup, *, now: datetime) -> bool:
    """Wish for the confirmation once more; False when it was sent MAX_SENDINGS times or has lost its sense."""
    first = MailRequest.objects.filter(key=_key(Kind.ALREADY, signup, 1)).exists()
    kind = Kind.ALREADY if first else Kind.CONFIRM
    return any(_mail(kind, signup, n, now) for n in range(2, MAX_SENDINGS + 1))


def renew(signup: Signup, *, now: datetime) -> bool:
    """Give an expired sign-up another life and wish for a new confirmation; False within its first life."""
    renewed = Signup.objects.filter(
        pk=signup.pk, confirmed_at=None, refused_at=None, expires_at__lte=now, subscriber__address__isnull=False
    ).update(expires_at=now + LINK_LIFE)
    if not renewed:
        return False
    mail_requests.ask(
        Kind.CONFIRM,
        signup.subscriber,
        key=f"confirm:{signup.pk}:renewed:{now:%Y%m%d%H%M}",
        locale=signup.locale,
        payload={"signup": signup.pk},
        now=now,
    )
    return True


def _subscriber(wish: Wish, now: datetime) -> Subscriber:
    return Subscriber.objects.get_or_create(
        address_key=wish.address.key,
        defaults={
            "address": wish.address.written,
            "locale": wish.locale,
            "source": f"form:{wish.form}",
            "created_at": now,
        },
    )[0]


def _signup(subscriber: Subscriber, wish: Wish, now: datetime) -> Signup:
    signup = Signup.objects.create(
        subscriber=subscriber,
        form=wish.form,
        name=wish.name,
        role=wish.role,
        zone=wish.zone,
        page_url=wish.page_url,
        resource_id=wish.resource_id,
        locale=wish.locale,
        at=now,
        expires_at=now + LINK_LIFE,
    )
    signup.purposes.set(wish.purposes)
    return signup


def _has_all(subscriber: Subscriber, purposes: Sequence[Purpose]) -> bool:
    given = Permission.objects.filter(subscriber=subscriber, is_given=True).values_list("purpose_id", flat=True)
    may_be_written_to = subscriber.state in (State.ACTIVE, State.PAUSED)
    return may_be_written_to and {purpose.pk for purpose in purposes} <= set(given)


def _key(kind: str, signup: Signup, n: int) -> str:
    return f"{kind}:{signup.pk}:{n}"


def _mail(kind: str, signup: Signup, n: int, now: datetime, *, remind_at: datetime | None = None) -> bool:
    wished = mail_requests.ask(
        kind,
        signup.subscriber,
        key=_key(kind, signup, n),
        locale=signup.locale,
        payload={"signup": signup.pk},
        now=now,
        remind_at=remind_at,
    )
    return wished is not None
