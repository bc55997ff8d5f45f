"""The clock, the ticks and what a monitor sees of them."""

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest
from celery.beat import ScheduleEntry
from django.test import Client
from django.utils import timezone

from campaigns import heartbeats
from campaigns.models import Heartbeat
from circolare.beat import LONGEST_QUEUE, Scheduler
from circolare.celery import app

NAMES = [heartbeats.BEAT, *(heartbeats.worker(queue) for queue in heartbeats.QUEUES)]


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue of the test's own, on the broker of the test run."""
    name = f"test-{uuid4().hex}"
    yield name
    with app.connection_for_write() as link, link.channel() as channel:
        channel.queue_delete(name)


def entry(queue: str) -> ScheduleEntry:
    return ScheduleEntry(
        name="send", task="tasks.send.tick", schedule=1.0, options={"queue": queue, "expires": 5}, app=app
    )


@pytest.mark.django_db
def test_a_healthy_installation_answers_200(client: Client) -> None:
    for name in NAMES:
        Heartbeat.objects.create(name=name, at=timezone.now())

    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert json.loads(answer.content) == {
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "broker": "ok",
        "silent": [],
        "sending": "open",
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_a_silent_worker_answers_503_and_is_named(client: Client) -> None:
    for name in NAMES[:-1]:
        Heartbeat.objects.create(name=name, at=timezone.now())

    answer = client.get("/healthz")

    assert (answer.status_code, json.loads(answer.content)["silent"]) == (503, ["worker:upkeep"])


@pytest.mark.django_db
def test_a_cache_that_is_away_answers_503(client: Client, settings: object) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    answer = client.get("/healthz")
    del settings.CACHES

    assert (answer.status_code, json.loads(answer.content)["cache"]) == (503, "down")


def test_the_clock_stops_filling_a_queue_that_nobody_empties(queue: str) -> None:
    clock = Scheduler(app, lazy=True)

    for _ in range(LONGEST_QUEUE + 15):
        clock.apply_entry(entry(queue))

    assert clock.length(queue) == LONGEST_QUEUE


def test_a_queue_that_does_not_exist_yet_is_empty(queue: str) -> None:
    assert Scheduler(app, lazy=True).length(queue) == 0


def test_a_broker_that_is_away_does_not_stop_the_clock() -> None:
    away = app.__class__("away", broker="redis://127.0.0.1:1/0", set_as_current=False)
    away.conf.broker_transport_options = {"socket_connect_timeout": 1}

    assert Scheduler(away, lazy=True).length("send") == 0
