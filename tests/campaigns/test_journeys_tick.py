"""The tick: from an event to a queued mail, by the database's clock."""

import pytest
from django.utils import timezone

from campaigns.models import Delivery, Journey, Run
from subscribers.models import Kind
from tasks.journeys import tick
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import graph_of, step

pytestmark = pytest.mark.django_db
OVER = step("over", "end")
ON_CONFIRM = [{"on": "consent.confirmed", "object": {"kind": "purpose", "key": rows.PURPOSE}}]


def test_one_tick_lets_in_and_moves_on():
    graph = graph_of(step("hello", "mail", {"email": rows.email()}, next="over"), OVER, entries=ON_CONFIRM)
    journey = rows.journey(graph)
    rows.told(Kind.CONSENT_CONFIRMED, rows.person(), timezone.now(), object_kind="purpose", object_key=rows.PURPOSE)

    assert tick() == 1

    run = journey.runs.get()
    assert (run.state, rows.way(run)) == (Run.State.ENDED, [("hello", 1, "next"), ("over", 1, "end")])
    assert Delivery.objects.get().intent_key == f"run:{run.pk}:step:hello:lap:1"
    assert tick() == 0


def test_a_tick_ends_a_journey_that_has_drained():
    journey = rows.waiting()
    Journey.objects.filter(pk=journey.pk).update(state=Journey.State.DRAINING)

    tick()

    journey.refresh_from_db()
    assert journey.state == Journey.State.ENDED


def test_a_tick_with_nothing_to_do_asks_four_questions(django_assert_num_queries):
    tick()

    with django_assert_num_queries(4):
        tick()
