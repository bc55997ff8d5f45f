"""The gate: each rule stops what it should, lets the rest pass, and costs as much for one mail as for many."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import fence, gate
from campaigns.gate import Go, Later, Never, Reason
from campaigns.models import Delivery, PurposeClass
from subscribers import consent
from subscribers.models import Frequency, State, Suppression
from tests.factories import campaigns as make
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)  # 10:30 in Rome
KINDS = list(PurposeClass)
pytestmark = pytest.mark.django_db


def agreed_delivery(kind: str = PurposeClass.ISSUE, **person: object) -> Delivery:
    """A mail of that kind to somebody who agreed to its purpose."""
    purpose = people.purpose()
    reader = people.subscriber(**person)
    people.agreed(reader, purpose)
    return make.delivery(make.mailing(purpose_class=kind, purpose=purpose), reader, intent_key=f"i{reader.pk}")


def verdicts_by_kind(change, **person: object) -> dict[str, gate.Verdict]:
    """The verdict on a mail of each kind after `change(delivery)` was done to it."""
    found = {}
    for kind in KINDS:
        row = agreed_delivery(kind, **person)
        change(row)
        row.refresh_from_db()
        found[str(kind)] = gate.check([row], now=NOW)[row.pk]
    return found


def left(delivery: Delivery, *, at: datetime, state: str = "accepted", kind: str = PurposeClass.ISSUE) -> Delivery:
    """An earlier mail to the same person."""
    done = {"claimed_at": at} if state == "claimed" else {"done_at": at, "claimed_at": at}
    return make.delivery(make.mailing(purpose_class=kind), delivery.subscriber, state=state, **done)


def test_who_agreed_and_has_nothing_against_it_gets_every_kind() -> None:
    assert verdicts_by_kind(lambda row: None) == dict.fromkeys(map(str, KINDS), Go())


def test_without_consent_no_issue_and_no_journey_but_what_was_asked_for() -> None:
    def withdraw(row: Delivery) -> None:
        consent.withdraw(row.subscriber, row.mailing.purpose, source="home", now=NOW)

    never = Never(Reason.NO_CONSENT)
    assert verdicts_by_kind(withdraw) == {
        "issue": never, "journey": never, "resource": Go(), "service": Go(), "test": Go(),
    }  # fmt: skip


def test_consent_for_another_purpose_is_none_for_this_one() -> None:
    row = agreed_delivery()
    other = make.delivery(make.mailing(purpose=people.purpose()), row.subscriber)

    assert gate.check([row, other], now=NOW) == {row.pk: Go(), other.pk: Never(Reason.NO_CONSENT)}


@pytest.mark.parametrize("reason", Suppression.Reason.values)
def test_a_suppressed_address_gets_nothing_and_service_mail_only_where_its_owner_did_not_forbid_it(reason: str) -> None:
    def suppress(row: Delivery) -> None:
        consent.suppress(row.address_key, reason, now=NOW)

    never = Never(Reason.SUPPRESSED)
    is_forbidden = reason in {"not_me", "by_hand"}
    assert verdicts_by_kind(suppress) == {
        "issue": never, "journey": never, "resource": never, "service": never if is_forbidden else Go(), "test": Go(),
    }  # fmt: skip


def test_a_suppression_under_a_former_key_still_holds(settings) -> None:
    row = agreed_delivery()
    consent.suppress(row.address_key, Suppression.Reason.COMPLAINT, now=NOW)
    settings.CIRCOLARE_DIGEST_KEY_FALLBACKS = [settings.CIRCOLARE_DIGEST_KEY]
    settings.CIRCOLARE_DIGEST_KEY = "another-digest-key-that-is-long-enough-0123456789"

    assert gate.check([row], now=NOW) == {row.pk: Never(Reason.SUPPRESSED)}


def test_erased_people_and_rows_without_an_address_get_nothing() -> None:
    def erase(row: Delivery) -> None:
        type(row.subscriber).objects.filter(pk=row.subscriber_id).update(
            state=State.ERASED, address=None, address_key=None, name=""
        )

    def forget(row: Delivery) -> None:
        Delivery.objects.filter(pk=row.pk).update(address=None, address_key=None)

    assert set(verdicts_by_kind(erase).values()) == {Never(Reason.ERASED)}
    assert set(verdicts_by_kind(forget).values()) == {Never(Reason.ERASED)}


def test_a_pause_holds_back_for_good_what_is_not_service() -> None:
    never = Never(Reason.PAUSED)

    assert verdicts_by_kind(lambda row: None, paused_until=NOW + timedelta(days=1)) == {
        "issue": never, "journey": never, "resource": Go(), "service": Go(), "test": Go(),
    }  # fmt: skip
    assert verdicts_by_kind(lambda row: None, paused_until=NOW) == dict.fromkeys(map(str, KINDS), Go())


def test_at_most_one_mail_a_week_leaves_an_issue_out_and_lets_a_journey_wait() -> None:
    def had_one(row: Delivery) -> None:
        left(row, at=NOW - timedelta(days=6))

    assert verdicts_by_kind(had_one, frequency=Frequency.WEEKLY) == {
        "issue": Never(Reason.WEEKLY),
        "journey": Later(NOW + timedelta(days=1), Reason.WEEKLY),
        "resource": Go(),
        "service": Go(),
        "test": Go(),
    }


@pytest.mark.parametrize(
    ("state", "kind", "days", "counts"),
    [
        ("accepted", "issue", 6, True),
        ("accepted", "journey", 6, True),
        ("unknown", "issue", 6, True),
        ("handing_over", "issue", 0, True),
        ("accepted", "service", 6, False),
        ("accepted", "resource", 6, False),
        ("accepted", "test", 6, False),
        ("failed", "issue", 6, False),
        ("excluded", "issue", 6, False),
        ("accepted", "issue", 8, False),
    ],
)
def test_what_counts_for_one_a_week(state: str, kind: str, days: int, counts: bool) -> None:
    row = agreed_delivery(frequency=Frequency.WEEKLY)
    left(row, at=NOW - timedelta(days=days), state=state, kind=kind)

    assert gate.check([row], now=NOW) == {row.pk: Never(Reason.WEEKLY) if counts else Go()}


def test_who_wants_each_one_is_not_counted() -> None:
    row = agreed_delivery(frequency=Frequency.EACH)
    left(row, at=NOW - timedelta(hours=1))

    assert gate.check([row], now=NOW) == {row.pk: Go()}


def test_two_mails_of_one_batch_count_against_each_other() -> None:
    first = agreed_delivery(frequency=Frequency.WEEKLY)
    second = make.delivery(make.mailing(purpose=first.mailing.purpose), first.subscriber)

    assert gate.check([first, second], now=NOW) == {first.pk: Go(), second.pk: Never(Reason.WEEKLY)}


def test_while_another_hand_holds_a_mail_to_the_same_person_this_one_waits_a_moment() -> None:
    row = agreed_delivery(frequency=Frequency.WEEKLY)
    left(row, at=NOW, state="claimed")

    assert gate.check([row], now=NOW) == {row.pk: Later(NOW + gate.SOON, Reason.WEEKLY)}


def test_the_cap_counts_mails_of_its_window(settings) -> None:
    settings.CIRCOLARE_CAP_MAILS, settings.CIRCOLARE_CAP_DAYS = 2, 30
    inside, outside = agreed_delivery(), agreed_delivery()
    for days in (1, 29):
        left(inside, at=NOW - timedelta(days=days))
    for days in (1, 31):
        left(outside, at=NOW - timedelta(days=days))

    assert gate.check([inside, outside], now=NOW) == {inside.pk: Never(Reason.CAP), outside.pk: Go()}


def test_a_weekly_reader_is_judged_by_a_week_whatever_the_window_of_the_cap(settings) -> None:
    settings.CIRCOLARE_CAP_MAILS, settings.CIRCOLARE_CAP_DAYS = 10, 30
    row = agreed_delivery(frequency=Frequency.WEEKLY)
    left(row, at=NOW - timedelta(days=8))

    assert gate.check([row], now=NOW) == {row.pk: Go()}


def test_quiet_hours_are_the_readers_own(settings) -> None:
    settings.CIRCOLARE_QUIET_HOURS = "21-8"
    roman, newyorker, nowhere = (agreed_delivery(zone=zone) for zone in ("", "America/New_York", "Mars/Olympus"))

    assert gate.check([roman, newyorker, nowhere], now=NOW) == {
        roman.pk: Go(),
        newyorker.pk: Later(datetime(2026, 11, 23, 13, 0, tzinfo=UTC), Reason.QUIET),  # 4:30 there; 8:00 is 13:00 UTC
        nowhere.pk: Go(),
    }


def test_quiet_hours_hold_back_no_service_mail(settings) -> None:
    settings.CIRCOLARE_QUIET_HOURS = "0-23"
    rows = {kind: agreed_delivery(kind) for kind in KINDS}

    verdicts = gate.check(list(rows.values()), now=NOW)

    assert {str(kind) for kind, row in rows.items() if verdicts[row.pk] != Go()} == {"issue", "journey"}


@pytest.mark.parametrize(
    ("url", "is_caught", "verdict"),
    [
        ("inbox://", False, Go()),
        ("smtp://127.0.0.1", False, Never(Reason.RESERVED)),
        ("smtp://127.0.0.1", True, Go()),
        ("anymail://mailgun", False, Never(Reason.RESERVED)),
    ],
)
def test_no_real_server_is_asked_for_a_reserved_domain(
    settings, url: str, is_caught: bool, verdict: gate.Verdict
) -> None:
    settings.EMAIL_URL, settings.CIRCOLARE_MAIL_IS_CAUGHT = url, is_caught
    reserved = agreed_delivery(address="anna@letters.example")
    real = agreed_delivery(address="anna@circolare-test-domain.it")

    assert gate.check([reserved, real], now=NOW) == {reserved.pk: verdict, real.pk: Go()}


def test_a_closed_fence_lets_nothing_pass_and_consumes_nobody() -> None:
    rows = [agreed_delivery(kind) for kind in KINDS]
    fence.close("a copy")

    assert set(gate.check(rows, now=NOW).values()) == {Later(NOW + gate.SOON, Reason.ACCOUNT)}


def test_a_staff_test_needs_no_subscriber() -> None:
    row = make.delivery(make.mailing(purpose_class=PurposeClass.TEST), address="colleague@circolare.example")

    assert gate.check([row], now=NOW) == {row.pk: Go()}


def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(settings) -> None:
    settings.CIRCOLARE_CAP_MAILS = 3
    rows = [agreed_delivery(frequency=Frequency.WEEKLY) for _ in range(6)]
    gate.check(rows, now=NOW)

    with CaptureQueriesContext(
        connection,
    ) as one:
        gate.check(rows[:1], now=NOW)
    with CaptureQueriesContext(connection) as many:
        gate.check(rows, now=NOW)

    assert len(one) == len(many) == 6
