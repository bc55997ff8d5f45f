"""Recording is durable and happens once; the queue gives each row to one hand at a time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from subscribers import events
from subscribers.models import Event, EventKey, Evidence, Kind, PendingEvent
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def note(person: int | None, key: str = "", **values: object) -> events.NewEvent:
    return events.NewEvent(kind=Kind.NOTED, occurred_at=NOW, source="admin", subscriber_id=person, key=key, **values)


def expire_leases() -> None:
    PendingEvent.objects.update(lease_until=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.django_db
def test_record_writes_the_event_its_key_and_its_place_in_the_queue() -> None:
    person = people.subscriber()

    event = events.record(
        Kind.PAGE_READ,
        subscriber_id=person.pk,
        object_kind="page",
        object_key="12",
        occurred_at=NOW,
        now=NOW + timedelta(seconds=2),
        source="site",
        key="read:1",
        evidence=Evidence.HUMAN,
        reason="beacon",
        payload={"seconds": 40, "title": "Perché no?"},
    )

    assert Event.objects.filter(pk=event.pk).values().get() == {
        "id": event.pk,
        "kind": "page.read",
        "subscriber_id": person.pk,
        "visitor": "",
        "object_kind": "page",
        "object_key": "12",
        "occurred_at": NOW,
        "recorded_at": NOW + timedelta(seconds=2),
        "source": "site",
        "evidence": "human",
        "evidence_reason": "beacon",
        "payload": {"seconds": 40, "title": "Perché no?"},
        "is_sample": False,
    }
    assert list(EventKey.objects.values_list("key", flat=True)) == ["read:1"]
    assert list(PendingEvent.objects.values_list("event_id", "stage", "n_tries")) == [(event.pk, "facts", 0)]


@pytest.mark.django_db
def test_record_with_a_key_seen_before_writes_nothing() -> None:
    person = people.subscriber()
    first = events.record_many([note(person.pk, "a")], now=NOW)

    again = events.record_many([note(person.pk, "a"), note(person.pk, "b"), note(person.pk, "b")], now=NOW)

    assert [event.pk for event in first] == [Event.objects.order_by("pk").first().pk]
    assert [event is None for event in again] == [True, False, True]
    assert (Event.objects.count(), PendingEvent.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_record_without_a_key_writes_each_telling() -> None:
    person = people.subscriber()

    events.record_many([note(person.pk), note(person.pk)], now=NOW)

    assert Event.objects.count() == 2


@pytest.mark.django_db
def test_an_anonymous_event_waits_for_nobody() -> None:
    events.record_many([note(None)], now=NOW)

    assert (Event.objects.count(), PendingEvent.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_what_postgresql_cannot_hold_is_left_out_and_a_long_key_still_counts_once() -> None:
    person = people.subscriber()
    hostile = {"a\0b": ["\ud800", {"c": "x\0"}], "long": "é" * 5000}

    made = events.record_many(
        [note(person.pk, "k" * 500 + end, payload=hostile, object_key="o" * 500) for end in "aba"], now=NOW
    )

    assert [event is None for event in made] == [False, False, True]
    stored = Event.objects.first()
    assert stored.payload == {"ab": ["?", {"c": "x"}], "long": "é" * 5000}
    assert stored.object_key == "o" * 80


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["page.eaten", "custom.", "custom.Über", "custom.x; drop", "", "custom." + "a" * 60])
def test_an_unknown_kind_is_refused_before_anything_is_written(kind: str) -> None:
    with pytest.raises(events.UnknownKind):
        events.record_many(
            [note(None), events.NewEvent(kind=kind, occurred_at=NOW, source="api")],
            now=NOW,
        )

    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_large_batch_keeps_its_order() -> None:
    person = people.subscriber()
    batch = [note(person.pk, str(number), payload={"n": number}) for number in range(events.CHUNK + 5)]

    made = events.record_many(batch, now=NOW)

    assert [event.payload["n"] for event in made] == list(range(events.CHUNK + 5))
    stored = dict(Event.objects.values_list("pk", "payload__n"))
    assert {event.pk: event.payload["n"] for event in made} == stored


@pytest.mark.django_db
def test_a_rolled_back_act_leaves_no_event_and_may_be_told_again() -> None:
    person = people.subscriber()
    with pytest.raises(RuntimeError), transaction.atomic():
        events.record_many([note(person.pk, "once")], now=NOW)
        raise RuntimeError

    assert events.record_many([note(person.pk, "once")], now=NOW)[0] is not None


def elsewhere(act: Callable, *values: object, **named: object) -> object:
    """The act on this thread's own connection."""
    try:
        return act(*values, **named)
    finally:
        connection.close()


def test_twenty_tellings_at_once_make_one_event(committed: None) -> None:
    person = people.subscriber()

    def tell(_: int) -> bool:
        return elsewhere(events.record_many, [note(person.pk, "same")], now=NOW)[0] is not None

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(tell, range(20)))

    assert sum(told) == Event.objects.count() == PendingEvent.objects.count() == 1


