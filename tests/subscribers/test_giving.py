"""Consent of many at once: row for row what `consent.give` writes for one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from content.models import Topic
from subscribers import consent, giving
from subscribers.models import Consent, Event, Permission, State, Subscriber
from subscribers.signup import welcoming
from tests.factories import subscribers as make

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def written(person: Subscriber) -> dict[str, Any]:
    """Everything that a consent leaves behind, without ids."""
    person.refresh_from_db()
    consents = Consent.objects.filter(subscriber=person).order_by("id")
    said = Event.objects.filter(subscriber=person).order_by("object_key")
    return {
        "state": person.state,
        "consents": list(consents.values("purpose", "step", "wording", "locale", "source", "at", "is_sample")),
        "permissions": list(
            Permission.objects.filter(subscriber=person).order_by("purpose").values("purpose", "is_given", "since")
        ),
        "events": list(
            said.values("kind", "object_kind", "object_key", "occurred_at", "source", "evidence", "payload")
        ),
    }


@pytest.mark.django_db
def test_many_leave_behind_what_each_would_alone() -> None:
    letter, tracking = make.purpose("newsletter-lettera"), make.tracking()
    alone, among = make.subscriber("anna@posta.example"), make.subscriber("bruno@posta.example")
    for purpose in (letter, tracking):
        consent.give(alone, purpose, source="form:lettera", locale="it", now=NOW)

    gifts = [
        giving.Gift(subscriber=among, purpose=one, source="form:lettera", locale="it", at=NOW)
        for one in (letter, tracking)
    ]
    rows = giving.give_many(gifts, now=NOW)

    assert written(among) == written(alone)
    assert (len(rows), among.state) == (2, State.ACTIVE)
    assert giving.give_many(gifts, now=NOW + timedelta(days=1)) == []
    assert consent.rebuild(now=NOW) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("n_people", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_people(n_people: int) -> None:
    letter = make.purpose("newsletter-lettera")
    people = [make.subscriber(f"reader{number}@posta.example") for number in range(n_people)]
    gifts = [giving.Gift(subscriber=one, purpose=letter, source="home", locale="it", at=NOW) for one in people]

    with CaptureQueriesContext(
        connection,
    ) as seen:
        giving.give_many(gifts, now=NOW)

    assert len(seen) == 10


@pytest.mark.django_db
def test_first_topics_of_many_are_kept_and_told_as_those_of_one(italian: object) -> None:
    topics = [Topic.objects.create(name=name, slug=name.lower(), locale=italian) for name in ("Vento", "Neve")]
    alone, among, without = (make.subscriber(f"{name}@posta.example") for name in ("anna", "bruno", "carla"))
    welcoming.keep_topics(alone, topics, now=NOW)

    welcoming.keep_first_topics([(among, topics, NOW), (without, [], NOW)], now=NOW)

    assert set(among.topics.all()) == set(alone.topics.all()) == set(topics)
    assert written(among) == written(alone)
    assert written(without)["events"] == []
