"""Whose page is it? From a personal link to the person it was made for."""

from dataclasses import dataclass
from datetime import datetime

from subscribers import addresses, tokens
from subscribers.models import Purpose, State, Subscriber


@dataclass(frozen=True)
class Visit:
    """A genuine link and whom it belongs to."""

    subscriber: Subscriber
    token: str
    is_expired: bool
    purpose: Purpose | None = None  # of a leave link: the stream its mail belonged to, if it was of one
    is_stream_gone: bool = False  # the stream was deleted since: there is nothing left to stop
    delivery_id: int | None = None

    @property
    def masked(self) -> str:
        """The address as a forwarded mail may show it."""
        return addresses.mask(self.subscriber.address or "")


def visit(purpose: str, token: str, *, now: datetime) -> Visit | None:
    """The visit that this link makes; None when the person is gone or erased.

    Raises: BadToken.
    """
    read = tokens.read(purpose, token, now=now)
    ids = read.ids()
    if not ids:
        raise tokens.BadToken
    subscriber = Subscriber.objects.filter(pk=ids[0]).exclude(state=State.ERASED).first()
    if subscriber is None:
        return None
    if purpose != tokens.LEAVE:
        return Visit(subscriber, token, read.is_expired)
    stream, delivery_id = (*ids[1:], 0, 0)[:2]
    left = Purpose.objects.filter(pk=stream).first() if stream else None
    return Visit(
        subscriber,
        token,
        read.is_expired,
        purpose=left,
        is_stream_gone=bool(stream) and left is None,
        delivery_id=delivery_id or None,
    )