def test_batches_with_the_same_keys_in_other_orders_do_not_block_each_other(committed: None) -> None:
    person = people.subscriber()
    keys = [f"k{number}" for number in range(200)]

    def tell(turn: int) -> int:
        order = keys if turn % 2 else keys[::-1]
        made = elsewhere(events.record_many, [note(person.pk, key) for key in order], now=NOW)
        return sum(event is not None for event in made)

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(tell, range(12)))

    assert sum(told) == Event.objects.count() == 200


def test_four_hands_share_the_queue_without_meeting(committed: None) -> None:
    person = people.subscriber()
    events.record_many([note(person.pk) for _ in range(400)], now=NOW)

    def work(_: int) -> list[int]:
        done: list[int] = []
        try:
            while batch := events.claim("facts", 7, lease_seconds=60):
                with transaction.atomic():
                    done.extend(events.finish(batch))
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = [row for rows in pool.map(work, range(4)) for row in rows]

    assert len(done) == len(set(done)) == 400
    assert not PendingEvent.objects.exists()


def test_a_row_committed_late_is_not_lost(committed: None) -> None:
    """A transaction that began first and commits last has the lower id: a "greater than" reader would miss it."""
    person = people.subscriber()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            early = events.record_many([note(person.pk)], now=NOW)[0]
            pool.submit(elsewhere, events.record_many, [note(person.pk)], now=NOW).result()
            seen_before = pool.submit(elsewhere, events.claim, "facts", 10, lease_seconds=60).result()
        seen_after = events.claim("facts", 10, lease_seconds=60)

    assert [row.event_id > early.pk for row in seen_before] == [True]
    assert [row.event_id for row in seen_after] == [early.pk]


@pytest.mark.django_db
def test_a_claimed_row_is_passed_by_until_its_lease_ends(django_assert_num_queries: object) -> None:
    person = people.subscriber()
    events.record_many([note(person.pk) for _ in range(3)], now=NOW)

    with django_assert_num_queries(1):
        first = events.claim("facts", 2, lease_seconds=60)
    second = events.claim("facts", 10, lease_seconds=60)
    expire_leases()
    third = events.claim("facts", 10, lease_seconds=60)

    assert (len(first), len(second), len(third)) == (2, 1, 3)
    assert {row.event.kind for row in first} == {"noted"}


@pytest.mark.django_db
def test_whoever_lost_the_lease_moves_nothing() -> None:
    person = people.subscriber()
    events.record_many([note(person.pk)], now=NOW)
    slow = events.claim("facts", 1, lease_seconds=60)
    expire_leases()
    quick = events.claim("facts", 1, lease_seconds=60)

    assert events.pass_on(slow, "journeys") == set()
    assert events.finish(slow) == set()
    assert events.pass_on(quick, "journeys") == {quick[0].pk}
    assert list(PendingEvent.objects.values_list("stage", "n_tries", "lease_until")) == [("journeys", 0, None)]
    assert events.finish(quick) == set()
    assert events.finish(events.claim("journeys", 1, lease_seconds=60)) == {quick[0].pk}


@pytest.mark.django_db
def test_a_failing_row_waits_longer_each_time_and_ends_as_a_dead_letter_that_can_be_revived() -> None:
    person = people.subscriber()
    events.record_many([note(person.pk)], now=NOW)
    waits = []
    for _ in range(events.MAX_TRIES):
        (row,) = events.claim("facts", 1, lease_seconds=60)
        events.fail(row, "boom \0")
        assert events.claim("facts", 1, lease_seconds=60) == []
        waits.append(PendingEvent.objects.annotate(at=F("lease_until")).get().at)
        expire_leases()

    assert waits == sorted(waits)
    assert (waits[-1] - waits[0]).total_seconds() == pytest.approx(4 * 127, abs=5)
    assert events.claim("facts", 1, lease_seconds=60) == []
    assert [(row.event.kind, row.error) for row in events.dead()] == [("noted", "boom ")]
    assert events.revive(events.dead()) == 1
    assert len(events.claim("facts", 1, lease_seconds=60)) == 1


@pytest.mark.django_db
def test_a_failure_told_by_somebody_without_the_lease_is_not_heard() -> None:
    person = people.subscriber()
    events.record_many([note(person.pk)], now=NOW)
    (slow,) = events.claim("facts", 1, lease_seconds=60)
    expire_leases()
    events.claim("facts", 1, lease_seconds=60)

    events.fail(slow, "late")

    assert PendingEvent.objects.get().error == ""


@pytest.mark.django_db
def test_old_keys_are_forgotten() -> None:
    events.record_many([note(None, "old")], now=NOW - timedelta(days=90))
    events.record_many([note(None, "new")], now=NOW)

    assert events.forget_keys(NOW - timedelta(days=30)) == 1
    assert list(EventKey.objects.values_list("key", flat=True)) == ["new"]
