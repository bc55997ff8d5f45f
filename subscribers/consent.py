"""What may we do with this person? The only writers of consents, permissions, suppressions and states.

Every writer locks the person's row first, so that the order of ids is the order of decisions, and leaves
behind: the step in the ledger, the permission it makes, the state, and the event that tells it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from subscribers import consent_ledger as ledger
from subscribers import digests
from subscribers.consent_ledger import Agreement, Origin, Proof, forget, newest_wording, newest_wordings, worded
from subscribers.declared import declared, tell
from subscribers.events import NewEvent
from subscribers.events import record_many as tell_many
from subscribers.models import Consent, Kind, Permission, Purpose, Signup, Subscriber, Suppression, Wording
from subscribers.standing import end_pauses, may_track, rebuild, refresh_state, refresh_states
from subscribers.suppression import (
    BOUNCES,
    STOPS_SERVICE,
    Reason,
    is_suppressed,
    reasons_among,
    suppressed_among,
)

__all__ = [
    "BOUNCES",
    "STOPS_SERVICE",
    "Agreement",
    "Origin",
    "Proof",
    "ask",
    "confirm",
    "end_pauses",
    "forget",
    "give",
    "give_many",
    "is_suppressed",
    "lift",
    "may_track",
    "newest_wording",
    "newest_wordings",
    "pause",
    "reasons_among",
    "rebuild",
    "refresh_state",
    "refuse",
    "resume",
    "suppress",
    "suppressed_among",
    "withdraw",
    "withdraw_all",
    "worded",
]
Step = Consent.Step
# A confirmation by the address's own mail proves that it works and that its owner wants to be written to.
LIFTED_BY_CONFIRMING = frozenset({*BOUNCES, Reason.COMPLAINT, Reason.ERASED, Reason.IMPORTED})


def ask(
    subscriber: Subscriber,
    purposes: Iterable[Purpose],
    *,
    signup: Signup,
    proof: Proof | None,
    now: datetime,
    wordings: Mapping[int, Wording] | None = None,
) -> list[Consent]:
    """Note that somebody asked, on this sign-up, for these purposes; permits nothing yet.

    Takes: `wordings` {purpose id: the words that stood on the page}; without it the newest count.
    Changes: one consent a purpose with its proof, one event.
    """
    wanted, shown = list(purposes), wordings or {}
    origin = Origin(f"form:{signup.form}", signup.locale, page_url=signup.page_url)
    with transaction.atomic():
        _lock(subscriber)
        rows = [ledger.append(subscriber, one, Step.ASKED, origin, now, wording=shown.get(one.pk)) for one in wanted]
        ledger.prove(rows, proof, now)
        tell(
            subscriber,
            Kind.SIGNUP_ASKED,
            now=now,
            object_kind="signup",
            object_key=str(signup.pk),
            payload={"form": signup.form, "purposes": [one.key for one in wanted], "page_url": signup.page_url},
        )
    return rows


def confirm(signup: Signup, *, proof: Proof | None, now: datetime, delivery_id: int | None = None) -> list[Consent]:
    """Turn what was asked on this sign-up into consent, with the wording of the asking.

    Gives: the new rows; none when it was confirmed or refused before. Safe to run twice.
    Changes: consents with proof, permissions, suppressions that the confirmation disproves, state, events.
    """
    with transaction.atomic():
        subscriber = _lock(signup.subscriber)
        fresh = Signup.objects.filter(pk=signup.pk, confirmed_at=None, refused_at=None).update(confirmed_at=now)
        if not fresh or subscriber.address_key is None:
            return []
        signup.confirmed_at = now
        origin = Origin(f"form:{signup.form}", signup.locale, page_url=signup.page_url, delivery_id=delivery_id)
        rows = []
        for purpose in signup.purposes.all():
            asked = subscriber.consents.filter(purpose=purpose, step=Step.ASKED, at=signup.at).last()
            wording = asked.wording if asked else None
            rows.append(ledger.append(subscriber, purpose, Step.CONFIRMED, origin, now, wording=wording))
        ledger.prove(rows, proof, now)
        ledger.permit(rows)
        _take_over(subscriber, signup)
        lift(subscriber.address_key, reasons=LIFTED_BY_CONFIRMING, now=now)
        refresh_state(subscriber, now=now)
        tell_many([_decision(row, {"signup": signup.pk}) for row in rows], now=now)
    return rows


def refuse(signup: Signup, *, now: datetime) -> bool:
    """The owner of the address says: this was not me. False when it was confirmed or refused before.

    Changes: the sign-up; NOT_ME for an address that agreed to nothing else, so that nobody can make us
    write to it again; what the stranger typed about its owner is dropped.
    """
    with transaction.atomic():
        subscriber = _lock(signup.subscriber)
        fresh = Signup.objects.filter(pk=signup.pk, confirmed_at=None, refused_at=None).update(
            refused_at=now, name="", role="", zone=""
        )
        if not fresh:
            return False
        signup.refused_at = now
        if subscriber.address_key and not subscriber.permissions.filter(is_given=True).exists():
            suppress(subscriber.address_key, Reason.NOT_ME, now=now)
    return True


def give(
    subscriber: Subscriber,
    purpose: Purpose,
    *,
    source: str,
    locale: str,
    now: datetime,
    wording: Wording | None = None,
    page_url: str = "",
    evidence: str = "",
    proof: Proof | None = None,
) -> Consent | None:
    """Consent that needs no mail back: a switch on the reader's own page, an import with its evidence.

    Gives: the new row, or None when the permission stood already.
    Changes: a consent, its permission, state, event. Suppressions stay: they win at the gate.
    """
    origin = Origin(source, locale, page_url=page_url, evidence=evidence)
    with transaction.atomic():
        rows = give_many([Agreement(subscriber, purpose, origin, now, wording)], now=now)
        ledger.prove(rows, proof, now)
    return rows[0] if rows else None


def give_many(agreements: Sequence[Agreement], *, now: datetime) -> list[Consent]:
    """The same for many people and purposes, each at its own time; a few statements for all of them.

    Gives: the new rows in the order given, without those whose permission stood already.
    """
    with transaction.atomic():
        people = _lock_many([one.subscriber for one in agreements])
        standing = set(
            Permission.objects.filter(subscriber__in=people, is_given=True).values_list("subscriber_id", "purpose_id")
        )
        fresh: dict[tuple[int, int], Agreement] = {}
        for one in agreements:
            fresh.setdefault((one.subscriber.pk, one.purpose.pk), one)
        rows = ledger.confirm_many([one for key, one in fresh.items() if key not in standing])
        ledger.permit(rows)
        refresh_states(people, now=now)
        tell_many([_decision(row, {}) for row in rows], now=now)
    return rows


def withdraw(subscriber: Subscriber, purpose: Purpose, *, source: str, now: datetime) -> Consent | None:
    """Take a permission back, effective at once; None when it was taken back before.

    Changes: a consent, its permission, state, event. Safe to run twice.
    """
    rows = _withdraw(subscriber, [purpose], source, now)
    return rows[0] if rows else None


def withdraw_all(subscriber: Subscriber, *, source: str, now: datetime) -> list[Consent]:
    """Take back every permission that stands, tracking and profile included; gives the new rows."""
    with transaction.atomic():
        _lock(subscriber)
        standing = list(Purpose.objects.filter(permissions__subscriber=subscriber, permissions__is_given=True))
        return _withdraw(subscriber, standing, source, now)


def pause(subscriber: Subscriber, until: datetime, *, now: datetime) -> None:
    """Hold everything but service mail back until then; what falls into it is never sent later."""
    _set_pause(subscriber, until, now)


def resume(subscriber: Subscriber, *, now: datetime) -> None:
    """End a pause before its time."""
    _set_pause(subscriber, None, now)


def suppress(
    address_key: str, reason: str, *, now: datetime, detail: str = "", occurred_at: datetime | None = None
) -> bool:
    """Never write to this address again, whoever it belongs to.

    Takes: `occurred_at` of what is reported; a bounce older than the newest confirmation is ignored, for
    reports may come days late and the owner has proved the address since.
    Gives: False when nothing changed. Changes: a suppression, the state, an event where we know the person.
    """
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(address_key=address_key).first()
        if subscriber and occurred_at and reason in BOUNCES and _was_confirmed_after(subscriber, occurred_at):
            return False
        if Suppression.objects.filter(digest__in=digests.all_of(address_key), reason=reason).exists():
            return False
        Suppression.objects.bulk_create(
            [
                Suppression(
                    digest=digests.of(address_key),
                    reason=reason,
                    at=now,
                    detail=detail.replace("\0", "")[:500],
                    is_sample=bool(subscriber and subscriber.is_sample),
                )
            ],
            ignore_conflicts=True,
        )
        if subscriber:
            refresh_state(subscriber, now=now)
            tell(subscriber, Kind.NOTED, now=now, payload={"suppressed": reason})
    return True


def lift(address_key: str, *, reasons: Collection[str], now: datetime) -> int:
    """Allow an address again as far as these reasons go; gives how many suppressions went."""
    with transaction.atomic():
        subscriber = Subscriber.objects.select_for_update().filter(address_key=address_key).first()
        rows = Suppression.objects.filter(digest__in=digests.all_of(address_key), reason__in=reasons)
        lifted = sorted(set(rows.values_list("reason", flat=True)))
        n_gone = rows.delete()[0]
        if subscriber and n_gone:
            refresh_state(subscriber, now=now)
            tell(subscriber, Kind.NOTED, now=now, payload={"lifted": lifted})
    return n_gone


def _lock(subscriber: Subscriber) -> Subscriber:
    """The person's row, locked; the object given is brought up to date where its state may have changed."""
    return _lock_many([subscriber])[0]


