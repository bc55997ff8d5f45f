"""From one address to another: the old mailbox allows it, the new one proves itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from subscribers import addresses, consent, mail_requests, tokens
from subscribers.declared import tell
from subscribers.models import Kind, MailRequest, State, Subscriber


@dataclass(frozen=True)
class Move:
    """A wish to be written to elsewhere, as a mailed link proves it."""

    subscriber: Subscriber
    to: str  # the new address, when this link came to it; empty at the old mailbox's link

    @property
    def masked(self) -> str:
        """The present address, hidden but for its first letter."""
        return addresses.mask(self.subscriber.address or "")


def read(token: str, *, now: datetime) -> Move | None:
    """The move that a mailed link stands for; None when it grew old, the person is gone or the address moved since.

    Raises: BadToken.
    """
    seen = tokens.read(tokens.ADDRESS, token, now=now)
    ids = seen.ids()
    if len(ids) != 2:
        raise tokens.BadToken
    subscriber = Subscriber.objects.filter(pk=ids[0]).exclude(state=State.ERASED).first()
    request = MailRequest.objects.filter(pk=ids[1], subscriber=ids[0], kind=MailRequest.Kind.ADDRESS).first()
    if subscriber is None or request is None or seen.is_expired:
        return None
    if request.payload.get("from") != subscriber.address_key:
        return None
    return Move(subscriber, str(request.payload.get("to", "")))


def allowed_by_old(subscriber: Subscriber) -> dict[str, object]:
    """The payload of the mail to the present address; good for no other one."""
    return {"step": "old", "from": subscriber.address_key}


def ask_new(move: Move, address: addresses.Address, *, now: datetime) -> None:
    """Write to the new address, whoever it belongs to; the answer on the page is always the same."""
    mail_requests.ask(
        MailRequest.Kind.ADDRESS,
        move.subscriber,
        key=f"address-new:{move.subscriber.pk}:{now:%Y%m%d%H%M}",
        locale=move.subscriber.locale,
        payload={"step": "new", "to": address.written, "from": move.subscriber.address_key},
        now=now,
    )


def finish(move: Move, *, now: datetime) -> str:
    """Change the address: `moved`, or `taken` when it is another reader's already.

    Changes: the subscriber, its state (the new address may be suppressed), an event that names no address.
    """
    new = addresses.read(move.to)
    try:
        with transaction.atomic():
            Subscriber.objects.filter(pk=move.subscriber.pk).update(address=new.written, address_key=new.key)
            move.subscriber.refresh_from_db()
            consent.lift(new.key, reasons=consent.LIFTED_BY_CONFIRMING, now=now)
            consent.refresh_state(move.subscriber, now=now)
            tell(move.subscriber, Kind.PREFERENCE_CHANGED, now=now, payload={"changed": "address"})
    except IntegrityError:
        return "taken"
    return "moved"
