"""Daily chores: once a day, by one worker, and one that fails holds nobody up."""

import zlib
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from wagtail.models import Locale, Page

from campaigns import chores
from campaigns.chores import Duty
from campaigns.models import Chore
from tests.factories import content

NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)  # half past three in Rome
DAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("done_at", "now", "is_due"),
    [
        (None, DAY, True),
        (NIGHT - timedelta(days=1), NIGHT, True),
        (NIGHT - timedelta(hours=1), NIGHT, False),
        (DAY - timedelta(hours=24), DAY, False),
        (DAY - timedelta(hours=31), DAY, True),
    ],
)
def test_a_chore_is_due_once_a_night_or_after_a_long_sleep(
    done_at: datetime | None, now: datetime, is_due: bool
) -> None:
    assert chores.is_due(done_at, now) is is_due


@pytest.mark.django_db
def test_a_chore_is_done_once_and_its_numbers_are_kept() -> None:
    duties = [Duty("count", lambda now: {"things": 3})]

    assert (chores.do_due(DAY, duties), chores.do_due(DAY, duties)) == (["count"], [])
    assert (Chore.objects.get(name="count").done_at, Chore.objects.get(name="count").result) == (DAY, {"things": 3})


@pytest.mark.django_db
def test_a_chore_that_fails_stays_due_and_lets_the_next_be_done() -> None:
    def fail(now: datetime) -> dict[str, int]:
        raise RuntimeError("no")

    duties = [Duty("fails", fail), Duty("works", lambda now: {})]

    assert chores.do_due(DAY, duties) == ["works"]
    assert Chore.objects.get(name="fails").done_at is None


@pytest.mark.django_db
def test_a_chore_in_other_hands_is_left_alone(settings: object) -> None:
    duties = [Duty("shared", lambda now: {})]
    key = zlib.crc32(f"{settings.CIRCOLARE_KEY_PREFIX}chore:shared".encode())

    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [key])
        assert chores.do_due(DAY, duties) == []
        # The server notices a closed connection in its own time.
        other.execute("SELECT pg_advisory_unlock(%s)", [key])

    assert chores.do_due(DAY, duties) == ["shared"]


@pytest.mark.django_db
def test_sessions_that_are_over_are_deleted() -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=DAY - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=DAY + timedelta(seconds=1))

    assert chores.forget_sessions(DAY) == {"sessions": 1}
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


@pytest.mark.django_db
def test_pages_are_published_and_taken_back_when_somebody_said(
    italian: Locale, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon, gone, later = (content.article(italian, title) for title in ("Presto", "Via", "Poi"))
    now = timezone.now()
    for page, at in ((soon, now + timedelta(hours=1)), (later, now + timedelta(days=1))):
        page.unpublish()
        page.go_live_at = at
        page.save_revision().publish()
    gone.expire_at = now + timedelta(hours=1)
    gone.save_revision().publish()
    chores.publish_pages()
    assert live(soon, gone, later) == [False, True, False]

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    chores.publish_pages()

    assert live(soon, gone, later) == [True, False, False]


def live(*pages: Page) -> list[bool]:
    return [Page.objects.get(pk=page.pk).live for page in pages]
