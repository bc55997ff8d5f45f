"""Consent of many people at once: the very rows that `consent.give` writes for one, in a constant number of statements.

For people who agreed by themselves, each at a moment of their own. Who comes by a file is taken in by `importing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from subscribers import consent_ledger as ledger
from subscribers import events
from subscribers.models import Consent, Evidence, Kind, Permission, Purpose, Subscriber, Wording
from subscribers.standing import refresh_states


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """One person's yes to one purpose."""

    subscriber: Subscriber
    purpose: Purpose
    source: str  # form:<key>, home
    locale: str
    at: datetime


def give_many(gifts: Sequence[Gift], *, now: datetime) -> list[Consent]:
    """Write what these people agreed to, in the order given; what stood already is passed over.

    Gives: the new rows. Changes: consents, permissions, states, events; the people given have their new states.
    """
    with transaction.atomic():
        people = _locked(gifts)
        fresh = _fresh(gifts)
        rows = Consent.objects.bulk_create(_rows(fresh))
        _permit(fresh, rows)
        refresh_states(people, now=now)
        _tell(fresh, rows, now)
    states = {person.pk: person.state for person in people}
    for gift in gifts:
        gift.subscriber.state = states[gift.subscriber.pk]
    return rows


def _locked(gifts: Sequence[Gift]) -> list[Subscriber]:
    """The people's rows, in one order, so that two writers wait for each other and never cross."""
    ids = {gift.subscriber.pk for gift in gifts}
    return list(Subscriber.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _fresh(gifts: Sequence[Gift]) -> list[Gift]:
    """Those that do not stand yet, each once."""
    ids = {gift.subscriber.pk for gift in gifts}
    standing = Permission.objects.filter(subscriber__in=ids, is_given=True)
    seen = set(standing.values_list("subscriber_id", "purpose_id"))
    fresh = []
    for gift in gifts:
        place = (gift.subscriber.pk, gift.purpose.pk)
        if place not in seen:
            seen.add(place)
            fresh.append(gift)
    return fresh


def _rows(fresh: Sequence[Gift]) -> list[Consent]:
    wordings = _wordings(fresh)
    return [
        Consent(
            subscriber=gift.subscriber,
            purpose=gift.purpose,
            step=Consent.Step.CONFIRMED,
            wording=wordings.get((gift.purpose.pk, gift.locale)),
            locale=gift.locale,
            source=gift.source[:120],
            at=gift.at,
            is_sample=gift.subscriber.is_sample,
        )
        for gift in fresh
    ]


def _wordings(fresh: Sequence[Gift]) -> dict[tuple[int, str], Wording]:
    """The words shown now, by purpose and language; one query a language."""
    found = {}
    for locale in {gift.locale for gift in fresh}:
        purposes = list({gift.purpose for gift in fresh if gift.locale == locale})
        for purpose_id, wording in ledger.newest_wordings(purposes, locale).items():
            found[purpose_id, locale] = wording
    return found


def _permit(fresh: Sequence[Gift], rows: Sequence[Consent]) -> None:
    Permission.objects.bulk_create(
        [
            Permission(subscriber=gift.subscriber, purpose=gift.purpose, is_given=True, since=gift.at, consent=row)
            for gift, row in zip(fresh, rows, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["subscriber", "purpose"],
        update_fields=["is_given", "since", "consent"],
    )


def _tell(fresh: Sequence[Gift], rows: Sequence[Consent], now: datetime) -> None:
    acts = [
        events.NewEvent(
            kind=Kind.CONSENT_CONFIRMED,
            occurred_at=gift.at,
            source="site",
            subscriber_id=gift.subscriber.pk,
            object_kind="purpose",
            object_key=gift.purpose.key,
            key=f"consent:{row.pk}",
            evidence=Evidence.HUMAN,
            reason="declared",
            payload={"source": gift.source, "locale": gift.locale},
            is_sample=gift.subscriber.is_sample,
        )
        for gift, row in zip(fresh, rows, strict=True)
    ]
    events.record_many(acts, now=now)
