"""The ledger: nobody moves a row but as the state table says, and nothing is lost or taken twice."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from campaigns.models import Delivery, Mailing
from campaigns.sending import ledger
from campaigns.sending.ledger import Fate, Reason, State
from tests.factories import campaigns as make

WORKERS = ["hand-a", "hand-b", "hand-c"]


def tick(**seconds: float) -> None:
    """Let time pass for every row: their instants move into the past."""
    past = timedelta(**seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_delivery SET due_at = due_at - %s, lease_until = lease_until - %s", [past, past]
        )


def states(mailing: Mailing) -> dict[str, int]:
    return dict(Counter(mailing.deliveries.values_list("state", flat=True)))


def claimed_ids(mailing: Mailing, n: int, worker: str) -> list[int]:
    return [delivery.pk for delivery in ledger.claim(mailing.pk, n, worker=worker)]


# -- the table ----------------------------------------------------------------------------------------------
def test_the_table_names_every_state_and_moves_nothing_that_is_settled() -> None:
    assert set(ledger.MOVES) == set(State)
    assert {state for state in State if not ledger.MOVES[state]} == {State.ACCEPTED, State.FAILED, State.EXCLUDED}


def test_a_mail_leaves_only_through_a_written_beginning() -> None:
    ways_to_accepted = {state for state in State if ledger.may(state, State.ACCEPTED)}

    assert ways_to_accepted == {State.HANDING_OVER, State.UNKNOWN}
    assert {state for state in State if ledger.may(state, State.HANDING_OVER)} == {State.CLAIMED}


def test_nothing_that_may_have_left_waits_again_by_itself() -> None:
    assert not ledger.may(State.HANDING_OVER, State.QUEUED)
    assert ledger.AFTER_LEASE[State.HANDING_OVER] == State.UNKNOWN


# -- claims -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_claim_takes_the_longest_due_first_and_leaves_what_is_not_due() -> None:
    mailing = make.mailing()
    late = make.delivery(mailing, due_at=make.NOW - timedelta(days=400))
    later = make.delivery(mailing, due_at=make.NOW - timedelta(days=399), state=State.DEFERRED)
    make.delivery(mailing, due_at=make.NOW + timedelta(days=36_500))
    make.delivery(make.mailing(), due_at=make.NOW - timedelta(days=400))
    Delivery.objects.filter(pk=late.pk).update(reason=Reason.SERVER)

    taken = ledger.claim(mailing.pk, 10, worker="hand")

    assert [(row.pk, row.state, row.worker, row.reason) for row in taken] == [
        (late.pk, "claimed", "hand", ""),
        (later.pk, "claimed", "hand", ""),
    ]
    assert all(row.lease_until and row.lease_until > row.claimed_at for row in taken)


@pytest.mark.django_db
def test_nothing_is_claimed_twice() -> None:
    mailing = make.mailing()
    rows = {make.delivery(mailing, due_at=make.NOW - timedelta(days=400)).pk for _ in range(5)}

    first = claimed_ids(mailing, 3, "a")
    second = claimed_ids(mailing, 3, "b")
    third = claimed_ids(mailing, 3, "c")

    assert (len(first), len(second), third) == (3, 2, [])
    assert {*first, *second} == rows


# -- moves --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_another_hands_row_is_not_moved() -> None:
    mailing = make.mailing()
    row = make.delivery(mailing, due_at=make.NOW - timedelta(days=400))
    claimed_ids(mailing, 1, "a")

    moved = ledger.settle([Fate(delivery_id=row.pk, state=State.FAILED)], worker="b")
    n_released = ledger.release([row.pk], worker="b")

    assert (moved, n_released, states(mailing)) == (set(), 0, {"claimed": 1})


@pytest.mark.django_db
def test_every_pair_of_states_moves_in_the_database_as_the_table_says() -> None:
    mailing = make.mailing()
    allowed_in_database = set()
    for before in State:
        for after in State:
            row = make.delivery(mailing, state=before, worker="hand")
            if ledger.settle([Fate(delivery_id=row.pk, state=after)], worker="hand"):
                allowed_in_database.add((before, after))

    assert allowed_in_database == {(before, after) for before in State for after in ledger.MOVES[before]}


@pytest.mark.django_db
def test_an_answer_is_kept_with_its_words_and_time() -> None:
    mailing = make.mailing()
    row = make.delivery(mailing, state=State.HANDING_OVER, worker="hand", lease_until=make.NOW)

    ledger.settle(
        [
            Fate(
                delivery_id=row.pk,
                state=State.ACCEPTED,
                code="250 2.0.0",
                reply="ok\0 \ud800" + "x" * 900,
                provider_id="Q1",
            )
        ],
        worker="hand",
    )

    row.refresh_from_db()
    assert (row.state, row.code, row.reply[:6], len(row.reply), row.provider_id) == (
        "accepted",
        "250 2.0.0",
        "ok ?xx",
        500,
        "Q1",
    )
    assert row.done_at is not None
    assert row.lease_until is None


@pytest.mark.django_db
def test_a_deferred_mail_is_due_again_after_the_wait() -> None:
    mailing = make.mailing()
    row = make.delivery(mailing, due_at=make.NOW - timedelta(days=400))
    claimed_ids(mailing, 1, "a")

    ledger.settle([Fate(delivery_id=row.pk, state=State.DEFERRED, reason=Reason.SERVER, wait_seconds=300)], worker="a")
    at_once = claimed_ids(mailing, 1, "b")
    tick(seconds=301)
    afterwards = claimed_ids(mailing, 1, "b")

    assert (at_once, afterwards) == ([], [row.pk])


# -- silence ------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_rows_of_a_silent_hand_wait_again_or_become_unknown() -> None:
    mailing = make.mailing()
    for _ in range(3):
        make.delivery(mailing, due_at=make.NOW - timedelta(days=400))
    first, second, third = claimed_ids(mailing, 3, "a")
    Delivery.objects.filter(pk=second).update(state=State.HANDING_OVER)

    too_early = ledger.expire()
    tick(seconds=ledger.lease_seconds() + 1)
    ledger.renew([third], worker="a")
    expired = ledger.expire()

    assert too_early == []
    assert sorted(expired) == [(first, mailing.pk, State.QUEUED), (second, mailing.pk, State.UNKNOWN)]
    assert states(mailing) == {"queued": 1, "unknown": 1, "claimed": 1}
    assert Delivery.objects.get(pk=second).reason == Reason.LOST


@pytest.mark.django_db
def test_a_row_in_hands_without_a_lease_is_not_left_for_ever() -> None:
    mailing = make.mailing()
    row = make.delivery(mailing, state=State.HANDING_OVER, worker="gone")

    assert ledger.expire() == [(row.pk, mailing.pk, State.UNKNOWN)]


@pytest.mark.django_db
def test_a_late_answer_still_tells_what_became_of_an_unknown() -> None:
    mailing = make.mailing()
    row = make.delivery(mailing, state=State.UNKNOWN, worker="slow", reason=Reason.LOST)

    by_another = ledger.settle([Fate(delivery_id=row.pk, state=State.ACCEPTED)], worker="other")
    by_itself = ledger.settle([Fate(delivery_id=row.pk, state=State.ACCEPTED)], worker="slow")

    row.refresh_from_db()
    assert (by_another, by_itself, row.state, row.reason) == (set(), {row.pk}, "accepted", "")


@pytest.mark.django_db
def test_a_claim_from_before_a_crash_of_the_database_is_unknown() -> None:
    mailing = make.mailing()
    make.delivery(mailing, due_at=make.NOW - timedelta(days=400))
    make.delivery(mailing, due_at=make.NOW - timedelta(days=400))
    before, after = claimed_ids(mailing, 2, "a")
    with connection.cursor() as cursor:
        cursor.execute("SELECT stats_reset - interval '1 second' FROM pg_stat_wal")
        Delivery.objects.filter(pk=before).update(claimed_at=cursor.fetchone()[0])
    tick(seconds=ledger.lease_seconds() + 1)

    ledger.expire()

    assert Delivery.objects.get(pk=before).state == State.UNKNOWN
    assert Delivery.objects.get(pk=after).state == State.QUEUED


@pytest.mark.django_db
def test_cancelling_gives_up_what_is_in_nobodys_hands() -> None:
    mailing = make.mailing()
    for state in State:
        make.delivery(mailing, state=state)

    n_gone = ledger.exclude_waiting(mailing.pk, Reason.CANCELLED)

    assert n_gone == 2
    assert states(mailing) == {
        "claimed": 1, "handing_over": 1, "accepted": 1, "failed": 1, "excluded": 3, "unknown": 1,
    }  # fmt: skip
    assert mailing.deliveries.filter(reason=Reason.CANCELLED).count() == 2


# -- any order of anything ----------------------------------------------------------------------------------
class AnyOrder(RuleBasedStateMachine):
    """Three hands, a reconciler and a person act in any order; a model beside says what must be true."""

    @initialize(n=st.integers(1, 12))
    def begin(self, n: int) -> None:
        Delivery.objects.all().delete()
        self.mailing = make.mailing()
        self.rows = [make.delivery(self.mailing, due_at=make.NOW - timedelta(days=400)).pk for _ in range(n)]
        self.state = dict.fromkeys(self.rows, State.QUEUED)
        self.owner: dict[int, str] = {}
        self.n_left: Counter[int] = Counter()  # how often content of a mail may have reached a server
        self.allowed_again: set[int] = set()

    @rule(worker=st.sampled_from(WORKERS), n=st.integers(1, 5))
    def claim(self, worker: str, n: int) -> None:
        for delivery_id in claimed_ids(self.mailing, n, worker):
            assert self.state[delivery_id] in {State.QUEUED, State.DEFERRED}
            self.state[delivery_id], self.owner[delivery_id] = State.CLAIMED, worker

    @rule(place=st.integers(0, 11), worker=st.sampled_from(WORKERS), after=st.sampled_from(State))
    def settle(self, place: int, worker: str, after: State) -> None:
        delivery_id = self.rows[place % len(self.rows)]
        if after == State.CLAIMED or (self.state[delivery_id] == State.UNKNOWN and after == State.QUEUED):
            return  # only `claim` claims, only a person sends again
        moved = ledger.settle([Fate(delivery_id=delivery_id, state=after, wait_seconds=0)], worker=worker)
        is_expected = self.owner.get(delivery_id) == worker and ledger.may(self.state[delivery_id], after)
        assert moved == ({delivery_id} if is_expected else set())
        if moved:
            self.n_left[delivery_id] += after == State.HANDING_OVER
            if self.state[delivery_id] == State.HANDING_OVER and after == State.DEFERRED:
                self.allowed_again.add(delivery_id)  # the server said that it did not take it
            self.state[delivery_id] = after

    @rule(worker=st.sampled_from(WORKERS), places=st.sets(st.integers(0, 11)))
    def release(self, worker: str, places: set[int]) -> None:
        chosen = {self.rows[place % len(self.rows)] for place in places}
        ledger.release(chosen, worker=worker)
        for delivery_id in chosen:
            if self.state[delivery_id] == State.CLAIMED and self.owner[delivery_id] == worker:
                self.state[delivery_id] = State.QUEUED

    @rule()
    def silence(self) -> None:
        tick(seconds=ledger.lease_seconds() + 1)
        for delivery_id, _mailing, after in ledger.expire():
            assert ledger.AFTER_LEASE[self.state[delivery_id]] == after
            self.state[delivery_id] = after
        assert not {State.CLAIMED, State.HANDING_OVER} & set(self.state.values())

    @rule()
    def cancel(self) -> None:
        ledger.exclude_waiting(self.mailing.pk, Reason.CANCELLED)
        for delivery_id, before in self.state.items():
            if before in {State.QUEUED, State.DEFERRED}:
                self.state[delivery_id] = State.EXCLUDED

    @invariant()
    def the_database_agrees(self) -> None:
        if hasattr(self, "mailing"):
            assert dict(self.mailing.deliveries.values_list("pk", "state")) == self.state

    @invariant()
    def the_sum_balances(self) -> None:
        if hasattr(self, "mailing"):
            counts = ledger.counts(self.mailing.pk)
            settled = sum(counts[state] for state in ledger.SETTLED)
            waiting = sum(counts[state] for state in ledger.WAITING)
            assert settled + waiting == len(self.rows)
            assert ledger.has_waiting(self.mailing.pk) == bool(waiting)

    @invariant()
    def no_content_leaves_twice_unless_the_server_refused_it(self) -> None:
        for delivery_id, n in getattr(self, "n_left", Counter()).items():
            assert n <= 1 or delivery_id in self.allowed_again


@pytest.mark.django_db
def test_in_any_order_of_events_rows_keep_to_the_table_and_the_sum_balances() -> None:
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
