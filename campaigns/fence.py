"""Is this database the one that may send? A restored copy has another identity and sends nothing until confirmed.

The gate asks `is_open()` for each batch. A database that never asked before is the original: it notes who it is.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from campaigns.models import Delivery, Fence, Mailing
from campaigns.sending import ledger

ROW = 1
OTHER_DATABASE = "This database is a copy of another one."
RESTORED = "This database was restored from a backup."
# `restore` and renaming keep the oid, so restoring closes the fence by its own word.
LOOK = """
SELECT me.identity, fence.identity, fence.is_open
FROM (
    SELECT system_identifier || ':' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity
    FROM pg_control_system()
) AS me
LEFT JOIN campaigns_fence AS fence ON fence.id = 1
"""


@dataclass(frozen=True)
class Waiting:
    """What would leave if the fence were opened now."""

    n_deliveries: int  # queued or deferred
    n_mailings: int  # with an end, not finished


@dataclass(frozen=True)
class Confirmed:
    """What opening the fence did."""

    n_held: int  # mailings that now wait for a person
    n_excluded: int  # deliveries given up


def is_open() -> bool:
    """Whether mail may leave from this database; one query where nothing changed.

    Changes: notes the identity of a database that had none; closes the fence of a copy. Safe to run at any time.
    """
    own, noted, may_send = look()
    if noted is None:
        Fence.objects.get_or_create(pk=ROW, defaults={"identity": own})
        return True
    if noted != own and may_send:
        close(OTHER_DATABASE)
        return False
    return bool(may_send)


def look() -> tuple[str, str | None, bool | None]:
    """Own identity, noted identity and whether the fence is open; the last two None where nothing was noted."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK)
        own, noted, may_send = cursor.fetchone()
    return own, noted, may_send


def reason() -> str:
    """Why nothing leaves; empty while the fence is open."""
    return "" if is_open() else Fence.objects.get(pk=ROW).closed_reason or OTHER_DATABASE


def close(why: str) -> None:
    """Send nothing from now on, until somebody confirms."""
    Fence.objects.update_or_create(
        pk=ROW, defaults={"is_open": False, "closed_reason": why}, create_defaults=closed_row(why)
    )


def closed_row(why: str) -> dict[str, object]:
    """A closed fence for a database that had none."""
    return {"identity": look()[0], "is_open": False, "closed_reason": why}


def waiting() -> Waiting:
    """What would leave."""
    return Waiting(
        n_deliveries=Delivery.objects.filter(state__in=[ledger.State.QUEUED, ledger.State.DEFERRED]).count(),
        n_mailings=unfinished().count(),
    )


def unfinished() -> QuerySet[Mailing]:
    """Mailings with an end that have not reached it."""
    ended = [Mailing.State.FINISHED, Mailing.State.CANCELLED]
    return Mailing.objects.filter(is_standing=False).exclude(state__in=ended)


def confirm(by: str, *, sends_waiting: bool, now: datetime) -> Confirmed:
    """Open the fence for this database.

    With `sends_waiting` all goes on as it stood: right where the original stopped before the copy was taken. Without,
    the original may have sent it since: unfinished mailings are held for a person, single mails are given up.
    """
    done = Confirmed(0, 0) if sends_waiting else give_up_waiting()
    own, _, _ = look()
    values = {"identity": own, "is_open": True, "closed_reason": "", "confirmed_at": now, "confirmed_by": by[:150]}
    Fence.objects.update_or_create(pk=ROW, defaults=values)
    return done


def give_up_waiting() -> Confirmed:
    """Hold what a person can look at, exclude what nobody would."""
    with transaction.atomic():
        n_held = unfinished().update(state=Mailing.State.HELD, held_reason=RESTORED)
        standing = Mailing.objects.filter(is_standing=True).values_list("pk", flat=True)
        n_excluded = sum(ledger.exclude_waiting(pk, Delivery.Reason.EXPIRED) for pk in standing)
    return Confirmed(n_held, n_excluded)
