"""What events forget with time, and that it was forgotten."""

from datetime import UTC, datetime, timedelta

import pytest

from subscribers import events, facts, forgetting
from subscribers.events import NewEvent
from subscribers.models import Event, EventKey, Evidence, Facts, Grant, Kind, PendingEvent
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def read(person: int | None, days_ago: float, **payload: object) -> NewEvent:
    return NewEvent(
        kind=Kind.PAGE_READ,
        subscriber_id=person,
        occurred_at=NOW - timedelta(days=days_ago),
        source="site",
        evidence=Evidence.HUMAN,
        key=f"{person} {days_ago}",
        payload={"translation": "p", "topics": ["a" * 32], "agent": "Mozilla/5.0 …", **payload},
    )


@pytest.mark.django_db
def test_what_the_browser_said_goes_first_and_the_rest_stays() -> None:
    person = people.subscriber()
    events.record_many([read(person.pk, 31), read(person.pk, 29)], now=NOW)

    assert forgetting.prune(NOW)["agents"] == 1

    assert list(Event.objects.order_by("occurred_at").values_list("payload", flat=True)) == [
        {"translation": "p", "topics": ["a" * 32]},
        {"translation": "p", "topics": ["a" * 32], "agent": "Mozilla/5.0 …"},
    ]
    assert forgetting.prune(NOW)["agents"] == 0


@pytest.mark.django_db
def test_events_go_after_their_time_and_facts_tell_only_what_events_tell() -> None:
    person, other = people.subscriber(), people.subscriber()
    events.record_many([read(person.pk, 731), read(person.pk, 700), read(other.pk, 900), read(None, 900)], now=NOW)
    facts.process(10, now=NOW)
    assert dict(Facts.objects.values_list("subscriber_id", "n_reads")) == {person.pk: 2, other.pk: 1}

    assert forgetting.prune(NOW)["events"] == 3

    assert Event.objects.get().subscriber_id == person.pk
    assert dict(Facts.objects.values_list("subscriber_id", "n_reads")) == {person.pk: 1, other.pk: 0}
    kept = list(Facts.objects.order_by("pk").values())
    facts.rebuild(now=NOW)
    assert list(Facts.objects.order_by("pk").values()) == kept


@pytest.mark.django_db
def test_an_old_event_that_still_waits_leaves_the_queue_too() -> None:
    events.record_many([read(people.subscriber().pk, 800)], now=NOW)

    forgetting.prune(NOW)

    assert not PendingEvent.objects.exists()


@pytest.mark.django_db
def test_keys_and_ended_rights_are_forgotten(settings: object) -> None:
    settings.CIRCOLARE_EVENT_DAYS = 100
    person = people.subscriber()
    events.record_many([read(person.pk, 1)], now=NOW - timedelta(days=91))
    events.record_many([read(person.pk, 2)], now=NOW)
    for days in (101, 99):
        Grant.objects.create(subscriber=person, title="x", expires_at=NOW - timedelta(days=days))

    numbers = forgetting.prune(NOW)

    assert (numbers["event_keys"], numbers["grants"]) == (1, 1)
    assert (EventKey.objects.count(), Grant.objects.count()) == (1, 1)
