"""The rows of the consent ledger: appended, proved, added up, and emptied by erasure. Called by `consent` alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from subscribers.models import Consent, ConsentProof, Permission, Purpose, State, Subscriber, Wording


@dataclass(frozen=True)
class Proof:
    """Who was on the line when a consent was given; kept apart, for a limited time."""

    ip: str | None  # of the client, as far as named proxies tell
    user_agent: str  # cut to 512 characters


@dataclass(frozen=True)
class Origin:
    """What every row of one act shares."""

    source: str
    locale: str
    page_url: str = ""
    evidence: str = ""
    delivery_id: int | None = None


@dataclass(frozen=True)
class Agreement:
    """One person's consent to one purpose, at its own time."""

    subscriber: Subscriber
    purpose: Purpose
    origin: Origin
    at: datetime
    wording: Wording | None = None  # the words that stood on the page; without it the newest count


def newest_wording(purpose: Purpose, locale: str) -> Wording | None:
    """The words that are shown for this purpose now; None where the language has none."""
    return newest_wordings([purpose], locale).get(purpose.pk)


def newest_wordings(purposes: list[Purpose], locale: str) -> dict[int, Wording]:
    """{purpose id: the words shown for it now}, in one query."""
    rows = Wording.objects.filter(purpose__in=purposes, locale=locale[:2])
    return {row.purpose_id: row for row in rows.order_by("purpose_id", "-version").distinct("purpose_id")}


def worded(purposes: QuerySet[Purpose], locale: str) -> list[tuple[Purpose, Wording | None]]:
    """Each purpose with the words shown for it now, in its own query: forms stand on pages that must be quick.

    Of a wording only number, version and text are read.
    """
    newest = Wording.objects.filter(purpose=OuterRef("pk"), locale=locale[:2]).order_by("-version")
    words = Subquery(newest.values(words=JSONObject(id="id", version="version", text="text"))[:1])
    return [(one, _wording(one, locale)) for one in purposes.annotate(words=words)]


def _wording(purpose: Purpose, locale: str) -> Wording | None:
    words: dict[str, Any] | None = purpose.words  # type: ignore[attr-defined]
    return Wording(purpose=purpose, locale=locale[:2], **words) if words else None


def forget(subscriber: Subscriber) -> None:
    """Empty the personal columns of a person's consents and drop proofs and permissions; for erasure alone.

    The ledger's trigger lets these columns become empty only while `circolare.erasing` stands. A setting made
    inside a savepoint outlives it until the outer transaction ends, therefore it is reset in every case.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        ConsentProof.objects.filter(consent__subscriber=subscriber).delete()
        Permission.objects.filter(subscriber=subscriber).delete()
        try:
            cursor.execute("SET LOCAL circolare.erasing = 'on'")
            with transaction.atomic():
                Consent.objects.filter(subscriber=subscriber).update(subscriber=None, page_url="", evidence="")
        finally:
            cursor.execute("SET LOCAL circolare.erasing = 'off'")
        Subscriber.objects.filter(pk=subscriber.pk).update(
            state=State.ERASED, address=None, address_key=None, name="", paused_until=None
        )


def append(
    subscriber: Subscriber,
    purpose: Purpose,
    step: str,
    origin: Origin,
    now: datetime,
    *,
    wording: Wording | None = None,
) -> Consent:
    """Add one step; without a given wording the one shown now counts, for a withdrawal none."""
    if wording is None and step != Consent.Step.WITHDRAWN:
        wording = newest_wording(purpose, origin.locale)
    row = _row(Agreement(subscriber, purpose, origin, now), step, wording)
    row.save(force_insert=True)
    return row


def confirm_many(agreements: Sequence[Agreement]) -> list[Consent]:
    """Add the confirmation of each; one query a language for the wordings, one for all rows."""
    purposes_by_locale: dict[str, set[Purpose]] = {}
    for one in agreements:
        purposes_by_locale.setdefault(one.origin.locale, set()).add(one.purpose)
    shown = {locale: newest_wordings(list(purposes), locale) for locale, purposes in purposes_by_locale.items()}
    return Consent.objects.bulk_create(
        _row(one, Consent.Step.CONFIRMED, one.wording or shown[one.origin.locale].get(one.purpose.pk))
        for one in agreements
    )


def _row(given: Agreement, step: str, wording: Wording | None) -> Consent:
    origin = given.origin
    return Consent(
        subscriber=given.subscriber,
        purpose=given.purpose,
        step=step,
        wording=wording,
        locale=origin.locale,
        source=origin.source[:120],
        page_url=origin.page_url[:500],
        delivery_id=origin.delivery_id,
        evidence=origin.evidence,
        at=given.at,
        is_sample=given.subscriber.is_sample,
    )


def prove(rows: list[Consent], proof: Proof | None, now: datetime) -> None:
    """Keep who was on the line beside each of these steps, if that is known."""
    if proof is None:
        return
    agent = proof.user_agent.replace("\0", "")[:512]
    ConsentProof.objects.bulk_create(ConsentProof(consent=row, ip=proof.ip, user_agent=agent, at=now) for row in rows)


def permit(rows: list[Consent]) -> None:
    """Make the permissions say what these newest decisions say."""
    Permission.objects.bulk_create(
        [
            Permission(
                subscriber=row.subscriber,
                purpose_id=row.purpose_id,
                is_given=row.step == Consent.Step.CONFIRMED,
                since=row.at,
                consent=row,
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["subscriber", "purpose"],
        update_fields=["is_given", "since", "consent"],
    )
