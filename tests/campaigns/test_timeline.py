"""One person's history, as the office reads it."""

import pytest
from django.utils import translation

from campaigns.office import timeline
from subscribers.home import leaving
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


def test_why_somebody_left_stands_in_words() -> None:
    person = people.subscriber()
    leaving.explain(person, "too-many", None, now=people.NOW)

    with translation.override("en"):
        lines = timeline.of(person)

    assert [(line.at, line.what, line.text) for line in lines] == [(people.NOW, "said why they left", "Too many mails")]
