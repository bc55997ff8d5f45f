"""Who lives, and what the admin says when somebody does not."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaigns import attention, fence, heartbeats
from campaigns.models import Heartbeat
from subscribers import events
from subscribers.models import PendingEvent, SignupForm
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
ALL = [heartbeats.BEAT, *(heartbeats.worker(queue) for queue in heartbeats.QUEUES)]


@pytest.fixture(autouse=True)
def forget_what_was_said() -> Iterator[None]:
    heartbeats._last_said.clear()
    Heartbeat.objects.all().delete()
    yield
    heartbeats._last_said.clear()


def test_what_never_spoke_is_silent() -> None:
    assert heartbeats.silent(timezone.now()) == ALL


def test_a_word_is_written_once_in_a_while(django_assert_num_queries: object) -> None:
    heartbeats.say("beat")
    with django_assert_num_queries(0):
        heartbeats.say("beat")

    assert "beat" not in heartbeats.silent(timezone.now())


def test_what_spoke_long_ago_is_silent() -> None:
    now = timezone.now()
    for name in ALL:
        Heartbeat.objects.create(name=name, at=now)

    assert heartbeats.silent(now) == []
    assert heartbeats.silent(now + heartbeats.SILENT_AFTER + timedelta(seconds=1)) == ALL


def test_a_silent_clock_is_one_notice_and_a_silent_worker_names_its_queue() -> None:
    now = timezone.now()
    fence.is_open()
    assert [notice.key for notice in attention.notices(now)] == ["beat"]

    for name in ALL:
        Heartbeat.objects.create(name=name, at=now)
    assert attention.notices(now) == []

    Heartbeat.objects.filter(name="worker:send").delete()
    assert [(notice.key, notice.is_urgent) for notice in attention.notices(now)] == [("worker:send", True)]


def test_a_closed_fence_is_a_notice() -> None:
    now = timezone.now()
    for name in ALL:
        Heartbeat.objects.create(name=name, at=now)
    fence.close(fence.RESTORED)

    assert [notice.key for notice in attention.notices(now)] == ["fence"]


def all_is_well(now: datetime) -> None:
    for name in ALL:
        Heartbeat.objects.create(name=name, at=now)
    fence.is_open()


def test_a_form_that_rests_in_two_languages_is_one_notice() -> None:
    now = timezone.now()
    all_is_well(now)
    letter = people.purpose("letter")
    people.signup_form(letter, key="main")
    SignupForm.objects.update(paused_until=now + timedelta(minutes=10))

    assert [(notice.key, notice.is_urgent) for notice in attention.notices(now)] == [("form:main", False)]
    SignupForm.objects.update(paused_until=now)
    assert attention.notices(now) == []


def test_events_given_up_are_a_notice_until_they_are_revived() -> None:
    now = timezone.now()
    all_is_well(now)
    events.record("noted", occurred_at=now, now=now, source="admin", subscriber_id=people.subscriber().pk)
    PendingEvent.objects.update(n_tries=events.MAX_TRIES, error="boom")
    assert [notice.key for notice in attention.notices(now)] == ["events:dead"]

    said = io.StringIO()
    call_command("revive_events", stdout=said)

    assert "boom" in said.getvalue()
    assert attention.notices(now) == []
