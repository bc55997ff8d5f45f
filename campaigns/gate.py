"""May these mails go to these people now? One function for every kind of mail, a constant number of queries a batch.

Source of the rules: docs/gate.md. The hand asks for consent and suppression once more in the statement that lets
a mail begin (`sending.hand`), so that nothing leaves after somebody left.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db import connection

from campaigns import fence
from campaigns.models import Delivery, Mailing, PurposeClass
from campaigns.quiet import quiet_until
from campaigns.transports import accounts
from subscribers import addresses
from subscribers.consent import STOPS_SERVICE, reasons_among
from subscribers.models import Frequency, Permission, State, Subscriber

Reason = Delivery.Reason
A_WEEK = timedelta(days=7)
CONSENTED = frozenset({PurposeClass.ISSUE, PurposeClass.JOURNEY})  # asked for consent; counted by caps
SOON = timedelta(seconds=60)  # while another mail to the same person is in a hand, or the fence is looked at
# Mails that count for limits: those that left or may have, and those in a hand at this moment.
RECENT = """
SELECT delivery.subscriber_id, delivery.state = 'claimed', count(*),
    min(coalesce(delivery.done_at, delivery.claimed_at))
FROM unnest(%s::bigint[], %s::timestamptz[]) AS person(id, since)
JOIN campaigns_delivery AS delivery ON delivery.subscriber_id = person.id
JOIN campaigns_mailing AS mailing ON mailing.id = delivery.mailing_id
WHERE mailing.purpose_class = ANY(%s) AND delivery.id <> ALL(%s)
    AND delivery.state IN ('accepted', 'unknown', 'handing_over', 'claimed')
    AND coalesce(delivery.done_at, delivery.claimed_at) > person.since
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Go:
    """It may leave now."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not before then."""

    at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Never:
    """It is left out of this mailing."""

    reason: Reason


