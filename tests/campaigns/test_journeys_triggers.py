"""What events mean for journeys: who comes in, who is woken, who leaves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.journeys import entering, runs, triggers, versions
from campaigns.models import Journey, JourneyVersion, Run
from subscribers.models import Event, Kind, PendingEvent, State, Subscriber
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import clicked, graph_of, step
from tests.factories import content
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OVER = step("over", "end")
REST = step("rest", "wait", {"seconds": 86_400}, next="over")
ON_CONFIRM = [{"on": "consent.confirmed", "object": {"kind": "purpose", "key": rows.PURPOSE}}]


@pytest.fixture
def now():
    return timezone.now()


def open_to(*entries: dict, **rest: object) -> Journey:
    return rows.journey(graph_of(REST, OVER, entries=list(entries), **rest))


def confirmed(person: Subscriber, at, **fields: object) -> Event:
    return rows.told(Kind.CONSENT_CONFIRMED, person, at, object_kind="purpose", object_key=rows.PURPOSE, **fields)


def test_an_event_of_the_right_kind_and_thing_lets_its_person_in(now):
    journey = open_to(*ON_CONFIRM)
    person, other = rows.person(), rows.person()
    event = confirmed(person, now)
    rows.told(Kind.CONSENT_CONFIRMED, other, now, object_kind="purpose", object_key="another")

    assert triggers.consume(now=now) == 2

    [run] = journey.runs.all()
    assert (run.subscriber, run.entry_key, run.step, run.state) == (person, f"event:{event.pk}", "rest", Run.State.OPEN)
    assert (run.entered_at, run.entered_step_at, run.due_at) == (now, now, now)
    assert run.passages.get().seen["event"] == event.pk
    assert not PendingEvent.objects.filter(stage="journeys").exists()
    entered = Event.objects.get(kind=Kind.JOURNEY_ENTERED)
    assert (entered.subscriber_id, entered.object_key, entered.payload["run"]) == (person.pk, str(journey.pk), run.pk)


def test_a_resource_in_either_language_is_met_by_its_translation_key(now, italian):
    key = content.resource(italian).translation_key.hex
    journey = open_to({"on": "resource.granted", "object": {"kind": "resource", "key": key}})
    wanted, other = rows.person(), rows.person()
    for person, translation in ((wanted, key), (other, "cd" * 16)):
        rows.told(
            Kind.RESOURCE_GRANTED,
            person,
            now,
            object_kind="resource",
            object_key="7",
            payload={"translation": translation, "topics": []},
        )

    triggers.consume(now=now)

    assert [run.subscriber for run in journey.runs.all()] == [wanted]


@pytest.mark.parametrize("state", [State.COMPLAINED, State.BLOCKED, State.BOUNCING])
def test_who_may_not_be_written_to_does_not_come_in(now, state):
    journey, person = open_to(*ON_CONFIRM), rows.person()
    Subscriber.objects.filter(pk=person.pk).update(state=state)
    confirmed(person, now)

    triggers.consume(now=now)

    assert not journey.runs.exists()


def test_who_did_not_agree_to_the_purpose_does_not_come_in(now):
    journey = open_to({"on": "resource.granted"})
    person = people.subscriber()
    rows.told(Kind.RESOURCE_GRANTED, person, now, object_kind="resource", object_key="7")

    triggers.consume(now=now)

    assert not journey.runs.exists()


@pytest.mark.parametrize(
    "state", [Journey.State.DRAFT, Journey.State.PAUSED, Journey.State.DRAINING, Journey.State.ENDED]
)
def test_only_a_live_journey_lets_people_in(now, state):
    journey = open_to(*ON_CONFIRM)
    Journey.objects.filter(pk=journey.pk).update(state=state)
    confirmed(rows.person(), now)

    assert triggers.consume(now=now) == 1

    assert not journey.runs.exists()


def test_nobody_is_inside_twice_and_the_first_event_wins(now):
    journey, person = open_to(*ON_CONFIRM, reentry_seconds=60), rows.person()
    first = confirmed(person, now - timedelta(minutes=3))
    confirmed(person, now)

    triggers.consume(now=now)

    assert [run.entry_key for run in journey.runs.all()] == [f"event:{first.pk}"]


@pytest.mark.parametrize(
    ("reentry_seconds", "later", "n_runs"),
    [(None, 400 * DAY, 1), (86_400, DAY - timedelta(seconds=1), 1), (86_400, DAY + timedelta(seconds=1), 2)],
)
def test_entering_again_follows_the_rule(now, reentry_seconds, later, n_runs):
    journey, person = open_to(*ON_CONFIRM, reentry_seconds=reentry_seconds), rows.person()
    confirmed(person, now)
    triggers.consume(now=now)
    journey.runs.update(state=Run.State.ENDED, ended_at=now)

    confirmed(person, now + later)
    triggers.consume(now=now + later)

    assert journey.runs.count() == n_runs


def test_the_same_event_told_twice_enters_once(now):
    journey, person = open_to(*ON_CONFIRM, reentry_seconds=60), rows.person()
    wish = entering.Wish(journey_id=journey.pk, subscriber_id=person.pk, entry_key="event:5", at=now)
    assert len(entering.enter([wish], now=now)) == 1
    journey.runs.update(state=Run.State.ENDED)

    assert entering.enter([entering.Wish(**{**_fields(wish), "at": now + DAY})], now=now + DAY) == []


def _fields(wish: entering.Wish) -> dict:
    return {name: getattr(wish, name) for name in wish.__slots__}


def test_an_import_and_a_tale_of_last_month_start_nothing(now):
    journey = open_to(*ON_CONFIRM)
    confirmed(rows.person(), now, payload={"source": "import:readers.csv"})
    confirmed(rows.person(), now - timedelta(days=8))

    assert triggers.consume(now=now) == 2

    assert not journey.runs.exists()


@pytest.mark.parametrize("evidence", ["machine", "unsure"])
def test_clicks_without_proof_of_a_person_start_and_wake_nothing(now, evidence):
    waits = rows.journey(graph_of(clicked("clicks", yes="over", no="over"), OVER))
    starts = open_to({"on": "link.clicked"})
    run = rows.begin(waits, rows.person(), now=now)
    runs.look_at_due(now=now)
    rows.told(Kind.LINK_CLICKED, run.subscriber, now, evidence=evidence, object_kind="link", object_key="1")

    triggers.consume(now=now)

    run.refresh_from_db()
    assert run.due_at == now + timedelta(hours=1)
    assert not starts.runs.exists()


def test_a_journey_begun_by_another_keeps_the_loop_guard(now, settings):
    settings.CIRCOLARE_LOOP_MIN_SECONDS = 86_400
    journey, person = open_to({"on": "journey.ended"}, reentry_seconds=60), rows.person()
    for later, n_runs in ((timedelta(0), 1), (timedelta(hours=2), 1), (DAY + timedelta(seconds=1), 2)):
        rows.told(Kind.JOURNEY_ENDED, person, now + later, evidence="machine", object_kind="journey", object_key="99")
        triggers.consume(now=now + later)
        journey.runs.update(state=Run.State.ENDED)

        assert journey.runs.count() == n_runs


def test_what_is_waited_for_wakes_the_run_and_other_acts_do_not(now):
    journey = rows.journey(graph_of(clicked("clicks", yes="over", no="over"), OVER))
    run = rows.begin(journey, rows.person(), now=now)
    runs.look_at_due(now=now)
    n_moves = Run.objects.get(pk=run.pk).n_moves
    rows.told(Kind.PAGE_READ, run.subscriber, now, object_kind="page", object_key="1")
    triggers.consume(now=now)
    assert Run.objects.get(pk=run.pk).n_moves == n_moves

    rows.told(Kind.LINK_CLICKED, run.subscriber, now, object_kind="page", object_key="1")
    triggers.consume(now=now)

    run.refresh_from_db()
    assert (run.due_at, run.n_moves, run.lease_until) == (now, n_moves + 1, None)


def test_a_run_in_another_hand_is_woken_and_that_hands_look_is_void(now):
    graph = graph_of(step("hello", "mail", {"email": rows.email()}, next="clicks"),
                     clicked("clicks", yes="over", no="over", since="hello"), OVER)  # fmt: skip
    run = rows.begin(rows.journey(graph), rows.person(), now=now)
    [in_hand] = runs.claim(1, now=now)
    looks = runs._looks([in_hand], now)
    rows.told(Kind.LINK_CLICKED, run.subscriber, now, object_kind="page", object_key="1")

    triggers.consume(now=now)

    assert runs.committing.commit(looks, now=now) == set()
    assert runs.look_at_due(now=now) == (1, 1)
    assert rows.way(run)[1] == ("clicks", 1, "happened")


def test_a_click_during_a_pause_counts_when_it_is_over(now):
    journey = rows.journey(graph_of(clicked("clicks", yes="over", no="over"), OVER))
    run = rows.begin(journey, rows.person(), now=now)
    runs.look_at_due(now=now)
    versions.pause(journey, user=None, now=now + timedelta(minutes=10))
    clicked_at = now + timedelta(minutes=20)
    rows.told(Kind.LINK_CLICKED, run.subscriber, clicked_at, object_kind="page", object_key="1")

    triggers.consume(now=clicked_at)
    assert runs.look_at_due(now=clicked_at) == (0, 0)
    versions.resume(journey, user=None, now=now + timedelta(minutes=30))
    runs.look_at_due(now=now + timedelta(minutes=30))

    assert rows.way(run) == [("clicks", 1, "happened"), ("over", 1, "end")]


@pytest.mark.parametrize("kind", [Kind.CONSENT_WITHDRAWN, Kind.MAIL_COMPLAINED, Kind.MAIL_BOUNCED, Kind.NOTED])
def test_who_may_not_be_inside_any_more_leaves_at_once_even_while_it_is_paused(now, kind):
    journey = rows.waiting()
    gone, stays = (rows.begin(journey, rows.person(), now=now) for _ in range(2))
    runs.look_at_due(now=now)
    versions.pause(journey, user=None, now=now)
    gone.subscriber.permissions.update(is_given=False)
    for run in (gone, stays):
        rows.told(kind, run.subscriber, now, object_kind="purpose", object_key=rows.PURPOSE)

    triggers.consume(now=now)

    states = dict(Run.objects.values_list("pk", "state"))
    assert states == {gone.pk: Run.State.LEFT, stays.pk: Run.State.OPEN}
    assert rows.way(gone) == [("rest", 1, "left")]


def test_an_erased_person_leaves_and_what_they_did_is_forgotten(now):
    run = rows.begin(rows.waiting(), rows.person(), now=now)
    run.passages.update(seen={"title": "The long walk"})
    Subscriber.objects.filter(pk=run.subscriber_id).update(state=State.ERASED, address=None, address_key=None, name="")
    rows.told(Kind.NOTED, run.subscriber, now)

    triggers.consume(now=now)

    run.refresh_from_db()
    assert (run.state, run.why, run.passages.get().seen) == (Run.State.LEFT, "erased", {})


def test_an_event_that_cannot_be_worked_off_holds_up_only_itself(now):
    journey, person = open_to(*ON_CONFIRM), rows.person()
    broken = open_to({"on": "page.read"}, name="Broken")
    too_long = graph_of(step("x" * 70, "end"), entries=[{"on": "page.read"}])
    JourneyVersion.objects.create(journey=broken, number=2, graph=too_long)
    bad = rows.told(Kind.PAGE_READ, person, now, object_kind="page", object_key="1")
    confirmed(person, now)

    assert triggers.work(budget_seconds=1, now=now) == 1

    assert [run.subscriber for run in journey.runs.all()] == [person]
    pending = PendingEvent.objects.get(event=bad)
    assert (pending.n_tries, pending.error.startswith("DataError")) == (1, True)


def test_people_whom_nothing_concerns_cost_no_question_about_runs(now, django_assert_num_queries):
    for _ in range(3):
        rows.told(Kind.MAIL_ACCEPTED, rows.person(), now)
    with django_assert_num_queries(7):
        triggers.consume(now=now)
    rows.told(Kind.MAIL_ACCEPTED, rows.person(), now)
    with django_assert_num_queries(7):
        triggers.consume(now=now)
