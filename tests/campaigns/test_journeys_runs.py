"""Due runs are claimed, looked at and written: position, passages, mails and events, all or nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.journeys import clock, committing, frozen, runs, triggers
from campaigns.journeys.advance import advance
from campaigns.journeys.committing import Look
from campaigns.journeys.position import Facts
from campaigns.models import Delivery, Journey, JourneyVersion, Mailing, Passage, Run
from subscribers import consent
from subscribers.models import Event, Kind, State, Subscriber
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import clicked, graph_of, step

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OVER = step("over", "end")


@pytest.fixture
def now():
    return timezone.now()


def mailing_journey(**rest: object) -> Journey:
    return rows.journey(graph_of(step("hello", "mail", {"email": rows.email()}, next="rest"),
                                 step("rest", "wait", {"seconds": 86_400}, next="over"), OVER), **rest)  # fmt: skip


def test_a_due_run_moves_and_writes_position_passages_and_mail(now):
    journey, person = mailing_journey(), rows.person(locale="en")
    run = rows.begin(journey, person, now=now)

    assert runs.look_at_due(now=now) == (1, 1)

    run.refresh_from_db()
    assert (run.step, run.lap, run.state, run.due_at) == ("rest", 1, Run.State.OPEN, now + DAY)
    assert (run.n_moves, run.lease_until, run.laps) == (1, None, {"hello": 1, "rest": 1})
    assert rows.way(run) == [("hello", 1, "next"), ("rest", 1, "")]
    [delivery] = Delivery.objects.all()
    assert (delivery.intent_key, delivery.locale, delivery.subscriber_id, delivery.state) == (
        f"run:{run.pk}:step:hello:lap:1",
        "en",
        person.pk,
        Delivery.State.QUEUED,
    )
    mailing = Mailing.objects.get(pk=delivery.mailing_id)
    assert (mailing.key, mailing.purpose_class, mailing.purpose, mailing.is_standing) == (
        f"journey:{journey.pk}:step:hello",
        "journey",
        journey.purpose,
        True,
    )


def test_nothing_is_done_before_it_is_due_and_the_end_is_told(now):
    run = rows.begin(rows.waiting(), rows.person(), now=now)
    runs.look_at_due(now=now)

    assert runs.look_at_due(now=now + DAY - timedelta(seconds=1)) == (0, 0)
    assert runs.look_at_due(now=now + DAY) == (1, 1)

    run.refresh_from_db()
    assert (run.state, run.why, run.ended_at, run.due_at) == (Run.State.ENDED, "end", now + DAY, None)
    assert rows.way(run) == [("rest", 1, "next"), ("over", 1, "end")]
    kinds = Event.objects.filter(subscriber=run.subscriber, kind__startswith="journey.").order_by("pk")
    assert list(kinds.values_list("kind", "object_key")) == [
        (Kind.JOURNEY_ENTERED, str(run.journey_id)),
        (Kind.JOURNEY_ENDED, str(run.journey_id)),
    ]


def test_a_claimed_run_is_passed_by_until_its_lease_ends(now, settings):
    run = rows.begin(rows.waiting(), rows.person(), now=now)
    lease = timedelta(seconds=settings.CIRCOLARE_LEASE_SECONDS)

    assert [claimed.pk for claimed in runs.claim(5, now=now)] == [run.pk]
    assert runs.claim(5, now=now + lease) == []
    assert [claimed.pk for claimed in runs.claim(5, now=now + lease + timedelta(seconds=1))] == [run.pk]


def test_two_hands_on_one_run_write_once(now):
    journey = mailing_journey()
    run = rows.begin(journey, rows.person(), now=now)
    graph = frozen.graph(run.version_id)
    [mine] = runs.claim(1, now=now)
    theirs = Run.objects.get(pk=run.pk)
    looks = [Look(hand, *advance(graph, runs.position_of(hand), Facts(now), now)) for hand in (mine, theirs)]

    assert committing.commit(looks[:1], now=now) == {run.pk}
    assert committing.commit(looks[1:], now=now) == set()

    assert rows.way(run) == [("hello", 1, "next"), ("rest", 1, "")]
    assert Delivery.objects.count() == 1


def test_a_visit_already_left_refuses_the_whole_commit(now):
    run = rows.begin(mailing_journey(), rows.person(), now=now)
    Passage.objects.filter(run=run).update(left_at=now)
    [claimed] = runs.claim(1, now=now)
    look = Look(claimed, *advance(frozen.graph(run.version_id), runs.position_of(claimed), Facts(now), now))

    with pytest.raises(committing.Doubled):
        committing.commit([look], now=now)

    run.refresh_from_db()
    assert (run.step, run.n_moves, Delivery.objects.count()) == ("hello", 0, 0)


def test_a_bad_run_holds_up_only_itself_and_says_why(now):
    journey = mailing_journey()
    good, bad = (rows.begin(journey, rows.person(), now=now) for _ in range(2))
    Run.objects.filter(pk=bad.pk).update(step="gone")

    assert runs.look_at_due(now=now) == (2, 1)

    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.step == "rest"
    assert (bad.state, bad.error, bad.n_tries) == (Run.State.OPEN, "Broken: there is no step 'gone'", 1)
    assert bad.due_at == now + timedelta(seconds=committing.FIRST_WAIT_SECONDS)
    assert runs.look_at_due(now=now) == (0, 0)


def test_a_commit_that_fails_is_done_one_by_one(now):
    journey = mailing_journey()
    good, bad = (rows.begin(journey, rows.person(), now=now) for _ in range(2))
    Passage.objects.filter(run=bad).update(left_at=now)

    assert runs.look_at_due(now=now) == (2, 1)

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.step, bad.step) == ("rest", "hello")
    assert bad.error.startswith("Doubled: ")


def test_looks_that_fail_come_later_and_later_and_then_the_run_is_stuck(now):
    run = rows.begin(mailing_journey(), rows.person(), now=now)
    Run.objects.filter(pk=run.pk).update(step="gone")
    waits = []
    for _ in range(committing.MAX_TRIES):
        runs.look_at_due(now=now)
        run.refresh_from_db()
        waits.append((run.due_at - now).total_seconds() if run.due_at else None)
        now = run.due_at or now

    assert waits == [30, 60, 120, 240, 480, 960, 1920, None]
    assert (run.state, run.n_tries) == (Run.State.FAILED, committing.MAX_TRIES)


def test_a_look_that_works_again_forgets_the_error(now):
    run = rows.begin(mailing_journey(), rows.person(), now=now)
    Run.objects.filter(pk=run.pk).update(step="gone")
    runs.look_at_due(now=now)
    Run.objects.filter(pk=run.pk).update(step="hello")

    runs.look_at_due(now=now + timedelta(minutes=1))

    run.refresh_from_db()
    assert (run.step, run.error, run.n_tries) == ("rest", "", 0)


@pytest.mark.parametrize("state", [State.ERASED, State.COMPLAINED, State.BLOCKED, State.BOUNCING])
def test_who_may_not_be_written_to_leaves_instead_of_moving(now, state):
    person = rows.person()
    run = rows.begin(mailing_journey(), person, now=now)
    changed = {"state": state}
    if state == State.ERASED:
        changed |= {"address": None, "address_key": None, "name": ""}
    Subscriber.objects.filter(pk=person.pk).update(**changed)

    assert runs.look_at_due(now=now) == (1, 0)

    run.refresh_from_db()
    assert (run.state, run.why, run.due_at) == (Run.State.LEFT, state, None)
    assert rows.way(run) == [("hello", 1, "left")]
    assert Delivery.objects.count() == 0


def test_who_withdrew_leaves_at_the_next_look_even_if_no_event_came(now):
    person = rows.person()
    run = rows.begin(mailing_journey(), person, now=now)
    person.permissions.update(is_given=False)

    runs.look_at_due(now=now)

    run.refresh_from_db()
    assert (run.state, run.why) == (Run.State.LEFT, "unsubscribed")


def test_going_to_another_journey_begins_it_in_the_same_breath(now):
    other = rows.waiting(name="Second")
    first = rows.journey(graph_of(step("off", "go_to", {"journey": other.pk})), name="First")
    run = rows.begin(first, rows.person(), now=now)

    runs.look_at_due(now=now)

    run.refresh_from_db()
    assert (run.state, run.why) == (Run.State.ENDED, f"journey {other.pk}")
    begun = Run.objects.get(journey=other)
    assert (begun.entry_key, begun.step, begun.subscriber_id) == (
        f"run:{run.pk}:step:off:lap:1",
        "rest",
        run.subscriber_id,
    )


def test_a_click_in_the_mail_of_a_step_leads_on_and_is_kept(now):
    key = "ab" * 16
    graph = graph_of(
        step("hello", "mail", {"email": rows.email()}, next="clicks"),
        clicked("clicks", yes="over", no="over", in_mail="hello"),
        OVER,
    )
    run = rows.begin(rows.journey(graph), rows.person(), now=now)
    runs.look_at_due(now=now)
    mailing = Mailing.objects.get(key=f"journey:{run.journey_id}:step:hello")
    payload = {"translation": key, "title": "The long walk", "mailing": mailing.pk}
    at = now + timedelta(minutes=5)
    rows.told("link.clicked", run.subscriber, at, object_kind="page", object_key="7", payload={"mailing": 0})
    event = rows.told("link.clicked", run.subscriber, at, object_kind="page", object_key="7", payload=payload)

    triggers.consume(now=at)
    runs.look_at_due(now=at)

    assert rows.way(run) == [("hello", 1, "next"), ("clicks", 1, "happened"), ("over", 1, "end")]
    seen = run.passages.get(step="clicks").seen
    assert (seen["event"], seen["title"], seen["translation"]) == (event.pk, "The long walk", key)


def test_only_clicks_of_people_count_and_unjudged_ones_wait(now):
    run = rows.begin(rows.journey(graph_of(clicked("clicks", yes="over", no="over"), OVER)), rows.person(), now=now)
    runs.look_at_due(now=now)
    at = now + timedelta(minutes=5)
    rows.told("link.clicked", run.subscriber, at, evidence="machine", object_kind="page", object_key="7")
    rows.told("link.clicked", run.subscriber, at, evidence="unsure", object_kind="page", object_key="7")
    unjudged = rows.told(
        "link.clicked", run.subscriber, at, is_judged=False, evidence="unsure", object_kind="page", object_key="8"
    )
    late = now + timedelta(hours=1)

    runs.look_at_due(now=late)
    assert rows.way(run) == [("clicks", 1, "")]

    Event.objects.filter(pk=unjudged.pk).update(evidence="machine")
    runs.look_at_due(now=late + timedelta(seconds=2))
    assert rows.way(run) == [("clicks", 1, "timeout"), ("over", 1, "end")]


def test_mails_of_a_journey_begun_by_a_resource_lead_to_it(now):
    graph = graph_of(step("hello", "mail", {"email": rows.email()}, next="over"), OVER,
                     entries=[{"on": "resource.granted"}])  # fmt: skip
    rows.journey(graph)
    rows.told(Kind.RESOURCE_GRANTED, rows.person(), now, object_kind="resource", object_key="7", payload={"grant": 41})

    triggers.consume(now=now)
    runs.look_at_due(now=now)

    assert Delivery.objects.get().context == {"grant": 41}


def test_a_rule_is_answered_for_all_at_once(now, django_assert_num_queries):
    settings = {"ask": "rule", "rule": {"field": "locale", "is": "it"}}
    graph = graph_of(step("which", "check", settings, yes="a", no="b"), step("a", "wait", {"seconds": 60}, next="over"),
                     step("b", "wait", {"seconds": 60}, next="over"), OVER)  # fmt: skip
    journey = rows.journey(graph)
    italian, english = (rows.begin(journey, rows.person(locale=code), now=now) for code in ("it", "en"))

    runs.look_at_due(now=now)

    assert rows.way(italian) == [("which", 1, "yes"), ("a", 1, "")]
    assert rows.way(english) == [("which", 1, "no"), ("b", 1, "")]


def queries_of_a_batch(n_people: int, now) -> int:
    settings = {"ask": "rule", "rule": {"field": "locale", "is": "it"}}
    graph = graph_of(
        step("hello", "mail", {"email": rows.email()}, next="clicks"),
        clicked("clicks", yes="which", no="over", in_mail="hello"),
        step("which", "check", settings, yes="more", no="over"),
        step("more", "mail", {"email": rows.email("More")}, next="over"),
        OVER,
    )
    journey = rows.journey(graph)
    for number in range(n_people):
        run = rows.begin(journey, rows.person(), now=now, key=f"event:{number}")
    runs.look_at_due(now=now)
    mailing = Mailing.objects.get(key=f"journey:{journey.pk}:step:hello")
    for run in journey.runs.all():
        rows.told("link.clicked", run.subscriber, now, object_kind="page", payload={"mailing": mailing.pk})
    triggers.consume(now=now)
    frozen.needs(run.version_id, "clicks")
    committing.mails.prepare([(run, committing.Mail("", "more", graph["steps"][3]["settings"]["email"]))])
    before = len(connection.queries_log)
    assert runs.look_at_due(now=now) == (n_people, n_people)
    return len(connection.queries_log) - before


def test_a_batch_asks_the_database_as_often_for_three_as_for_one(now, settings):
    connection.force_debug_cursor = True
    try:
        assert queries_of_a_batch(1, now) == queries_of_a_batch(3, now)
    finally:
        connection.force_debug_cursor = False


def test_the_clock_is_the_databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]

    assert abs(clock.read() - before) < timedelta(seconds=5)


def test_draining_journeys_end_when_the_last_has_gone(now):
    journey = rows.waiting()
    run = rows.begin(journey, rows.person(), now=now)
    Journey.objects.filter(pk=journey.pk).update(state=Journey.State.DRAINING)

    assert runs.finish_drained() == 0
    runs.look_at_due(now=now)
    Run.objects.filter(pk=run.pk).update(due_at=now, entered_step_at=now - DAY)
    runs.look_at_due(now=now)
    assert runs.finish_drained() == 1

    journey.refresh_from_db()
    assert journey.state == Journey.State.ENDED


def test_a_version_that_sends_another_mail_at_the_same_step_has_its_own_mailing(now):
    journey = mailing_journey()
    early = rows.begin(journey, rows.person(), now=now)
    other = rows.email("Other")
    graph = JourneyVersion.objects.get(journey=journey).graph
    graph["steps"][0]["settings"]["email"] = other
    newer = JourneyVersion.objects.create(journey=journey, number=2, graph=graph)
    late = rows.begin(journey, rows.person(), now=now)
    assert late.version == newer

    runs.look_at_due(now=now)

    keys = dict(Delivery.objects.values_list("subscriber", "mailing__key"))
    assert keys == {
        early.subscriber_id: f"journey:{journey.pk}:step:hello",
        late.subscriber_id: f"journey:{journey.pk}:step:hello:{other}",
    }
    assert {mailing.email.hex for mailing in Mailing.objects.filter(key__endswith=other)} == {other}


def test_withdrawing_consent_through_the_product_takes_a_person_out_at_once(now):
    person = rows.person()
    run = rows.begin(rows.waiting(), person, now=now)
    runs.look_at_due(now=now)

    consent.withdraw(person, rows.purpose(), source="home", now=now)
    Event.objects.filter(kind=Kind.CONSENT_WITHDRAWN).get()
    connection.cursor().execute("UPDATE subscribers_pendingevent SET stage = 'journeys'")
    triggers.consume(now=now)

    run.refresh_from_db()
    assert (run.state, run.why) == (Run.State.LEFT, "unsubscribed")
    assert rows.way(run) == [("rest", 1, "left")]