Verdict = Go | Later | Never


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many mails within a window."""

    n_mails: int
    window: timedelta
    reason: Reason


@dataclass
class Recent:
    """What a person got or is about to get within a window."""

    n_left: int = 0
    n_in_hands: int = 0
    since: datetime | None = None  # the oldest of those that left


def check(batch: Sequence[Delivery], *, now: datetime) -> dict[int, Verdict]:
    """The verdict on each delivery, by its id, in the order given.

    Takes: claimed deliveries of any mailings; two to one person are counted against each other.
    """
    if not fence.is_open():
        return {delivery.pk: Later(now + SOON, Reason.ACCOUNT) for delivery in batch}
    facts = Facts(batch, now)
    return {delivery.pk: facts.verdict(delivery) for delivery in batch}


class Facts:
    """Everything the rules want to know of a batch, gathered at once."""

    def __init__(self, batch: Sequence[Delivery], now: datetime) -> None:
        self.now = now
        self.mailings = Mailing.objects.select_related("account").in_bulk({row.mailing_id for row in batch})
        ids = {row.subscriber_id for row in batch if row.subscriber_id}
        self.people = Subscriber.objects.only("state", "paused_until", "frequency", "zone").in_bulk(ids)
        self.suppressed = reasons_among({row.address_key for row in batch if row.address_key})
        purposes = {mailing.purpose_id for mailing in self.mailings.values() if mailing.purpose_id}
        given = Permission.objects.filter(subscriber__in=ids, purpose__in=purposes, is_given=True)
        self.agreed = set(given.values_list("subscriber_id", "purpose_id"))
        self.limits = {person.pk: limit_of(person) for person in self.people.values()}
        self.recent = self._gather_recent(batch)
        self._going: Counter[int] = Counter()

    def verdict(self, delivery: Delivery) -> Verdict:
        """The first rule that has something against it, or Go."""
        kind = self.mailings[delivery.mailing_id].purpose_class
        for rule in self._rules(delivery, kind):
            if rule is not None:
                return rule
        if kind in CONSENTED and delivery.subscriber_id:
            self._going[delivery.subscriber_id] += 1
        return Go()

    def _rules(self, delivery: Delivery, kind: str) -> Iterator[Verdict | None]:
        yield self._existence(delivery)
        yield self._way(delivery)
        yield self._suppression(delivery, kind)
        if kind in CONSENTED:
            yield self._consent(delivery)
            yield self._pause(delivery)
            yield self._limit(delivery, kind)
            yield self._quiet(delivery)

    # -- the rules ------------------------------------------------------------------------------------------
    def _existence(self, delivery: Delivery) -> Verdict | None:
        person = self.people.get(delivery.subscriber_id or 0)
        is_gone = delivery.subscriber_id is not None and (person is None or person.state == State.ERASED)
        return Never(Reason.ERASED) if is_gone or not delivery.address or not delivery.address_key else None

    def _way(self, delivery: Delivery) -> Verdict | None:
        """Reserved domains have no mailbox: a real server must not be asked to find one."""
        account = self.mailings[delivery.mailing_id].account
        is_asked = accounts.is_network(account) and not settings.CIRCOLARE_MAIL_IS_CAUGHT
        return Never(Reason.RESERVED) if is_asked and addresses.is_reserved(delivery.domain) else None

    def _suppression(self, delivery: Delivery, kind: str) -> Verdict | None:
        reasons = self.suppressed.get(delivery.address_key or "", set())
        if kind == PurposeClass.SERVICE:
            reasons = reasons & STOPS_SERVICE
        return Never(Reason.SUPPRESSED) if reasons and kind != PurposeClass.TEST else None

    def _consent(self, delivery: Delivery) -> Verdict | None:
        purpose_id = self.mailings[delivery.mailing_id].purpose_id
        is_given = purpose_id is None or (delivery.subscriber_id, purpose_id) in self.agreed
        return None if is_given else Never(Reason.NO_CONSENT)

    def _pause(self, delivery: Delivery) -> Verdict | None:
        person = self.people.get(delivery.subscriber_id or 0)
        is_paused = person is not None and person.paused_until is not None and person.paused_until > self.now
        return Never(Reason.PAUSED) if is_paused else None

    def _limit(self, delivery: Delivery, kind: str) -> Verdict | None:
        """Caps and "one a week": an issue is left out, a mail of a journey waits for its turn."""
        number = delivery.subscriber_id or 0
        limit, recent = self.limits.get(number), self.recent.get(number, Recent())
        if limit is None:
            return None
        n_left = recent.n_left + self._going[number]
        if n_left >= limit.n_mails:
            at = (recent.since or self.now) + limit.window
            return Never(limit.reason) if kind == PurposeClass.ISSUE else Later(at, limit.reason)
        if n_left + recent.n_in_hands >= limit.n_mails:
            return Later(self.now + SOON, limit.reason)
        return None

    def _quiet(self, delivery: Delivery) -> Verdict | None:
        person = self.people.get(delivery.subscriber_id or 0)
        until = quiet_until(settings.CIRCOLARE_QUIET_HOURS, zone_of(person), self.now)
        return Later(until, Reason.QUIET) if until else None

    # -- inside ---------------------------------------------------------------------------------------------
    def _gather_recent(self, batch: Sequence[Delivery]) -> dict[int, Recent]:
        since_when = {number: self.now - limit.window for number, limit in self.limits.items() if limit}
        asks = any(self.mailings[row.mailing_id].purpose_class in CONSENTED for row in batch)
        if not since_when or not asks:
            return {}
        found: dict[int, Recent] = {}
        with connection.cursor() as cursor:
            people, instants = list(since_when), list(since_when.values())
            mine = [row.pk for row in batch]
            cursor.execute(RECENT, [people, instants, [kind.value for kind in CONSENTED], mine])
            for number, is_in_hand, n, since in cursor.fetchall():
                recent = found.setdefault(number, Recent())
                if is_in_hand:
                    recent.n_in_hands = n
                else:
                    recent.n_left, recent.since = n, since
        return found


def limit_of(person: Subscriber) -> Limit | None:
    """The strictest limit that holds for a person; None where none does."""
    cap = settings.CIRCOLARE_CAP_MAILS
    if person.frequency == Frequency.WEEKLY:
        return Limit(1, A_WEEK, Reason.WEEKLY)
    return Limit(cap, timedelta(days=settings.CIRCOLARE_CAP_DAYS), Reason.CAP) if cap else None


def zone_of(person: Subscriber | None) -> ZoneInfo:
    """The person's time zone, the publication's where theirs is not known."""
    try:
        return ZoneInfo((person.zone if person else "") or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