def _lock_many(people: Iterable[Subscriber]) -> list[Subscriber]:
    """Each person once, in the order of ids, so that two writers wait for each other and never cross."""
    given = {one.pk: one for one in people}
    for locked in Subscriber.objects.select_for_update().filter(pk__in=given).order_by("pk"):
        subscriber = given[locked.pk]
        subscriber.state, subscriber.paused_until = locked.state, locked.paused_until
        subscriber.address, subscriber.address_key = locked.address, locked.address_key
    return list(given.values())


def _withdraw(subscriber: Subscriber, purposes: list[Purpose], source: str, now: datetime) -> list[Consent]:
    with transaction.atomic():
        _lock(subscriber)
        gone = set(subscriber.permissions.filter(is_given=False).values_list("purpose_id", flat=True))
        origin = Origin(source, subscriber.locale)
        rows = [ledger.append(subscriber, one, Step.WITHDRAWN, origin, now) for one in purposes if one.pk not in gone]
        ledger.permit(rows)
        refresh_state(subscriber, now=now)
        tell_many([_decision(row, {}) for row in rows], now=now)
    return rows


def _set_pause(subscriber: Subscriber, until: datetime | None, now: datetime) -> None:
    with transaction.atomic():
        _lock(subscriber)
        Subscriber.objects.filter(pk=subscriber.pk).update(paused_until=until)
        subscriber.paused_until = until
        refresh_state(subscriber, now=now)
        shown = until.isoformat() if until else None
        tell(subscriber, Kind.PREFERENCE_CHANGED, now=now, payload={"paused_until": shown})


def _decision(row: Consent, more: dict[str, object]) -> NewEvent:
    assert row.subscriber is not None  # only erasure takes the person away
    return declared(
        row.subscriber,
        Kind.CONSENT_CONFIRMED if row.step == Step.CONFIRMED else Kind.CONSENT_WITHDRAWN,
        at=row.at,
        object_kind="purpose",
        object_key=row.purpose.key,
        key=f"consent:{row.pk}",
        payload={"source": row.source, "locale": row.locale, **more},
    )


def _take_over(subscriber: Subscriber, signup: Signup) -> None:
    """What was typed beside the address becomes the person's, where nothing is known yet."""
    fields = ("name", "role", "zone")
    changed = [name for name in fields if getattr(signup, name) and not getattr(subscriber, name)]
    for name in changed:
        setattr(subscriber, name, getattr(signup, name))
    if changed:
        subscriber.save(update_fields=changed)


def _was_confirmed_after(subscriber: Subscriber, then: datetime) -> bool:
    return subscriber.consents.filter(step=Step.CONFIRMED, at__gt=then).exists()
