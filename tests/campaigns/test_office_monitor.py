"""One mailing, watched: what is shown when, who did what, what a server meant, and who can still get it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from campaigns.models import Delivery, IssuePage, Mailing
from campaigns.office import asking, mailing_people, monitor
from campaigns.reports import mailing as report
from campaigns.reports import replies
from campaigns.sending import again, leaving
from campaigns.sending.mailing import WrongMoment
from subscribers.models import Event, Kind
from tests.factories import campaigns as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def marketer() -> Client:
    client = Client()
    client.force_login(make.staff("Marketers", name="nora"))
    return client


@pytest.fixture
def reader_of_english() -> Client:
    user = make.staff("Marketers", name="mara")
    UserProfile.objects.create(user=user, preferred_language="en")
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def issue() -> IssuePage:
    return make.issue(title="Numero 7", body=[{"type": "text", "value": "<p>Ciao.</p>"}])


def shown(client: Client, mailing: Mailing) -> str:
    return client.get(reverse("office_mailing", args=[mailing.pk])).content.decode()


def act(client: Client, mailing: Mailing, verb: str, **data: str) -> str:
    path = reverse("office_mailing_act", args=[mailing.pk])
    return client.post(path, {"verb": verb, **data}, follow=True).content.decode()


@pytest.mark.parametrize("state", [State.SCHEDULED, State.HOLDING, State.FREEZING, State.CANCELLED])
def test_before_people_are_written_down_there_is_no_bar_and_no_click(
    marketer: Client, issue: IssuePage, state: str
) -> None:
    at = timezone.now() + timedelta(hours=1)
    mailing = make.mailing(issue=issue, state=state, is_snapshot_complete=False, scheduled_at=at)

    page = shown(marketer, mailing)

    assert "<progress" not in page
    assert "clicks-title" not in page
    assert 'data-percent="0"' in page


def test_a_cancelled_mailing_has_no_bar_that_looks_done(marketer: Client, issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue, state=State.CANCELLED)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)
    make.delivery(mailing, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.CANCELLED)

    assert "<progress" not in shown(marketer, mailing)


def test_a_bar_measures_who_is_written_down(marketer: Client, issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)
    make.delivery(mailing)

    assert 'value="50"' in shown(marketer, mailing)


@pytest.mark.parametrize(
    ("state", "rate"), [(State.SENDING, 0.05), (State.PAUSED, 0), (State.CANCELLED, 0), (State.FINISHED, 0)]
)
def test_a_speed_is_told_only_while_it_leaves(state: str, rate: float) -> None:
    mailing = make.mailing(state=state)
    make.delivery(mailing, state=Delivery.State.ACCEPTED, done_at=timezone.now())
    make.delivery(mailing)

    progress = report.progress(mailing, now=timezone.now())

    assert progress.n_per_second == rate
    assert bool(progress.seconds_left) == bool(rate)


@pytest.mark.parametrize(
    ("state", "is_frozen", "n_waiting", "verbs"),
    [
        (State.HOLDING, False, 0, "undo pace"),
        (State.FREEZING, False, 0, "pause cancel pace"),
        (State.SENDING, True, 1, "pause cancel pace"),
        (State.SENDING, True, 0, ""),
        (State.PAUSED, True, 1, "resume cancel pace"),
        (State.PAUSED, True, 0, "resume"),
        (State.HELD, False, 0, "resume cancel pace"),
        (State.FINISHED, True, 0, ""),
    ],
)
def test_a_button_that_would_do_nothing_is_not_there(state: str, is_frozen: bool, n_waiting: int, verbs: str) -> None:
    mailing = make.mailing(state=state, is_snapshot_complete=is_frozen)
    if is_frozen:
        make.delivery(mailing, state=Delivery.State.ACCEPTED)
    for _number in range(n_waiting):
        make.delivery(mailing)

    assert monitor.live_context(mailing)["verbs"] == verbs


def test_the_head_says_what_it_is_who_sent_it_and_how_long_it_took(marketer: Client, issue: IssuePage) -> None:
    user = make.staff(name="dora")
    now = timezone.now()
    times = {"started_at": now - timedelta(minutes=5), "finished_at": now - timedelta(minutes=1)}
    mailing = make.mailing(issue=issue, state=State.FINISHED, created_by=user, **times)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)

    page = shown(marketer, mailing)
    part = marketer.get(reverse("office_mailing", args=[mailing.pk]), {"part": "live"}).content.decode()

    for words in (page, part):
        assert "«Numero 7»" in words
        assert reverse("wagtailadmin_pages:edit", args=[issue.pk]) in words
        assert issue.newsletter.name in words
        assert "dora" in words
        assert "4 minuti" in words
    assert reverse("office_mailings") in page


def test_an_analyst_who_may_not_edit_the_issue_gets_no_link_to_it(issue: IssuePage) -> None:
    client = Client()
    client.force_login(make.staff("Analysts"))
    mailing = make.mailing(issue=issue)

    page = shown(client, mailing)

    assert "«Numero 7»" in page
    assert reverse("wagtailadmin_pages:edit", args=[issue.pk]) not in page


def test_the_log_of_a_mailing_has_its_own_acts_and_not_those_of_the_mailing_after_it(
    marketer: Client, issue: IssuePage
) -> None:
    first = make.mailing(issue=issue)
    make.delivery(first)
    act(marketer, first, "pause")
    act(marketer, first, "cancel")
    second = make.mailing(issue=issue)
    make.delivery(second)

    told = [
        [(one.what, one.who) for one in monitor.live_context(Mailing.objects.get(pk=one.pk))["happenings"]]
        for one in (first, second)
    ]

    with translation.override("it"):
        assert [what for what, _who in told[0]][1:] == ["Invio messo in pausa", "Invio annullato"]
    assert {who for _what, who in told[0][1:]} == {"nora"}
    assert len(told[1]) == 1


def test_a_clicked_page_is_called_by_its_title_and_other_places_by_their_path(
    marketer: Client, issue: IssuePage
) -> None:
    mailing = make.mailing(issue=issue)
    person = people.subscriber()
    make.delivery(mailing, person, state=Delivery.State.ACCEPTED)
    seen = [
        {"url": "http://127.0.0.1:8000/it/magazine/giro/", "title": "Il giro largo"},
        {"url": "https://elsewhere.example/book?x=1"},
    ]
    for payload in seen:
        now = timezone.now()
        payload["mailing"] = mailing.pk
        Event.objects.create(
            kind=Kind.LINK_CLICKED,
            subscriber=person,
            occurred_at=now,
            recorded_at=now,
            evidence="human",
            payload=payload,
        )

    links = report.clicks(mailing)

    assert [(one.title, one.place) for one in links] == [
        ("Il giro largo", "/it/magazine/giro/"),
        ("", "elsewhere.example/book"),
    ]
    assert "Il giro largo" in shown(marketer, mailing)


@pytest.mark.parametrize(
    ("code", "words", "means"),
    [
        ("550 5.1.1", "no such user here", "NO_MAILBOX"),
        ("452 4.2.2", "mailbox full", "FULL"),
        ("250", "queued as 8A7", ""),
        ("", "", ""),
    ],
)
def test_what_a_server_means_is_said_only_where_it_refused(code: str, words: str, means: str) -> None:
    expected = str(replies.MEANINGS[replies.Meaning[means]]) if means else ""

    assert replies.meaning(code, words) == expected


def test_a_domain_shows_a_refusal_with_its_words_and_what_they_mean() -> None:
    mailing = make.mailing()
    make.delivery(
        mailing, address="a@libero.example", state=Delivery.State.FAILED, code="550 5.1.1", reply="user unknown"
    )
    make.delivery(mailing, address="b@libero.example", state=Delivery.State.ACCEPTED, code="250", reply="queued")

    (row,) = report.domains(mailing)

    assert (row["last_reply"], row["meaning"]) == ("user unknown", str(replies.MEANINGS[replies.Meaning.NO_MAILBOX]))


def test_cancelling_for_many_wants_their_number(
    marketer: Client, issue: IssuePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MANY", 1)
    mailing = make.mailing(issue=issue)
    make.delivery(mailing)
    make.delivery(mailing)

    asked = shown(marketer, mailing)
    states = []
    for data in ({}, {"shown": "2", "number": "3"}, {"shown": "2", "number": "2"}):
        act(marketer, mailing, "cancel", **data)
        mailing.refresh_from_db()
        states.append(mailing.state)

    assert 'name="number"' in asked
    assert states == [State.SENDING, State.SENDING, State.CANCELLED]


def set_pace(client: Client, mailing: Mailing, value: str) -> str:
    path = reverse("office_mailing_pace", args=[mailing.pk])
    return client.post(path, {"n_per_second": value}, follow=True).content.decode()


def test_a_mailing_is_slowed_down_and_let_go_and_the_log_says_so(reader_of_english: Client, issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue)
    make.delivery(mailing)

    before = shown(reader_of_english, mailing)
    slowed = set_pace(reader_of_english, mailing, "20")
    mailing.refresh_from_db()
    n_slowed = mailing.n_per_second
    let_go = set_pace(reader_of_english, mailing, "")
    mailing.refresh_from_db()

    assert "Speed: as fast as it goes" in before
    assert n_slowed == 20 and "Speed: 20 mails a second at most" in slowed
    assert mailing.n_per_second == 0
    assert "Slowed it down to 20 mails a second" in let_go and "as fast as its account may" in let_go


@pytest.mark.parametrize("value", ["-1", "fast", "2.5", "1000000"])
def test_a_speed_that_is_none_changes_nothing_and_says_so(
    reader_of_english: Client, issue: IssuePage, value: str
) -> None:
    mailing = make.mailing(issue=issue, n_per_second=7)
    make.delivery(mailing)

    page = set_pace(reader_of_english, mailing, value)
    mailing.refresh_from_db()

    assert mailing.n_per_second == 7
    assert "The speed is a whole number" in page


def test_the_speed_is_for_those_who_may_send_and_for_mailings_that_have_not_ended(reader_of_english: Client) -> None:
    over = make.mailing(state=State.FINISHED)
    analyst = Client()
    analyst.force_login(make.staff("Analysts", name="ines"))

    page = set_pace(reader_of_english, over, "3")
    refused = analyst.post(reverse("office_mailing_pace", args=[over.pk]), {"n_per_second": "3"})
    over.refresh_from_db()

    assert "It has ended already" in page
    assert refused.status_code in (302, 403)
    assert over.n_per_second == 0


def test_a_paused_mailing_says_who_waits_before_it_goes_on(reader_of_english: Client, issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue, state=State.PAUSED, paused_at=timezone.now())
    make.delivery(mailing)
    make.delivery(mailing)

    assert "2 people wait and have not got it. Nobody gets it twice." in shown(reader_of_english, mailing)


def test_a_cancelled_mailing_leads_to_the_review_for_those_who_did_not_get_it(
    marketer: Client, issue: IssuePage
) -> None:
    mailing = make.mailing(issue=issue, state=State.CANCELLED)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)
    make.delivery(mailing, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.CANCELLED)
    make.delivery(mailing, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.PAUSED)
    make.delivery(mailing, state=Delivery.State.FAILED, reason=Delivery.Reason.SERVER)

    context = monitor.live_context(mailing)
    make.mailing(issue=issue, state=State.SENDING)
    later = monitor.live_context(mailing)

    assert (context["may_send_again"], context["n_given_up"]) == (True, 2)
    assert not later["may_send_again"]


def test_who_was_put_off_is_tried_again_and_nobody_else(marketer: Client) -> None:
    now = timezone.now()
    mailing = make.mailing(state=State.FINISHED, n_candidates=3, finished_at=now)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)
    make.delivery(mailing, state=Delivery.State.FAILED, reason=Delivery.Reason.REFUSED)
    put_off = make.delivery(mailing, state=Delivery.State.FAILED, reason=Delivery.Reason.SERVER, n_tries=9, done_at=now)

    act(marketer, mailing, "retry")

    mailing.refresh_from_db()
    put_off.refresh_from_db()
    assert (mailing.state, mailing.finished_at) == (State.SENDING, None)
    assert (put_off.state, put_off.reason, put_off.n_tries, put_off.done_at) == ("queued", "", 0, None)
    assert mailing.deliveries.filter(state=Delivery.State.QUEUED).count() == 1
    put_off.state = Delivery.State.ACCEPTED
    put_off.save()
    leaving.finish_done(now)
    mailing.refresh_from_db()
    assert mailing.state == State.FINISHED


@pytest.mark.parametrize("state", [State.SENDING, State.CANCELLED, State.FINISHED])
def test_trying_again_where_nobody_was_put_off_changes_nothing(state: str) -> None:
    mailing = make.mailing(state=state)
    make.delivery(mailing, state=Delivery.State.FAILED, reason=Delivery.Reason.REFUSED)

    with pytest.raises(WrongMoment):
        again.retry(mailing, now=timezone.now())

    mailing.refresh_from_db()
    assert mailing.state == state


def test_the_people_of_a_mailing_have_names_a_title_and_a_reason_to_filter_by(
    marketer: Client, issue: IssuePage
) -> None:
    mailing = make.mailing(issue=issue)
    anna = people.subscriber(name="Anna Neri")
    make.delivery(mailing, anna, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.PAUSED)
    other = make.delivery(mailing, state=Delivery.State.EXCLUDED, reason=Delivery.Reason.CAP)
    path = reverse("office_mailing_people", args=[mailing.pk])

    everybody = marketer.get(path, {"state": "excluded"})
    paused = marketer.get(path, {"reason": "paused"}).content.decode()
    nobody = marketer.get(path, {"reason": "holdout"}).content.decode()

    assert str(everybody.context["page_title"]) == str(mailing_people.TITLES[Delivery.State.EXCLUDED])
    assert f"Anna Neri &lt;{anna.address}&gt;" in paused
    assert other.address not in paused
    assert other.address in everybody.content.decode()
    assert f'href="{path}"' in nobody
