"""The review page: what it says before and after, what it asks first, and moving what is scheduled."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Locale, PageLogEntry

from campaigns import audience
from campaigns.models import Delivery, IssuePage, Mailing
from campaigns.office import asking, moments, whom
from campaigns.reports import speed
from campaigns.sending import leaving
from campaigns.sending import mailing as sending
from subscribers import consent
from subscribers.models import Consent, Permission, Segment, Subscriber
from tests.campaigns import letters
from tests.factories import campaigns as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
SOON = timedelta(hours=3)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def issue(italian: Locale) -> IssuePage:
    letters.publisher()
    return letters.issue(italian, subject="Il giro", letter=letters.newsletter(name="Per l'ufficio"))


@pytest.fixture
def marketer() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make.staff("Marketers"))
    return client


def readers(issue: IssuePage, n: int, **fields: Any) -> list[Subscriber]:
    found = [people.subscriber(**fields) for _ in range(n)]
    for person in found:
        people.agreed(person, issue.newsletter.purpose)
    return found


def crowd(issue: IssuePage, n: int) -> None:
    """Many readers by few statements."""
    purpose, now = issue.newsletter.purpose, timezone.now()
    addresses = [f"crowd{number}@letters.example" for number in range(n)]
    made = Subscriber.objects.bulk_create(Subscriber(address=one, address_key=one, locale="it") for one in addresses)
    step = Consent.Step.CONFIRMED
    given = Consent.objects.bulk_create(
        Consent(subscriber=one, purpose=purpose, step=step, locale="it", source="form:test", at=now) for one in made
    )
    Permission.objects.bulk_create(
        Permission(subscriber=one.subscriber, purpose=purpose, is_given=True, since=now, consent=one) for one in given
    )


def review(client: Client, issue: IssuePage, **posted: str) -> Any:
    path = reverse("office_review", args=[issue.pk])
    return client.post(path, posted, follow=True) if posted else client.get(path)


def scheduled(issue: IssuePage, **fields: Any) -> Mailing:
    return sending.for_issue(issue, user=None, now=timezone.now(), at=timezone.now() + SOON)


def local(moment: Any) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_the_sentence_leads_to_people_newsletter_and_editor(marketer: Client, issue: IssuePage) -> None:
    readers(issue, 2)

    words = review(marketer, issue).content.decode()

    assert f'<a href="{reverse("office_issue_people", args=[issue.pk])}">2 ' in words
    letter = reverse("wagtailsnippets_campaigns_newsletter:edit", args=[issue.newsletter_id])
    assert f'<a href="{letter}">{issue.newsletter.title("it")}</a>' in words
    assert f'<a href="{reverse("wagtailadmin_pages:edit", args=[issue.pk])}">«Il giro»</a>' in words
    assert "Per l&#x27;ufficio" not in words


def test_each_number_leads_to_exactly_its_people(marketer: Client, issue: IssuePage) -> None:
    going, paused = readers(issue, 2)
    consent.pause(paused, timezone.now() + timedelta(days=14), now=timezone.now())

    groups = review(marketer, issue).context["left_out"]
    left_out = marketer.get(groups[0].url).content.decode()
    gets_it = marketer.get(reverse("office_issue_people", args=[issue.pk])).content.decode()

    assert (paused.address in left_out, going.address in left_out) == (True, False)
    assert (paused.address in gets_it, going.address in gets_it) == (False, True)


def test_a_sent_issue_says_when_and_to_how_many_and_has_no_buttons(marketer: Client, issue: IssuePage) -> None:
    readers(issue, 3)
    at = timezone.now() - timedelta(days=3)
    sent = make.mailing(state=Mailing.State.FINISHED, issue=issue, started_at=at, finished_at=at)
    for _ in range(2):
        make.delivery(sent, state=Delivery.State.ACCEPTED)

    page = review(marketer, issue)
    words = page.content.decode()

    assert page.context["n_accepted"] == 2
    assert reverse("office_mailing", args=[sent.pk]) in words
    assert 'value="test"' in words
    assert 'value="send"' not in words
    assert 'value="schedule"' not in words
    assert "Il giro»</a>" not in words


def test_sent_before_are_those_that_left_by_the_day_they_left(marketer: Client, issue: IssuePage) -> None:
    at = timezone.now() - timedelta(days=2)
    gone = make.mailing(state=Mailing.State.CANCELLED, issue=issue, started_at=at)
    make.mailing(state=Mailing.State.CANCELLED, issue=issue)

    page = review(marketer, issue)

    assert list(page.context["sent_before"]) == [gone]


def test_send_and_schedule_say_what_happened(marketer: Client, issue: IssuePage) -> None:
    readers(issue, 1)

    sent = review(marketer, issue, act="send")
    Mailing.objects.update(state=Mailing.State.CANCELLED)
    put_off = review(marketer, issue, act="schedule", at=local(timezone.now() + SOON))

    assert [len(answer.context["messages"]) for answer in (sent, put_off)] == [1, 1]
    assert Mailing.objects.filter(state=Mailing.State.SCHEDULED).count() == 1


def test_a_scheduled_issue_is_moved_and_leaves_on_its_new_day_alone(marketer: Client, issue: IssuePage) -> None:
    readers(issue, 2)
    mailing = scheduled(issue)
    later = timezone.now() + timedelta(days=2)
    page = review(marketer, issue)

    review(marketer, issue, act="move", at=local(later))
    leaving.begin_due(timezone.now() + SOON + timedelta(minutes=1))
    mailing.refresh_from_db()

    assert 'value="move"' in page.content.decode()
    assert (mailing.state, local(mailing.scheduled_at)) == (Mailing.State.SCHEDULED, local(later))
    assert Mailing.objects.count() == 1
    assert PageLogEntry.objects.filter(action="circolare.mailing.move").count() == 1
    leaving.begin_due(later)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.FREEZING


def test_moving_asks_the_same_checks_and_moves_nothing_that_left(marketer: Client, issue: IssuePage) -> None:
    readers(issue, 1)
    mailing = scheduled(issue)
    issue.body = []
    issue.save_revision()
    at = local(timezone.now() + timedelta(days=2))

    stopped = review(marketer, issue, act="move", at=at)
    issue.body = [("text", "<p>Una lettera parte.</p>")]
    issue.save_revision()
    before = mailing.scheduled_at
    Mailing.objects.update(state=Mailing.State.SENDING)
    too_late = review(marketer, issue, act="move", at=at)
    mailing.refresh_from_db()

    assert stopped.context["stops"] != []
    assert too_late.context["mailing"].state == Mailing.State.SENDING
    assert (mailing.state, mailing.scheduled_at) == (Mailing.State.SENDING, before)


def test_a_mailing_moved_while_a_tick_looks_at_it_stays(issue: IssuePage) -> None:
    readers(issue, 1)
    mailing = scheduled(issue)
    now = mailing.scheduled_at + timedelta(seconds=1)
    seen = Mailing.objects.get(pk=mailing.pk)

    sending.move(mailing, at=now + SOON, now=now)

    assert leaving.begin(seen, now) is False
    assert Mailing.objects.get().state == Mailing.State.SCHEDULED


def test_what_is_saved_after_scheduling_is_what_leaves_and_to_whom(issue: IssuePage) -> None:
    readers(issue, 30)
    anna = readers(issue, 1, name="Anna")[0]
    mailing = scheduled(issue)
    rule = {"field": "locale", "is": "en"}
    issue.segment = Segment.objects.create(name="Inglesi", rule=rule)
    Subscriber.objects.filter(pk=anna.pk).update(locale="en")
    issue.subject = "Un altro oggetto"
    issue.save_revision()
    Mailing.objects.update(n_expected=1)

    leaving.begin_due(mailing.scheduled_at)
    leaving.freeze_due(mailing.scheduled_at)
    mailing.refresh_from_db()

    assert mailing.state == Mailing.State.SENDING
    assert list(mailing.deliveries.values_list("subscriber", flat=True)) == [anna.pk]
    assert mailing.versions.get().subject == "Un altro oggetto"
    assert mailing.title == "Un altro oggetto"


def test_a_draft_that_readers_wait_for_in_their_language_is_named_with_their_number(
    issue: IssuePage, english: Locale
) -> None:
    readers(issue, 2)
    readers(issue, 3, locale="en")
    now = timezone.now()
    none = whom.findings(issue, audience.count(issue, now=now), now=now)
    draft = issue.copy_for_translation(english)
    draft.save_revision()

    found = whom.findings(issue, audience.count(issue, now=now), now=now)
    draft.save_revision().publish()
    published = whom.findings(issue, audience.count(issue, now=now), now=now)

    assert [(one.level, one.text, one.url) for one in found] == [
        (
            "warn",
            "3 readers have chosen English; the version in English is a draft: publish it, or set a day.",
            reverse("wagtailadmin_pages:edit", args=[draft.pk]),
        )
    ]
    assert (none, published) == ([], [])


def test_another_issue_to_the_same_people_today_is_named_from_six_on(issue: IssuePage, italian: Locale) -> None:
    now = timezone.now()
    same = readers(issue, 6)
    other = make.mailing(issue=letters.issue(italian), title="La colonna", started_at=now - timedelta(hours=2))
    old = make.mailing(issue=letters.issue(italian), title="Vecchia", started_at=now - timedelta(days=3))
    for person in same[:5]:
        make.delivery(other, person, state=Delivery.State.ACCEPTED, done_at=now - timedelta(hours=2))
    for person in same:
        make.delivery(old, person, state=Delivery.State.ACCEPTED, done_at=now - timedelta(hours=25))
    few = whom.findings(issue, audience.count(issue, now=now), now=now)

    make.delivery(other, same[5], state=Delivery.State.ACCEPTED, done_at=now - timedelta(hours=1))
    found = whom.findings(issue, audience.count(issue, now=now), now=now)

    assert few == []
    assert [one.text for one in found] == ["6 of these people got “La colonna” within the last 24 hours."]


def test_more_than_a_thousand_are_confirmed_with_their_number(marketer: Client, issue: IssuePage) -> None:
    crowd(issue, asking.MANY + 1)
    shown = review(marketer, issue).content.decode()

    review(marketer, issue, act="send")
    review(marketer, issue, act="send", seen="400")
    assert not Mailing.objects.exists()
    review(marketer, issue, act="send", seen="1001")

    assert '<input type="hidden" name="seen" value="1001">' in shown
    assert Mailing.objects.get().state == Mailing.State.HOLDING


@pytest.mark.parametrize(
    ("n", "seen", "typed", "answer"),
    [
        (1_000, "", "", True),
        (1_001, "", "", False),
        (1_001, "1001", "", True),
        (1_015, "1001", "", True),
        (2_000, "1001", "", False),
        (10_000, "10000", "", True),
        (10_001, "10001", "", False),
        (10_001, "10001", "10.001", True),
        (10_001, "10001", "10 001", True),
        (10_001, "10001", "1001", False),
        (10_001, "10001", "٣", False),
        (10_001, "10001", "9" * 400, False),
    ],
)
def test_very_many_are_counted_aloud(n: int, seen: str, typed: str, answer: bool) -> None:
    assert asking.is_answered(n, seen=seen, typed=typed) is answer


def test_the_finish_is_told_by_the_limit_or_the_last_mailing_and_not_where_nothing_is_known() -> None:
    account, now = make.account(), timezone.now()
    unknown = speed.done_at(account, 500, start=now)
    last = make.mailing(
        state=Mailing.State.FINISHED, started_at=now - timedelta(seconds=10), finished_at=now, is_standing=False
    )
    make.delivery(last, state=Delivery.State.ACCEPTED)
    too_small = speed.done_at(account, 500, start=now)
    for _ in range(speed.N_TELLING - 1):
        make.delivery(last, state=Delivery.State.ACCEPTED)
    measured = speed.done_at(account, 500, start=now)
    account.n_per_second = 5

    assert (unknown, too_small) == (None, None)
    assert measured == now + timedelta(seconds=50)
    assert speed.done_at(account, 500, start=now) == now + timedelta(seconds=100)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(seconds=-1), ""),
        (timedelta(seconds=20), "in 1 min"),
        (timedelta(minutes=89), "in 89 min"),
        (timedelta(hours=3, minutes=5), "in 3 h"),
        (timedelta(days=3), "in 3 days"),
    ],
)
def test_how_long_until_then_has_one_unit(after: timedelta, words: str) -> None:
    assert moments.ahead(make.NOW + after, make.NOW) == words


def test_a_moment_is_told_with_its_zone_and_the_publications_where_it_differs() -> None:
    now, at = make.NOW, make.NOW + timedelta(hours=3)

    at_home = moments.told(at, now)
    with timezone.override("America/New_York"):
        abroad = moments.told(at, now)

    assert at_home == "Monday 23 November, 13:30 (Europe/Rome), in 3 h"
    assert abroad == "Monday 23 November, 07:30 (America/New_York; 13:30 Europe/Rome), in 3 h"


@pytest.mark.parametrize("mode", ["", "light", "phone", "dark", "nonsense"])
def test_each_thumbnail_is_served_in_a_sandbox(marketer: Client, issue: IssuePage, mode: str) -> None:
    answer = marketer.get(reverse("office_issue_preview", args=[issue.pk]), {"mode": mode})

    assert "Una lettera parte." in answer.content.decode()
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert ("prefers-color-scheme" in answer.content.decode()) is (mode not in ("light", "dark"))
