"""The verbs of a mailing: begin it, undo, pause, resume and cancel it, and put single mails into a standing one.

Every verb is a compare-and-set on the mailing's state, so that two clicks, two people or two ticks do one thing.
Nothing here sends: a state and its rows say what is due, `leaving` moves states on, `worker` does the rest.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from campaigns import audience
from campaigns.models import Account, Delivery, IssuePage, Mailing, PurposeClass
from campaigns.sending import ledger
from subscribers import addresses
from subscribers.models import Purpose, Subscriber

State = Mailing.State
OPEN = (State.SCHEDULED, State.HOLDING, State.FREEZING, State.SENDING, State.PAUSED, State.HELD)

ENQUEUE = """
INSERT INTO campaigns_delivery (
    uid, mailing_id, subscriber_id, address, address_key, domain, locale, intent_key, context, state, reason,
    code, reply, provider_id, due_at, n_tries, worker, created_at, is_sample
)
SELECT gen_random_uuid(), given.mailing, person.id, person.address, person.address_key,
    split_part(person.address_key, '@', 2), person.locale, given.intent, given.context, 'queued', '',
    '', '', '', %s, 0, '', %s, person.is_sample
FROM jsonb_to_recordset(%s::jsonb) AS given(mailing bigint, person bigint, intent text, context jsonb)
JOIN subscribers_subscriber AS person ON person.id = given.person
WHERE person.address IS NOT NULL AND person.address_key IS NOT NULL
ON CONFLICT DO NOTHING
"""


class WrongMoment(Exception):
    """The mailing is not in a state for this; the text says so to a human."""


def for_issue(issue: IssuePage, *, user: User | None, now: datetime, at: datetime | None = None) -> Mailing:
    """Begin to send an issue: after the undo window, or at a moment.

    Raises: WrongMoment, when it is on its way or was sent already, or its segment cannot be read.
    Changes: one mailing; nothing has left yet.
    """
    if trouble := audience.trouble(issue):
        raise WrongMoment(trouble)
    expected = audience.count(issue, now=now).n_going
    try:
        with transaction.atomic():
            earlier = _earlier(issue)
            return Mailing.objects.create(
                key=f"issue:{issue.translation_key.hex}:{len(earlier) + 1}",
                purpose_class=PurposeClass.ISSUE,
                purpose=issue.newsletter.purpose,
                issue_id=issue.pk,
                title=issue.subject or issue.title,
                account=default_account(),
                state=State.SCHEDULED if at else State.HOLDING,
                scheduled_at=at or now + timedelta(seconds=settings.CIRCOLARE_UNDO_SECONDS),
                n_expected=expected,
                created_by=user,
                created_at=now,
                is_sample=issue.is_sample,
            )
    except IntegrityError as error:  # a second click in the same instant: its key was taken
        raise WrongMoment(_("This issue was sent a moment ago; it is not sent twice.")) from error


def obstacle(issue: IssuePage) -> str:
    """Why the issue cannot be sent, whatever it says: nobody can be chosen, or it is on its way or was sent."""
    if trouble := audience.trouble(issue):
        return trouble
    try:
        _earlier(issue)
    except WrongMoment as error:
        return str(error)
    return ""


def _earlier(issue: IssuePage) -> list[Mailing]:
    """The cancelled mailings of an issue. Raises: WrongMoment when one was not cancelled: readers get an issue once."""
    earlier = list(audience.mailings(issue))
    states = {one.state for one in earlier}
    if states & set(OPEN):
        raise WrongMoment(_("This issue is already on its way. Look at its mailing before sending it again."))
    if State.FINISHED in states:
        raise WrongMoment(_("This issue was sent already, and nobody gets it twice. Copy it to send it again."))
    return earlier


def undo(mailing: Mailing, *, now: datetime) -> None:
    """Stop it before anything has left. Raises: WrongMoment, when it has begun to leave."""
    if not _move(mailing, (State.HOLDING, State.SCHEDULED), State.CANCELLED, finished_at=now):
        raise WrongMoment(_("Too late to undo: it has begun to leave. Pause or cancel what is left instead."))


def move(mailing: Mailing, *, at: datetime, now: datetime) -> None:
    """Let it leave at another moment, to those who are there now.

    Raises: WrongMoment, when it is not scheduled (any more), or its segment cannot be read.
    """
    n_going = None
    if mailing.issue:
        issue = mailing.issue.get_latest_revision_as_object()
        if trouble := audience.trouble(issue):
            raise WrongMoment(trouble)
        n_going = audience.count(issue, now=now).n_going
    if not _move(mailing, (State.SCHEDULED,), State.SCHEDULED, scheduled_at=at, n_expected=n_going):
        raise WrongMoment(_("It is not scheduled any more; nothing was changed."))


def pause(mailing: Mailing, *, now: datetime) -> None:
    """Hold what waits; what is in flight finishes. Raises: WrongMoment."""
    if not _move(mailing, (State.FREEZING, State.SENDING), State.PAUSED, paused_at=now):
        raise WrongMoment(_("There is nothing to pause: the mailing is not leaving now."))


def resume(mailing: Mailing, *, now: datetime) -> None:
    """Go on where it stood; who asked for it has seen why it was held. Raises: WrongMoment."""
    after = State.SENDING if mailing.is_snapshot_complete else State.FREEZING
    changed = {"paused_at": None, "held_reason": "", "n_expected": None}  # None: the number was looked at and accepted
    if not _move(mailing, (State.PAUSED, State.HELD), after, **changed):
        raise WrongMoment(_("It is not paused; nothing was changed."))


def pace(mailing: Mailing, n_per_second: int) -> None:
    """Let it leave more slowly than its account may, or (0) as fast as that; hands heed it from their next chunk on.

    Raises: WrongMoment.
    """
    if not Mailing.objects.filter(pk=mailing.pk, state__in=OPEN).update(n_per_second=n_per_second):
        raise WrongMoment(_("It has ended already; nothing was changed."))


def cancel(mailing: Mailing, *, now: datetime) -> None:
    """Give up what has not left; what is in flight finishes. Raises: WrongMoment."""
    if not _move(mailing, OPEN, State.CANCELLED, finished_at=now):
        raise WrongMoment(_("It has ended already; nothing was changed."))
    ledger.exclude_waiting(mailing.pk, Delivery.Reason.CANCELLED)


def hold(mailing: Mailing, why: str) -> bool:
    """Stop it for a person to look at; False when it was not under way."""
    before = (State.SCHEDULED, State.HOLDING, State.FREEZING, State.SENDING)
    return _move(mailing, before, State.HELD, held_reason=why[:500])


def standing(
    key: str,
    *,
    purpose_class: str,
    title: str,
    purpose: Purpose | None = None,
    email: object | None = None,
    service_kind: str = "",
) -> Mailing:
    """The mailing that mails of one kind belong to, made at first need; it does not end.

    Takes: `email`, the translation key of an Email. Safe to call from many hands at once.
    """
    found = Mailing.objects.filter(key=key).first()
    if found is not None and (found.title, found.purpose_id, found.email) == (title, purpose and purpose.pk, email):
        return found
    fields = {"title": title[:255], "purpose": purpose, "email": email}
    made, _is_new = Mailing.objects.update_or_create(
        key=key,
        defaults=fields,
        create_defaults={
            **fields,
            "purpose_class": purpose_class,
            "service_kind": service_kind,
            "account": default_account(),
            "is_standing": True,
            "is_snapshot_complete": True,
            "state": State.SENDING,
        },
    )
    return made


def enqueue(
    mailing: Mailing,
    subscriber: Subscriber,
    *,
    intent_key: str,
    locale: str,
    now: datetime,
    context: dict[str, object] | None = None,
    due_at: datetime | None = None,
    address: str | None = None,
) -> bool:
    """Put one mail to a person into a standing mailing; False when the same intent was there before.

    Takes: `address`, where it goes elsewhere than to the person's own (the proof of a new address).
    """
    if subscriber.address is None or subscriber.address_key is None:
        return False
    target = addresses.read(address) if address else None
    row = Delivery(
        mailing=mailing,
        subscriber=subscriber,
        address=target.written if target else subscriber.address,
        address_key=target.key if target else subscriber.address_key,
        domain=(target.key if target else subscriber.address_key).rpartition("@")[2],
        locale=locale,
        intent_key=intent_key,
        context=context or {},
        due_at=due_at or now,
        created_at=now,
        is_sample=subscriber.is_sample,
    )
    return _insert([row]) == 1


def enqueue_many(letters: Iterable[tuple[int, int, str, dict[str, object]]], *, now: datetime) -> int:
    """Put mails to many people into standing mailings by one statement, each in its reader's language.

    Takes: (mailing id, subscriber id, intent key, context). Gives: how many were not there before. Who has no address
    any more gets none.
    """
    names = ("mailing", "person", "intent", "context")
    rows = [dict(zip(names, letter, strict=True)) for letter in letters]
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, [now, now, json.dumps(rows)])
        return cursor.rowcount


def enqueue_address(
    mailing: Mailing,
    address: str,
    *,
    intent_key: str,
    locale: str,
    now: datetime,
    context: dict[str, object] | None = None,
) -> bool:
    """Put one mail to a colleague's address into a mailing; no subscriber stands behind it."""
    target = addresses.read(address)
    row = Delivery(
        mailing=mailing,
        address=target.written,
        address_key=target.key,
        domain=target.domain,
        locale=locale,
        intent_key=intent_key,
        context=context or {},
        due_at=now,
        created_at=now,
    )
    return _insert([row]) == 1


def default_account() -> Account:
    """The account that mails leave by unless another is named."""
    return Account.objects.get(is_default=True)


def _insert(rows: Iterable[Delivery]) -> int:
    """Insert what is not there yet; gives how many rows were."""
    before = [row.uid for row in rows]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    return Delivery.objects.filter(uid__in=before).count()


def _move(mailing: Mailing, before: Iterable[str], after: str, **changed: object) -> bool:
    """Compare-and-set; on success the object given has the new values."""
    is_moved = bool(Mailing.objects.filter(pk=mailing.pk, state__in=list(before)).update(state=after, **changed))
    if is_moved:
        for name, value in {"state": after, **changed}.items():
            setattr(mailing, name, value)
    return is_moved
