"""The events tick."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscribers import events
from subscribers.events import NewEvent
from subscribers.models import Evidence, Facts, Kind, PendingEvent, Stage
from tasks.events import tick
from tests.factories import subscribers as people


@pytest.mark.django_db
def test_a_tick_folds_what_waits_and_lets_old_stages_fall() -> None:
    now = timezone.now()
    reader, silent = people.subscriber(), people.subscriber(stage=Stage.ASK)
    Facts.objects.create(subscriber=silent, stage_until=now - timedelta(days=1), updated_at=now)
    act = NewEvent(
        kind=Kind.PAGE_READ, subscriber_id=reader.pk, occurred_at=now, source="site", evidence=Evidence.HUMAN
    )
    events.record_many([act] * 3, now=now)

    tick()

    assert set(PendingEvent.objects.values_list("stage", flat=True)) == {"journeys"}
    assert Facts.objects.get(subscriber=reader).n_reads == 3
    reader.refresh_from_db()
    silent.refresh_from_db()
    assert (reader.stage, silent.stage) == (Stage.AWARE, Stage.NONE)
