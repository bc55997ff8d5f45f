"""What a colleague does with one person by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from campaigns.journeys import entering, hands, runs, versions
from campaigns.models import Journey, Run
from subscribers.models import State, Subscriber
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import graph_of, step
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
OVER = step("over", "end")


@pytest.fixture
def now():
    return timezone.now()


def standing(run: Run) -> hands.Standing:
    return run.step, run.lap


def test_moving_on_ends_the_wait_and_pressing_twice_moves_once(now):
    graph = graph_of(step("one", "wait", {"seconds": 86_400}, next="two"),
                     step("two", "wait", {"seconds": 86_400}, next="over"), OVER)  # fmt: skip
    run = rows.begin(rows.journey(graph), rows.person(), now=now)
    runs.look_at_due(now=now)
    seen = standing(run)

    assert hands.move_on(run, seen, now=now)
    assert hands.move_on(run, seen, now=now)
    runs.look_at_due(now=now)
    assert not hands.move_on(run, seen, now=now)
    runs.look_at_due(now=now)

    assert rows.way(run) == [("one", 1, "next"), ("two", 1, "")]
    assert run.passages.get(step="one").why == "by-hand"


def test_nobody_is_moved_in_a_paused_journey(now):
    journey = rows.waiting()
    run = rows.begin(journey, rows.person(), now=now)
    runs.look_at_due(now=now)
    versions.pause(journey, user=None, now=now)

    assert not hands.move_on(run, standing(run), now=now)


def test_taking_out_ends_the_run_once(now):
    run = rows.begin(rows.waiting(), rows.person(), now=now)

    assert hands.take_out(run, standing(run), now=now)
    assert not hands.take_out(run, standing(run), now=now)

    run.refresh_from_db()
    assert (run.state, run.why) == (Run.State.LEFT, "by-hand")


def test_a_stuck_run_is_looked_at_again(now):
    run = rows.begin(rows.waiting(), rows.person(), now=now)
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, due_at=None, n_tries=8, error="x")

    assert hands.retry(run, standing(run), now=now)
    runs.look_at_due(now=now)

    run.refresh_from_db()
    assert (run.state, run.error, run.n_tries) == (Run.State.OPEN, "", 0)


def test_letting_in_by_hand_begins_at_once_and_passes_over_the_reentry_rule(now):
    journey, person = rows.waiting(), rows.person()

    assert hands.let_in(journey, person, user_id=3, now=now) == ""
    journey.runs.update(state=Run.State.ENDED)
    later = now + timedelta(seconds=2)
    assert hands.let_in(journey, person, user_id=3, now=later) == ""

    keys = [f"by-hand:3:{int(moment.timestamp())}" for moment in (now, later)]
    assert sorted(journey.runs.values_list("entry_key", flat=True)) == sorted(keys)


def test_who_cannot_be_let_in_is_told_why(now):
    journey = rows.waiting()
    inside, stranger, bounced = rows.person(), people.subscriber(), rows.person()
    rows.begin(journey, inside, now=now)
    Subscriber.objects.filter(pk=bounced.pk).update(state=State.BOUNCING)
    bounced.refresh_from_db()
    with translation.override("en"):
        said = [hands.let_in(journey, person, user_id=3, now=now) for person in (inside, stranger, bounced)]
        Journey.objects.filter(pk=journey.pk).update(state=Journey.State.PAUSED)
        journey.refresh_from_db()
        closed = entering.refusal(journey, rows.person())

    assert said == [
        "This person is on the way in it already.",
        f"This person has not agreed to “{journey.purpose}”.",
        "Nothing may be written to this person (Bouncing).",
    ]
    assert closed == "The journey is not live: nobody enters."
    assert journey.runs.count() == 1


def test_people_are_found_by_a_part_of_name_or_address(now):
    anna = people.subscriber("anna.rossi@letters.example", name="Anna")
    people.subscriber("bruno@letters.example", name="Bruno")

    assert list(hands.search("ROSSI")) == [anna]
    assert list(hands.search("ann")) == [anna]
    assert list(hands.search("%")) == []
