"""Facts from events: batches in any order give what a rebuild gives; scanners are found by their company."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from subscribers import decay, events, facts
from subscribers.events import NewEvent
from subscribers.models import Event, Evidence, Facts, Kind, PendingEvent, Stage, Subscriber
from subscribers.totals import Row, Totals, as_columns, fold, of_row
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
ROME = ZoneInfo("Europe/Rome")
A, B = "a" * 32, "b" * 32


def act(person: Subscriber, kind: str = Kind.PAGE_READ, *, hours: float = 0, **values: object) -> NewEvent:
    return NewEvent(
        kind=kind,
        subscriber_id=person.pk,
        occurred_at=NOW + timedelta(hours=hours),
        source="site",
        **{"evidence": Evidence.HUMAN, "payload": {"translation": "p1", "topics": [A]}, **values},
    )


def click(person: Subscriber, position: int, seconds: float, **payload: object) -> NewEvent:
    """A click `seconds` after NOW in the only mail there is."""
    seen = {"agent": FIREFOX, "delivery": 7, "position": position, "n_links": 3, "seconds": 90 + seconds, **payload}
    return act(person, Kind.LINK_CLICKED, hours=seconds / 3600, payload=seen)


def all_rows() -> list[dict[str, object]]:
    return list(Facts.objects.order_by("pk").values())


@pytest.mark.django_db
def test_facts_of_one_reader() -> None:
    person = people.subscriber(zone="America/New_York")
    events.record_many(
        [
            act(person, hours=-720),
            act(person, Kind.LINK_CLICKED, hours=-1, payload={"translation": "p2", "topics": [A, B]}),
            act(person, Kind.RESOURCE_DOWNLOADED, payload={"translation": "p3", "topics": [B]}),
            act(person, hours=5, evidence=Evidence.MACHINE),
            act(person, hours=6, evidence=Evidence.UNSURE),
        ],
        now=NOW,
    )

    assert facts.process(100, now=NOW) == 5

    row = Facts.objects.get(subscriber=person)
    assert (row.n_reads, row.n_clicks, row.n_downloads, row.n_shares) == (1, 1, 1, 0)
    assert (row.last_read_at, row.last_click_at) == (NOW - timedelta(days=30), NOW - timedelta(hours=1))
    assert row.last_human_at == NOW
    assert [hour for hour, n in enumerate(row.rhythm) if n] == [3, 4, 5]  # 5:30 a month ago in summer time, 3:30, 4:30
    assert row.zone == "America/New_York"
    assert row.affinity[A][0] == pytest.approx(1 + 0.5 ** (719 / 720))
    assert row.affinity[B][0] == pytest.approx(2.5 + 0.5 ** (1 / 720))
    assert row.affinity[B][1] == NOW.isoformat()
    assert (row.stage_reason, row.stage_until) == ("asked", NOW + timedelta(days=60))
    person.refresh_from_db()
    assert person.stage == Stage.ASK
    assert set(PendingEvent.objects.values_list("stage", flat=True)) == {"journeys"}


kinds = st.sampled_from([*Kind.values, "custom.order", "custom.seen"])
payloads = st.fixed_dictionaries(
    {},
    optional={
        "translation": st.sampled_from(["p1", "p2", "p3", "p4"]) | st.none(),
        "topics": st.lists(st.sampled_from([A, B, "c" * 32]), max_size=3) | st.just("nonsense"),
        "counts_as": st.sampled_from(["ask", "act", "advocate", "king"]) | st.just(7),
    },
)
happenings = st.lists(
    st.tuples(
        st.integers(0, 2),  # person
        kinds,
        st.integers(-60 * 24 * 400, 60 * 24),  # minutes from NOW
        st.sampled_from(Evidence.values),
        st.sampled_from(["site", "import:file", "mail", "admin:1"]),
        payloads,
    ),
    min_size=1,
    max_size=40,
)


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings, st.integers(1, 13), st.randoms(use_true_random=False), st.booleans())
def test_rebuild_gives_exactly_what_batches_gave(
    happened: list[tuple], batch: int, shuffler: random.Random, does_move: bool
) -> None:
    with undone():
        compare_with_rebuild(happened, batch, shuffler, does_move=does_move)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def compare_with_rebuild(happened: list[tuple], batch: int, shuffler: random.Random, *, does_move: bool) -> None:
    crowd = [people.subscriber(zone=zone) for zone in ("", "Asia/Kathmandu", "No/Such")]
    rows = [
        NewEvent(
            kind=kind,
            subscriber_id=crowd[who].pk,
            occurred_at=NOW + timedelta(minutes=minutes),
            source=source,
            evidence=evidence,
            payload=payload,
        )
        for who, kind, minutes, evidence, source, payload in happened
    ]
    shuffler.shuffle(rows)
    middle = len(rows) // 2
    events.record_many(rows[:middle], now=NOW)
    while facts.process(batch, now=NOW):
        pass
    if does_move:
        Subscriber.objects.filter(pk=crowd[0].pk).update(zone="Pacific/Auckland")
    events.record_many([*rows[middle:], act(crowd[0], Kind.PREFERENCE_CHANGED)], now=NOW)
    while facts.process(batch, now=NOW):
        pass
    kept = all_rows()

    facts.rebuild(now=NOW)

    assert all_rows() == kept
    stages_kept = dict(Subscriber.objects.values_list("pk", "stage"))
    Subscriber.objects.update(stage=Stage.ADVOCATE)
    facts.rebuild(now=NOW)
    with_facts = {row["subscriber_id"] for row in kept}
    stages_rebuilt = dict(Subscriber.objects.filter(pk__in=with_facts).values_list("pk", "stage"))
    assert stages_rebuilt == {pk: stages_kept[pk] for pk in with_facts}


@given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_a_fading_sum_is_the_same_in_any_order(minutes: list[int], shuffler: random.Random) -> None:
    times = [decay.ORIGIN + timedelta(minutes=m) for m in minutes]
    shuffled = list(times)
    shuffler.shuffle(shuffled)

    total = sum(decay.grains(1.0, at) for at in times)

    assert total == sum(decay.grains(1.0, at) for at in shuffled)
    expected = sum(0.5 ** ((max(times) - at) / decay.HALF_LIFE) for at in times)
    assert decay.weight(total, max(times)) == pytest.approx(expected, rel=1e-6)


@given(st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1)))  # noqa: DTZ001
def test_a_fading_sum_works_in_any_year(at: datetime) -> None:
    at = at.replace(tzinfo=UTC)
    if at >= decay.ORIGIN:
        assert decay.weight(decay.grains(2.5, at), at) == pytest.approx(2.5, rel=1e-6)
    assert decay.weight(decay.grains(2.5, at), max(at, decay.ORIGIN)) <= 2.5 * (1 + 1e-6)


def test_totals_go_into_a_row_and_come_back() -> None:
    happened = [
        Event(kind=kind, occurred_at=NOW, evidence=Evidence.HUMAN, source="site", payload=payload)
        for kind in (Kind.PAGE_READ, Kind.PAGE_SHARED, Kind.TOPICS_CHOSEN)
        for payload in ({"translation": "p1", "topics": [A, B]}, {})
    ]
    totals = Totals()
    for event in happened:
        totals = fold(totals, event, ROME)
    times = ("last_human_at", "last_click_at", "last_read_at")

    columns = as_columns(totals)
    for name in times:
        columns[name] = columns[name] and datetime.fromisoformat(columns[name])

    assert of_row(Row(pk=1, zone="", zone_now="", **columns)) == totals


@pytest.mark.django_db
def test_events_still_waiting_are_not_rebuilt_twice() -> None:
    person = people.subscriber()
    events.record_many([act(person)], now=NOW)
    facts.process(10, now=NOW)
    events.record_many([act(person, hours=1)], now=NOW)

    facts.rebuild(person.pk, now=NOW)
    facts.process(10, now=NOW)

    assert Facts.objects.get().n_reads == 2


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_folds_nothing() -> None:
    person = people.subscriber()
    events.record_many([act(person)], now=NOW)
    events.claim("facts", 10, lease_seconds=-1)  # dies without a word

    assert (facts.process(10, now=NOW), facts.process(10, now=NOW)) == (1, 0)
    assert Facts.objects.get().n_reads == 1


@pytest.mark.django_db
def test_one_bad_event_holds_up_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    person = people.subscriber()
    events.record_many([act(person), act(person, hours=1)], now=NOW)
    bad = Event.objects.order_by("pk").first()
    Event.objects.filter(pk=bad.pk).update(payload=["not", "an", "object"])

    assert facts.process(10, now=NOW) == 1

    waiting = PendingEvent.objects.get(stage="facts")
    assert (waiting.event_id, waiting.n_tries) == (bad.pk, 1)
    assert "AttributeError" in waiting.error
    assert Facts.objects.get().n_reads == 1


@pytest.mark.django_db
def test_a_walk_through_all_links_makes_machines_of_the_clicks_already_counted() -> None:
    person = people.subscriber()
    events.record_many([click(person, 1, 0)], now=NOW)
    facts.process(10, now=NOW)
    assert Facts.objects.get().n_clicks == 1

    events.record_many([click(person, 2, 1.5), click(person, 3, 3.0)], now=NOW)
    facts.process(10, now=NOW)

    assert set(Event.objects.values_list("evidence", "evidence_reason")) == {("machine", "all links at once")}
    assert (Facts.objects.get().n_clicks, Facts.objects.get().last_human_at) == (0, None)


@pytest.mark.django_db
def test_the_clicks_of_another_mail_and_of_an_hour_later_stay_a_persons() -> None:
    person = people.subscriber()
    events.record_many(
        [
            *(click(person, position, position / 2, delivery=7) for position in (1, 2, 3)),
            click(person, 1, 1, delivery=8),
            click(person, 1, 3600, delivery=7),
        ],
        now=NOW,
    )

    facts.process(10, now=NOW)

    assert Facts.objects.get().n_clicks == 2


@pytest.mark.django_db
def test_the_hidden_link_makes_a_machine_of_its_neighbours() -> None:
    person = people.subscriber()
    events.record_many([click(person, 1, 0), click(person, 0, 30, trap=True), click(person, 2, 95)], now=NOW)

    facts.process(10, now=NOW)

    assert dict(Event.objects.values_list("payload__position", "evidence")) == {0: "machine", 1: "machine", 2: "human"}


@pytest.mark.django_db
@pytest.mark.parametrize("n_people", [1, 3])
def test_a_batch_takes_the_same_number_of_queries_for_one_person_and_for_three(
    n_people: int, django_assert_num_queries: object
) -> None:
    crowd = [people.subscriber() for _ in range(n_people)]
    events.record_many(
        [row for person in crowd for row in (act(person), click(person, 1, 0, delivery=person.pk))], now=NOW
    )

    # claim, savepoint, pass on, neighbours, make, lock and write the facts, savepoint
    with django_assert_num_queries(8):
        assert facts.process(100, now=NOW) == 2 * n_people


@pytest.mark.django_db
def test_a_stage_falls_when_its_evidence_expires() -> None:
    person = people.subscriber()
    events.record_many([act(person, Kind.RESOURCE_DOWNLOADED), act(person)], now=NOW)
    facts.process(10, now=NOW)
    later = NOW + timedelta(days=61)

    assert facts.refresh_stages(10, now=NOW + timedelta(days=59)) == 0
    assert facts.refresh_stages(10, now=later) == 1

    person.refresh_from_db()
    assert (person.stage, Facts.objects.get().stage_reason) == (Stage.AWARE, "read")
    assert facts.refresh_stages(10, now=later) == 0
