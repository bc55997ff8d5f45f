"""The office as staff use it: review, send, watch, pause, look who did not get it, one person's history."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site
from wagtail.users.models import UserProfile

from campaigns import audience
from campaigns.models import Delivery, IssuePage, Mailing, PublisherSettings
from campaigns.sending import leaving
from subscribers import consent
from subscribers.models import Event, Kind, Segment, State
from tests.factories import campaigns as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


def staff(role: str) -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


def publisher() -> None:
    site = Site.objects.get(is_default_site=True)
    PublisherSettings.objects.update_or_create(
        site=site,
        defaults={
            "name": "Il Giro",
            "address_it": "Via Tonda 1, Torino",
            "contact": "ciao@example.org",
            "rights_it": "diritti@example.org",
        },
    )


@pytest.fixture
def issue() -> IssuePage:
    publisher()
    return make.issue(body=[{"type": "text", "value": "<p>Ciao, questa è la prima lettera.</p>"}])


def readers(issue: IssuePage, n: int) -> list:
    found = [people.subscriber() for _ in range(n)]
    for person in found:
        people.agreed(person, issue.newsletter.purpose)
    return found


def n_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_review_says_to_how_many_and_who_is_left_out(issue: IssuePage) -> None:
    going, paused, _other = readers(issue, 3)
    consent.pause(paused, timezone.now() + timedelta(days=14), now=timezone.now())

    page = staff("Marketers").get(reverse("office_review", args=[issue.pk]))

    assert page.context["count"].n_going == 2
    assert [(group.label, group.n_people) for group in page.context["left_out"]] == [(Delivery.Reason.PAUSED.label, 1)]
    assert page.context["stops"] == []


def test_review_of_an_issue_whose_segment_cannot_be_read_says_so_and_sends_nothing(issue: IssuePage) -> None:
    issue.segment = Segment.objects.create(name="Broken", rule={"nonsense": 1})
    issue.save_revision()
    marketer, url = staff("Marketers"), reverse("office_review", args=[issue.pk])

    shown = marketer.get(url)
    marketer.post(url, {"act": "send"})

    assert "Broken" in shown.context["obstacle"]
    assert not Mailing.objects.exists()


def test_review_by_get_sends_nothing(issue: IssuePage) -> None:
    readers(issue, 1)

    staff("Marketers").get(reverse("office_review", args=[issue.pk]))

    assert Mailing.objects.filter(issue=issue).count() == 0


def test_send_waits_for_the_undo_window_and_undo_leaves_nothing(issue: IssuePage) -> None:
    readers(issue, 2)
    marketer = staff("Marketers")

    marketer.post(reverse("office_review", args=[issue.pk]), {"act": "send"})
    mailing = Mailing.objects.get(issue=issue)
    leaving.move_on(timezone.now())
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HOLDING
    assert mailing.deliveries.count() == 0

    marketer.post(reverse("office_mailing_act", args=[mailing.pk]), {"verb": "undo"})
    leaving.move_on(timezone.now() + timedelta(minutes=5))
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.CANCELLED
    assert mailing.deliveries.count() == 0


def test_two_clicks_on_send_make_one_mailing(issue: IssuePage) -> None:
    readers(issue, 1)
    marketer = staff("Marketers")

    for _ in range(2):
        marketer.post(reverse("office_review", args=[issue.pk]), {"act": "send"})

    assert Mailing.objects.filter(issue=issue).count() == 1
    assert marketer.get(reverse("office_review", args=[issue.pk])).context["obstacle"]


def test_an_issue_with_a_stopping_mistake_is_not_sent() -> None:
    publisher()
    empty = make.issue(body=[])
    readers(empty, 1)

    page = staff("Marketers").post(reverse("office_review", args=[empty.pk]), {"act": "send"})

    assert page.context["stops"] != []
    assert Mailing.objects.filter(issue=empty).count() == 0


def test_after_the_window_people_are_frozen_once_with_their_reasons(issue: IssuePage) -> None:
    first, bouncing, second = readers(issue, 3)
    consent.suppress(bouncing.address_key, "hard_bounce", now=timezone.now())
    staff("Marketers").post(reverse("office_review", args=[issue.pk]), {"act": "send"})
    mailing = Mailing.objects.get(issue=issue)
    late = timezone.now() + timedelta(minutes=1)

    for _ in range(2):
        leaving.move_on(late)

    rows = dict(mailing.deliveries.values_list("subscriber_id", "state"))
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert mailing.n_candidates == 3
    assert rows == {first.pk: "queued", second.pk: "queued", bouncing.pk: "excluded"}


def test_freezing_twice_by_two_hands_writes_nobody_twice(issue: IssuePage) -> None:
    readers(issue, 3)
    mailing = make.mailing(issue=issue, purpose=issue.newsletter.purpose, state=Mailing.State.FREEZING)

    counts = [audience.freeze(mailing, now=timezone.now()) for _ in range(2)]

    assert counts == [3, 3]


def test_a_schedule_missed_by_hours_waits_for_a_person(issue: IssuePage) -> None:
    readers(issue, 1)
    at = timezone.now() - timedelta(hours=3)
    mailing = make.mailing(issue=issue, state=Mailing.State.SCHEDULED, scheduled_at=at, is_snapshot_complete=False)

    leaving.move_on(timezone.now())

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HELD
    assert mailing.deliveries.count() == 0


def test_an_audience_that_grew_much_since_the_review_waits_for_a_person(issue: IssuePage) -> None:
    readers(issue, 30)
    mailing = make.mailing(
        issue=issue,
        purpose=issue.newsletter.purpose,
        state=Mailing.State.FREEZING,
        n_expected=5,
        is_snapshot_complete=False,
    )

    leaving.move_on(timezone.now())

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HELD
    assert "30" in mailing.held_reason


def test_a_mailing_whose_sum_is_wrong_is_never_called_finished(issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue, n_candidates=2)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)

    leaving.finish_done(timezone.now())

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HELD


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("pause", Mailing.State.SENDING, Mailing.State.PAUSED),
        ("resume", Mailing.State.PAUSED, Mailing.State.SENDING),
        ("cancel", Mailing.State.SENDING, Mailing.State.CANCELLED),
        ("undo", Mailing.State.SENDING, Mailing.State.SENDING),
        ("resume", Mailing.State.FINISHED, Mailing.State.FINISHED),
        ("nonsense", Mailing.State.SENDING, Mailing.State.SENDING),
    ],
)
def test_buttons_of_the_monitor_do_what_they_say_and_nothing_out_of_turn(
    issue: IssuePage, verb: str, before: str, after: str
) -> None:
    mailing = make.mailing(issue=issue, state=before)

    staff("Marketers").post(reverse("office_mailing_act", args=[mailing.pk]), {"verb": verb})

    mailing.refresh_from_db()
    assert mailing.state == after


def test_cancel_excludes_who_waited_and_keeps_who_got_it(issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)
    make.delivery(mailing, state=Delivery.State.QUEUED)

    staff("Marketers").post(reverse("office_mailing_act", args=[mailing.pk]), {"verb": "cancel"})

    assert sorted(mailing.deliveries.values_list("state", "reason")) == [("accepted", ""), ("excluded", "cancelled")]


def test_monitor_leads_to_the_people_behind_each_reason(issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue)
    left_out = make.delivery(mailing, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.PAUSED)
    got_it = make.delivery(mailing, state=Delivery.State.ACCEPTED)
    marketer = staff("Marketers")

    monitor = marketer.get(reverse("office_mailing", args=[mailing.pk]))
    listed = marketer.get(
        reverse("office_mailing_people", args=[mailing.pk]), {"state": "excluded", "reason": "paused"}
    ).content.decode()

    assert [(group.reason, group.n_people) for group in monitor.context["left_out"]] == [("paused", 1)]
    assert left_out.address in listed
    assert got_it.address not in listed


def test_lists_cost_the_same_for_one_row_and_for_three(issue: IssuePage) -> None:
    marketer = staff("Marketers")
    mailing = make.mailing(issue=issue)
    paths = [
        reverse("office_mailings"),
        reverse("office_mailing_people", args=[mailing.pk]),
        reverse("wagtailsnippets_subscribers_subscriber:list"),
    ]
    make.delivery(mailing)
    for path in paths:
        marketer.get(path)
    costs = {}
    for path in paths:
        costs[path] = n_queries(marketer, path)

    make.mailing(issue=issue)
    make.mailing(issue=issue)
    make.delivery(mailing)
    make.delivery(mailing)

    for path in paths:
        assert n_queries(marketer, path) == costs[path], path


def test_a_person_has_one_history_with_what_was_not_sent_and_why(issue: IssuePage) -> None:
    (person,) = readers(issue, 1)
    mailing = make.mailing(issue=issue, title="Lettera 41")
    make.delivery(mailing, person, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.CAP)
    marketer = staff("Marketers")
    path = reverse("office_person", args=[person.pk])

    marketer.post(path, {"act": "note", "text": "Preferisce pezzi lunghi <b>"})
    page = marketer.get(path)

    assert Event.objects.filter(subscriber=person, kind=Kind.NOTED).count() == 1
    words = page.content.decode()
    assert "Lettera 41" in words
    assert "Preferisce pezzi lunghi &lt;b&gt;" in words
    assert [line.is_not_sent for line in page.context["lines"]].count(True) == 1


def test_only_the_administrator_erases_and_only_with_the_number(issue: IssuePage) -> None:
    (person,) = readers(issue, 1)
    path = reverse("office_person", args=[person.pk])

    staff("Marketers").post(path, {"act": "erase", "number": str(person.pk)})
    administrator = staff("Administrators")
    administrator.post(path, {"act": "erase", "number": "0"})
    person.refresh_from_db()
    assert person.state == State.ACTIVE

    administrator.post(path, {"act": "erase", "number": str(person.pk)})
    person.refresh_from_db()
    assert (person.state, person.address, person.name) == (State.ERASED, None, "")


def test_a_person_who_asks_a_colleague_to_stop_gets_nothing_more(issue: IssuePage) -> None:
    (person,) = readers(issue, 1)

    staff("Marketers").post(reverse("office_person", args=[person.pk]), {"act": "stop"})

    assert audience.count(issue).n_chosen == 0


@pytest.mark.parametrize(
    ("verb", "before", "said"),
    [
        ("undo", Mailing.State.HOLDING, "Fermato: non è uscito nulla."),
        ("pause", Mailing.State.SENDING, "In pausa."),
        ("cancel", Mailing.State.SENDING, "Annullato."),
    ],
)
def test_buttons_answer_in_the_language_of_the_colleague(issue: IssuePage, verb: str, before: str, said: str) -> None:
    mailing = make.mailing(issue=issue, state=before)
    make.delivery(mailing)
    client = Client(headers={"accept-language": "en"})
    user = make.staff("Marketers")
    UserProfile.objects.create(user=user, preferred_language="it")
    client.force_login(user)

    page = client.post(reverse("office_mailing_act", args=[mailing.pk]), {"verb": verb}, follow=True)

    assert said in page.content.decode()
