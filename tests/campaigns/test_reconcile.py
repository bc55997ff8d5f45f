"""Putting right what hands left behind, and stopping what goes wrong for too many."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.models import Delivery, Mailing, PurposeClass
from campaigns.sending import hands, reconcile
from campaigns.sending.ledger import Reason, State
from subscribers import events
from subscribers.models import Kind
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = count(1)


def many(one: Mailing, n: int, **fields: object) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            mailing=one, address=f"{n}", address_key=f"{next(_numbers)}", intent_key="issue", locale="it", **fields
        )
        for _ in range(n)
    )


def sweep() -> reconcile.Swept:
    return reconcile.sweep(timezone.now())


def test_a_sweep_tells_what_it_did() -> None:
    one = make.mailing()
    past = timezone.now() - timedelta(seconds=1)
    many(one, 2, state="claimed", worker="gone", lease_until=past, claimed_at=timezone.now())
    many(one, 1, state="handing_over", worker="gone", lease_until=past, claimed_at=timezone.now())

    assert sweep() == reconcile.Swept(n_requeued=2, n_unknown=1, n_retried=0, n_held=0)
    assert sweep() == reconcile.Swept(0, 0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "minutes", "n_tries", "state"),
    [
        (PurposeClass.SERVICE, 6, 1, "queued"),
        (PurposeClass.RESOURCE, 6, 0, "queued"),
        (PurposeClass.SERVICE, 4, 1, "unknown"),
        (PurposeClass.SERVICE, 60 * 25, 1, "unknown"),
        (PurposeClass.SERVICE, 6, 2, "unknown"),
        (PurposeClass.JOURNEY, 6, 1, "unknown"),
        (PurposeClass.ISSUE, 6, 1, "unknown"),
    ],
)
def test_a_service_mail_whose_answer_was_lost_is_tried_once_more(kind, minutes: int, n_tries: int, state: str) -> None:
    one = make.mailing(purpose_class=kind, is_standing=True)
    done = timezone.now() - timedelta(minutes=minutes)
    row = make.delivery(one, state=State.UNKNOWN, reason=Reason.LOST, done_at=done, n_tries=n_tries)

    sweep()

    row.refresh_from_db()
    assert row.state == state


@pytest.mark.parametrize(
    ("n_failed", "n_accepted", "state"),
    [(25, 100, "sending"), (26, 0, "held"), (30, 600, "sending"), (32, 600, "held")],
)
def test_too_many_bounces_stop_a_mailing(n_failed: int, n_accepted: int, state: str) -> None:
    one = make.mailing()
    many(one, n_failed, state=State.FAILED, reason=Reason.REFUSED)
    many(one, n_accepted, state=State.ACCEPTED)

    sweep()

    one.refresh_from_db()
    assert (one.state, bool(one.held_reason)) == (state, state == "held")


@pytest.mark.parametrize(
    ("n_complaints", "n_accepted", "state"), [(2, 100, "sending"), (3, 900, "held"), (3, 1100, "sending")]
)
def test_complaints_stop_a_mailing(n_complaints: int, n_accepted: int, state: str) -> None:
    one = make.mailing()
    many(one, n_accepted, state=State.ACCEPTED)
    now = timezone.now()
    for _ in range(n_complaints):
        events.record(Kind.MAIL_COMPLAINED, occurred_at=now, now=now, source="mail", payload={"mailing": one.pk})
    events.record(Kind.MAIL_COMPLAINED, occurred_at=now, now=now, source="mail", payload={"mailing": one.pk + 1})

    sweep()

    one.refresh_from_db()
    assert one.state == state


@pytest.mark.parametrize(
    ("n_unwritten", "n_accepted", "state"), [(9, 0, "sending"), (10, 100, "held"), (10, 300, "sending")]
)
@pytest.mark.parametrize("how", [State.EXCLUDED, State.DEFERRED])
def test_mails_that_cannot_be_written_stop_a_mailing(how: State, n_unwritten: int, n_accepted: int, state: str) -> None:
    one = make.mailing()
    many(one, n_unwritten, state=how, reason=Reason.RENDER)
    many(one, n_accepted, state=State.ACCEPTED)

    sweep()

    one.refresh_from_db()
    assert one.state == state


def test_standing_mailings_are_not_stopped_by_their_history() -> None:
    one = make.standing("link")
    many(one, 300, state=State.FAILED, reason=Reason.REFUSED)

    sweep()

    one.refresh_from_db()
    assert one.state == "sending"


@pytest.mark.parametrize(("n_due", "n_hands"), [(0, 0), (1, 1), (500, 1), (501, 2), (9_000, 8)])
def test_as_many_hands_start_as_the_backlog_needs(n_due: int, n_hands: int) -> None:
    one, other = make.mailing(), make.mailing(state=Mailing.State.PAUSED)
    many(one, n_due, state=State.QUEUED, due_at=LONG_AGO)
    many(one, 3, state=State.QUEUED, due_at=datetime(2100, 1, 1, tzinfo=UTC))
    many(other, 3, state=State.QUEUED, due_at=LONG_AGO)

    assert hands.wanted() == n_hands


def test_no_hand_starts_for_an_account_that_is_paused() -> None:
    one = make.mailing()
    many(one, 3, state=State.QUEUED, due_at=LONG_AGO)
    type(one.account).objects.update(paused_at=Now())

    assert hands.wanted() == 0


def test_no_two_hands_have_one_name() -> None:
    names = {hands.new_name() for _ in range(100)}

    assert len(names) == 100
    assert max(map(len, names)) <= 80
