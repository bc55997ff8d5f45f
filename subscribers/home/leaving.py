"""What a press on “leave” does, and how it is undone: rows at once, nothing asked back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from subscribers import consent, tokens
from subscribers.declared import tell
from subscribers.models import Consent, Kind, Permission, Purpose, Subscriber, Wording

SEPARATOR = "-"
# Asked after leaving, answered by one press or not at all. The keys are kept, the words are shown.
REASONS = {
    "too-many": _("Too many mails"),
    "not-expected": _("Not what I expected"),
    "no-interest": _("It no longer interests me"),
    "never-subscribed": _("I never subscribed"),
    "other": _("Something else"),
}


@dataclass(frozen=True)
class Left:
    """What stopped just now, and what still comes."""

    stopped: list[Purpose]
    remaining: list[Purpose]  # newsletters still given
    undo: str  # token; empty when nothing stopped


def leave(subscriber: Subscriber, purpose: Purpose | None, *, source: str, now: datetime) -> Left:
    """Stop one stream, or everything when none is named. Safe to run twice."""
    if purpose is None:
        rows = consent.withdraw_all(subscriber, source=source, now=now)
    else:
        rows = [row for row in [consent.withdraw(subscriber, purpose, source=source, now=now)] if row]
    ids = SEPARATOR.join(str(row.purpose_id) for row in rows)
    return Left(
        stopped=[row.purpose for row in rows],
        remaining=newsletters_of(subscriber),
        undo=tokens.make(tokens.UNDO, subscriber.pk, ids, now=now) if rows else "",
    )


def undo(subscriber: Subscriber, purpose_ids: Sequence[int], *, since: datetime, now: datetime) -> list[Purpose]:
    """Give back what one press took, unless something was decided since; gives what came back.

    Takes: `since`, the time of that press, to the second.
    """
    returned = []
    with transaction.atomic():
        for permission in Permission.objects.filter(
            subscriber=subscriber, purpose__in=purpose_ids, is_given=False
        ).select_related("purpose", "consent"):
            is_newer = permission.since.replace(microsecond=0) > since
            if not is_newer and consent.give(
                subscriber,
                permission.purpose,
                source="undo",
                locale=subscriber.locale,
                wording=_words_agreed_to(subscriber, permission.purpose),
                now=now,
            ):
                returned.append(permission.purpose)
    return returned


def explain(subscriber: Subscriber, reason: str, purpose: Purpose | None, *, now: datetime) -> bool:
    """Keep why somebody left, once a day; False for what is none of REASONS. Takes: the stream of the mail used."""
    if reason not in REASONS:
        return False
    tell(
        subscriber,
        Kind.LEAVING_EXPLAINED,
        now=now,
        object_kind="purpose" if purpose else "",
        object_key=purpose.key if purpose else "",
        key=f"left:{subscriber.pk}:{now:%Y%m%d}",
        payload={"reason": reason},
    )
    return True


def newsletters_of(subscriber: Subscriber) -> list[Purpose]:
    """The newsletters this person gets."""
    return list(
        Purpose.objects.filter(
            kind=Purpose.Kind.NEWSLETTER, permissions__subscriber=subscriber, permissions__is_given=True
        ).order_by("pk")
    )


def _words_agreed_to(subscriber: Subscriber, purpose: Purpose) -> Wording | None:
    newest = subscriber.consents.filter(purpose=purpose, step=Consent.Step.CONFIRMED).last()
    return newest.wording if newest else None
