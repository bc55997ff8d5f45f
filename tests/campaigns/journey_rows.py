"""Rows for the journey tests: published emails, live journeys, people who agreed."""

import uuid
from datetime import datetime

from django.utils import timezone
from wagtail.models import Locale

from campaigns.journeys import entering, versions
from campaigns.models import Email, Journey, Run
from subscribers import events
from subscribers.models import Event, Evidence, PendingEvent, Purpose, Subscriber
from tests.campaigns.journey_graphs import graph_of, step
from tests.factories import subscribers as people

PURPOSE = "newsletter-lettera"


def email(name: str = "Hello", *, languages: tuple[str, ...] = ("it", "en"), is_live: bool = True) -> str:
    """The translation key (hex) of an email in these languages."""
    key = uuid.uuid4()
    for code in languages:
        Email.objects.create(
            translation_key=key,
            locale=Locale.objects.get(language_code=code),
            name=f"{name} {code}",
            subject=f"{name} {code}",
            body=[],
            live=is_live,
        )
    return key.hex


def purpose() -> Purpose:
    """The purpose that the journeys of these tests stand on."""
    return Purpose.objects.filter(key=PURPOSE).first() or people.purpose(PURPOSE)


def person(**fields: object) -> Subscriber:
    """Somebody who agreed to it."""
    made = people.subscriber(**fields)
    people.agreed(made, purpose())
    return made


def journey(graph: dict, *, name: str = "Welcome", now: datetime | None = None) -> Journey:
    """A live journey with this graph as its first version."""
    made = Journey.objects.create(name=name, purpose=purpose(), graph=graph)
    versions.publish(made, user=None, now=now or timezone.now())
    return made


def waiting(**rest: object) -> Journey:
    """A live journey that waits a day, then ends."""
    graph = graph_of(step("rest", "wait", {"seconds": 86_400}, next="over"), step("over", "end"))
    return journey(graph, **rest)


def begin(made: Journey, person: Subscriber, *, now: datetime, key: str = "event:1") -> Run:
    """That person's run, begun now."""
    wish = entering.Wish(journey_id=made.pk, subscriber_id=person.pk, entry_key=key, at=now)
    [run_id] = entering.enter([wish], now=now)
    return Run.objects.get(pk=run_id)


def told(
    kind: str,
    person: Subscriber,
    at: datetime,
    *,
    is_judged: bool = True,
    evidence: str = Evidence.HUMAN,
    **fields: object,
) -> Event:
    """An event of the person; judged ones wait for the journeys, others for the facts."""
    event = events.record(
        kind, subscriber_id=person.pk, occurred_at=at, now=at, source="site", evidence=evidence, **fields
    )
    if is_judged:
        PendingEvent.objects.filter(event=event).update(stage=PendingEvent.For.JOURNEYS)
    return event


def way(run: Run) -> list[tuple[str, int, str]]:
    """(step, lap, outcome) of each visit, the open one last with an empty outcome."""
    return list(run.passages.order_by("pk").values_list("step", "lap", "outcome"))
