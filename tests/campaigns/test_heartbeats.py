"""Who lives, and what the admin says when somebody does not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import attention, fence, heartbeats
from campaigns.models import Heartbeat

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
