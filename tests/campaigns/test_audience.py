"""Who gets an issue and who is left out: counted and frozen alike, set-wise, safe to run again."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from campaigns import audience, gate
from campaigns.models import Delivery, IssuePage, Mailing
from subscribers import consent
from subscribers.models import Frequency, Segment, Suppression
from tests.campaigns import letters
from tests.factories import campaigns as make
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def issue() -> IssuePage:
    return letters.issue(Locale.objects.get(language_code="it"))


def readers(issue: IssuePage, n: int, **fields: object) -> list:
    made = [people.subscriber(**fields) for _ in range(n)]
    for person in made:
        people.agreed(person, issue.newsletter.purpose)
    return made


def mailing_of(issue: IssuePage) -> Mailing:
    return make.mailing(state=Mailing.State.FREEZING, purpose=issue.newsletter.purpose, issue=issue)


def one_of_each(issue: IssuePage) -> dict[str, str]:
    """A reader for each reason that is known before the mails leave; the reason by address."""
    suppressed, paused, weekly, goes = readers(issue, 4)
    consent.suppress(suppressed.address_key, Suppression.Reason.HARD_BOUNCE, now=NOW)
    consent.pause(paused, NOW + timedelta(days=3), now=NOW)
    type(weekly).objects.filter(pk=weekly.pk).update(frequency=Frequency.WEEKLY)
    make.delivery(make.mailing(), weekly, state="accepted", done_at=NOW - timedelta(days=2), claimed_at=NOW)
    return {
        suppressed.address: "suppressed",
        paused.address: "paused",
        weekly.address: "weekly",
        goes.address: "",
    }


def test_count_and_freeze_tell_the_same(issue: IssuePage) -> None:
    expected = one_of_each(issue)
    withdrawn = readers(issue, 1)[0]
    consent.withdraw(withdrawn, issue.newsletter.purpose, source="home", now=NOW)
    people.subscriber()
    mailing = mailing_of(issue)

    count = audience.count(issue, now=NOW)
    n_rows = audience.freeze(mailing, now=NOW)

    rows = {row.address: row.reason for row in mailing.deliveries.all()}
    assert rows == expected
    assert n_rows == 4
    assert (count.n_going, count.left_out) == (1, {"suppressed": 1, "paused": 1, "weekly": 1})
    assert count.n_chosen == 4
    assert dict(mailing.deliveries.values_list("reason", "state")) == {
        "": "queued", "suppressed": "excluded", "paused": "excluded", "weekly": "excluded",
    }  # fmt: skip


def test_what_freezing_excludes_the_gate_would_exclude_for_the_same_reason(issue: IssuePage, settings) -> None:
    settings.CIRCOLARE_CAP_MAILS, settings.CIRCOLARE_CAP_DAYS = 2, 7
    one_of_each(issue)
    tired = readers(issue, 1)[0]
    for days in (1, 2):
        make.delivery(make.mailing(), tired, state="accepted", done_at=NOW - timedelta(days=days), claimed_at=NOW)
    mailing = mailing_of(issue)
    audience.freeze(mailing, now=NOW)
    frozen = {row.pk: str(row.reason) for row in mailing.deliveries.all()}

    verdicts = gate.check(list(mailing.deliveries.all()), now=NOW)

    judged = {number: str(verdict.reason) if verdict != gate.Go() else "" for number, verdict in verdicts.items()}
    assert judged == frozen
    assert Counter(frozen.values()) == {"": 1, "suppressed": 1, "paused": 1, "weekly": 1, "cap": 1}


def test_freezing_again_after_an_interruption_adds_only_who_is_missing(issue: IssuePage, monkeypatch) -> None:
    monkeypatch.setattr(audience, "CHUNK_IDS", 3)
    readers(issue, 10)
    mailing = mailing_of(issue)
    audience.freeze(mailing, now=NOW)
    kept = set(mailing.deliveries.values_list("pk", flat=True)[:4])
    mailing.deliveries.exclude(pk__in=kept).delete()

    n_rows = audience.freeze(mailing, now=NOW)

    assert n_rows == 10
    assert kept < set(mailing.deliveries.values_list("pk", flat=True))
    assert mailing.deliveries.values("subscriber").distinct().count() == 10


def test_each_reader_gets_a_language_the_issue_has(issue: IssuePage) -> None:
    readers(issue, 2, locale="it")
    readers(issue, 3, locale="en")
    readers(issue, 1, locale="fr")

    before = audience.count(issue, now=NOW)
    english = issue.copy_for_translation(Locale.objects.get(language_code="en"), copy_parents=True)
    draft = audience.count(issue, now=NOW)
    english.save_revision().publish()
    after = audience.count(issue, now=NOW)
    mailing = mailing_of(issue)
    audience.freeze(mailing, now=NOW)

    assert (before.by_locale, before.n_without_translation) == ({"it": 6}, 4)
    assert draft.by_locale == {"it": 6}
    assert (after.by_locale, after.n_without_translation) == ({"it": 3, "en": 3}, 1)
    assert Counter(mailing.deliveries.values_list("locale", flat=True)) == after.by_locale


def test_whoever_had_the_issue_before_it_was_cancelled_does_not_get_it_again(issue: IssuePage) -> None:
    had, maybe, excluded, fresh = readers(issue, 4)
    earlier = mailing_of(issue)
    make.delivery(earlier, had, state="accepted", done_at=NOW - timedelta(days=30), claimed_at=NOW)
    make.delivery(earlier, maybe, state="unknown", done_at=NOW - timedelta(days=30), claimed_at=NOW)
    make.delivery(earlier, excluded, state="excluded", reason="cancelled", done_at=NOW - timedelta(days=30))
    Mailing.objects.filter(pk=earlier.pk).update(state=Mailing.State.CANCELLED)

    assert audience.count(issue, now=NOW).left_out == {"already": 2}
    again = mailing_of(issue)
    audience.freeze(again, now=NOW)

    rows = dict(again.deliveries.values_list("subscriber_id", "reason"))
    assert rows == {had.pk: "already", maybe.pk: "already", excluded.pk: "", fresh.pk: ""}


def test_a_segment_narrows_the_audience(issue: IssuePage) -> None:
    readers(issue, 2, locale="en")
    readers(issue, 3, locale="it")
    issue.segment = Segment.objects.create(name="English", rule={"field": "locale", "is": "en"})

    assert audience.count(issue, now=NOW).n_chosen == 2


def test_a_frozen_row_has_everything_the_hand_needs(issue: IssuePage) -> None:
    (reader,) = readers(issue, 1)
    mailing = mailing_of(issue)

    audience.freeze(mailing, now=NOW)

    row = Delivery.objects.get(mailing=mailing)
    assert (row.subscriber_id, row.address, row.address_key, row.domain) == (
        reader.pk, reader.address, reader.address_key, "letters.example",
    )  # fmt: skip
    assert (row.intent_key, row.due_at, row.created_at, row.done_at, row.context) == ("issue", NOW, NOW, None, {})


def test_nobody_is_nobody(issue: IssuePage) -> None:
    assert audience.count(issue, now=NOW) == audience.Count(0, {}, {})
    assert audience.freeze(mailing_of(issue), now=NOW) == 0


def test_counting_costs_as_many_queries_for_one_as_for_many(issue: IssuePage) -> None:
    readers(issue, 1)
    audience.count(issue, now=NOW)
    with CaptureQueriesContext(connection) as one:
        audience.count(issue, now=NOW)
    readers(issue, 5, locale="en")
    with CaptureQueriesContext(connection) as many:
        audience.count(issue, now=NOW)

    assert len(one) == len(many)
