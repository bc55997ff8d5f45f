"""Service mails this room asks for: wished once, within limits, taken once by the room that sends.

| kind | payload | the mail's link |
| --- | --- | --- |
| confirm, remind | signup | confirm, refuse |
| already | signup | home |
| link | – | home |
| export | – | export |
| erase | – | erase |
| resource | grant | resource |
| address | from; step: `old` or `new`; with `new` also `to`, the address to write to instead | address |

How many reach one mailbox within a day is counted by who can cause them. What anybody can, by typing an address into
a form, counts together. What belongs to a reader's rights counts by itself: nobody loses the way to their data because
of mails that others, or they themselves, asked for.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from subscribers import addresses, digests
from subscribers.models import MailRequest, Signup, Subscriber
from subscribers.suppression import STOPS_SERVICE, suppressed_among

Kind = MailRequest.Kind
A_DAY = timedelta(days=1)
FORMS = "forms"  # the group of what anybody can cause for any mailbox
ON_FORMS = (Kind.CONFIRM, Kind.REMIND, Kind.ALREADY, Kind.RESOURCE, Kind.LINK)
# Mails of a group to one mailbox within any 24 hours. A stranger can cause those of the first alone.
MAX_A_DAY = {FORMS: 3, Kind.EXPORT: 3, Kind.ERASE: 3, Kind.ADDRESS: 3}
KEPT = timedelta(days=90)  # afterwards a taken request tells nothing that its delivery does not
WAITS_FOR_CONFIRMATION = (Kind.CONFIRM, Kind.REMIND)

TAKE = """
WITH due AS MATERIALIZED (
    SELECT id FROM subscribers_mailrequest WHERE taken_at IS NULL AND due_at <= %s
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE subscribers_mailrequest AS request SET taken_at = %s FROM due WHERE request.id = due.id
RETURNING request.*
"""


def ask(
    kind: str,
    subscriber: Subscriber,
    *,
    key: str,
    locale: str,
    now: datetime,
    payload: dict[str, object] | None = None,
    due_at: datetime | None = None,
    remind_at: datetime | None = None,
) -> MailRequest | None:
    """Wish for one mail; with `remind_at`, in the same breath for its reminder, unless one waits already.

    Gives: None when the same key was wished before, or the mailbox has had its MAX_A_DAY of this group.
    Changes: one row at most, and the reminder's; the same number of statements either way. Safe to run twice.
    """
    due, payload = due_at or now, payload or {}
    target = _target(payload, subscriber)
    if target is None:
        return None
    mailbox = digests.of(addresses.mailbox(target))
    shared = {"subscriber": subscriber, "locale": locale, "payload": payload, "mailbox": mailbox, "requested_at": now}
    with transaction.atomic():
        _queue_up(mailbox)
        group = group_of(kind, payload)
        around = [one for one in _around(mailbox, due, remind_at or due) if group_of(one.kind, one.payload) == group]
        if MailRequest.objects.filter(key=key).exists() or _n_within(around, due) >= MAX_A_DAY[group]:
            return None
        rows = [MailRequest(key=key, kind=kind, due_at=due, **shared)]
        if remind_at and _may_remind(around, due, remind_at):
            rows.append(MailRequest(key=f"remind:{key}", kind=Kind.REMIND, due_at=remind_at, **shared))
        return MailRequest.objects.bulk_create(rows)[0]


def group_of(kind: str, payload: dict[str, object]) -> str:
    """What a mail is counted with: a key of MAX_A_DAY. The mail to a new address goes wherever somebody typed."""
    is_typed = kind in ON_FORMS or (kind == Kind.ADDRESS and payload.get("step") == "new")
    return FORMS if is_typed else kind


def take(n: int, *, now: datetime) -> list[MailRequest]:
    """Up to `n` due requests, oldest first, each given out once; call it in the transaction that makes the deliveries.

    Those that lost their sense meanwhile (confirmed, refused, erased, not to be written to) are marked as
    dropped and left out.
    """
    with transaction.atomic():
        taken = sorted(MailRequest.objects.raw(TAKE, [now, n, now]), key=lambda request: (request.due_at, request.pk))
        reasons = _reasons_to_drop(taken, now)
        for request in taken:
            request.dropped = reasons.get(request.pk, "")
        MailRequest.objects.bulk_update([request for request in taken if request.dropped], ["dropped"])
    return [request for request in taken if not request.dropped]


def drop_waiting(
    subscriber: Subscriber, *, kinds: tuple[str, ...], why: str, now: datetime, signup_id: int | None = None
) -> int:
    """Give up this person's mails of these kinds that nobody took yet, of one sign-up or of all; gives how many."""
    waiting = MailRequest.objects.filter(subscriber=subscriber, kind__in=kinds, taken_at=None)
    if signup_id is not None:
        waiting = waiting.filter(payload__signup=signup_id)
    return waiting.update(taken_at=now, dropped=why)


def prune(*, now: datetime) -> int:
    """Delete requests taken long ago; gives how many."""
    return MailRequest.objects.filter(taken_at__lt=now - KEPT).delete()[0]


def _target(payload: dict[str, object], subscriber: Subscriber) -> str | None:
    """The key of the address it goes to; None for an erased person."""
    written = payload.get("to")
    if written is None or subscriber.address_key is None:
        return subscriber.address_key
    return addresses.read(str(written)).key


def _queue_up(mailbox: bytes) -> None:
    """Let those who ask for one mailbox pass one by one until their transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(mailbox[:8], "big", signed=True)])


def _around(mailbox: bytes, first: datetime, last: datetime) -> list[MailRequest]:
    """The mails to this mailbox that count where a new one is due between these times."""
    return list(
        MailRequest.objects.filter(mailbox=mailbox, due_at__gt=first - A_DAY, due_at__lt=last + A_DAY, dropped="")
    )


def _n_within(around: list[MailRequest], due: datetime) -> int:
    return sum(abs(request.due_at - due) < A_DAY for request in around)


def _may_remind(around: list[MailRequest], first: datetime, due: datetime) -> bool:
    is_waiting = any(request.kind == Kind.REMIND and request.taken_at is None for request in around)
    return not is_waiting and _n_within(around, due) + (due - first < A_DAY) < MAX_A_DAY[FORMS]


def _reasons_to_drop(taken: list[MailRequest], now: datetime) -> dict[int, str]:
    """Three queries for the whole batch: {request id: why}."""
    owners = Subscriber.objects.in_bulk({request.subscriber_id for request in taken})
    targets = {request.pk: _target(request.payload, owners[request.subscriber_id]) for request in taken}
    stopped = suppressed_among([key for key in targets.values() if key], reasons=STOPS_SERVICE)
    signups = {_signup_id(request) for request in taken if request.kind in WAITS_FOR_CONFIRMATION}
    waiting = set(
        Signup.objects.filter(Q(pk__in=signups), confirmed_at=None, refused_at=None, expires_at__gt=now).values_list(
            "pk", flat=True
        )
    )
    reasons = {}
    for request in taken:
        if targets[request.pk] is None:
            reasons[request.pk] = "erased"
        elif targets[request.pk] in stopped:
            reasons[request.pk] = "suppressed"
        elif request.kind in WAITS_FOR_CONFIRMATION and _signup_id(request) not in waiting:
            reasons[request.pk] = "no longer waiting"
    return reasons


def _signup_id(request: MailRequest) -> int:
    value = request.payload.get("signup")
    return value if isinstance(value, int) else 0
