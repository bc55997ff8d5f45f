"""The reader's own page: the paths they are on, stopped one by one; and how often a newsletter came."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from campaigns.models import Journey, JourneyVersion, Mailing, PurposeClass, Run
from campaigns.why import often
from subscribers import tokens
from subscribers.models import Frequency, Purpose, Subscriber
from tests.campaigns import letters
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = letters.NOW


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def giro() -> Purpose:
    return people.purpose("giro")


@pytest.fixture
def anna(giro: Purpose) -> Subscriber:
    person = people.subscriber("anna@letters.example", locale="en")
    people.agreed(person, giro)
    return person


def home(person: Subscriber) -> str:
    return f"/en/yours/{tokens.make(tokens.HOME, person.pk, now=NOW)}/"


def door(person: Subscriber) -> str:
    return home(person).replace("/yours/", "/path/")


def run(person: Subscriber, purpose: Purpose, name: str, *, state: str = Run.State.OPEN, **fields: Any) -> Run:
    journey = Journey.objects.create(name=name, purpose=purpose, state=fields.pop("journey", Journey.State.LIVE))
    version = JourneyVersion.objects.create(journey=journey, number=1, graph={})
    defaults = {"step": "a", "entry_key": "by-hand:1", "entered_at": NOW - timedelta(days=5), "entered_step_at": NOW}
    return Run.objects.create(
        journey=journey, version=version, subscriber=person, state=state, **{**defaults, **fields}
    )


def test_the_page_tells_each_path_since_when_and_what_comes_next(client: Any, anna: Subscriber, giro: Purpose) -> None:
    run(anna, giro, "Primi passi", due_at=NOW + timedelta(days=2))
    run(anna, giro, "Ancora", due_at=NOW)
    run(anna, giro, "In riposo", journey=Journey.State.PAUSED)
    run(anna, giro, "Finito", state=Run.State.ENDED)
    run(people.subscriber(), giro, "Di un altro")

    page = client.get(home(anna)).content.decode()

    for words in (
        "<strong>Primi passi</strong>",
        "You are on it since 18 November 2026. We look at the next step on 25 November 2026.",
        "<strong>Ancora</strong>",
        "The next step is about to come.",
        "<strong>In riposo</strong>",
        "It rests at the moment.",
    ):
        assert words in page
    assert "Finito" not in page
    assert "Di un altro" not in page


def test_whoever_is_on_no_path_reads_nothing_of_paths(client: Any, anna: Subscriber) -> None:
    assert "Your path" not in client.get(home(anna)).content.decode()


def test_one_path_is_stopped_by_one_press_and_the_rest_goes_on(client: Any, anna: Subscriber, giro: Purpose) -> None:
    stopped, other = run(anna, giro, "Primi passi"), run(anna, giro, "Ancora")

    answer = client.post(door(anna), {"path": stopped.pk})

    page = client.get(answer["Location"]).content.decode()
    assert (answer.status_code, answer["Location"]) == (303, f"{home(anna)}?saved=path#path")
    assert "Stopped." in page
    assert "Primi passi" not in page
    assert list(Run.objects.order_by("pk").values_list("pk", "state", "why")) == [
        (stopped.pk, "left", "reader"),
        (other.pk, "open", ""),
    ]
    assert anna.permissions.get(purpose=giro).is_given


@pytest.mark.parametrize("number", ["", "x", "²", "9" * 30, "-1", "0"])
def test_what_is_no_path_of_the_reader_stops_nothing(client: Any, anna: Subscriber, number: str, giro: Purpose) -> None:
    run(anna, giro, "Primi passi")

    answer = client.post(door(anna), {"path": number})

    assert "This was not saved." in client.get(answer["Location"]).content.decode()
    assert Run.objects.get().state == "open"


def test_nobody_stops_the_path_of_another_or_by_looking_or_with_an_old_link(
    client: Any, anna: Subscriber, giro: Purpose
) -> None:
    theirs = run(people.subscriber(), giro, "Di un altro")
    own = run(anna, giro, "Primi passi")
    leaving = f"/en/path/{tokens.make(tokens.LEAVE, anna.pk, 0, 0, now=NOW)}/"

    client.post(door(anna), {"path": theirs.pk})
    client.get(door(anna), {"path": own.pk})
    refused = client.post(leaving, {"path": own.pk})
    with time_machine.travel(NOW + timedelta(days=91), tick=False):
        late = client.post(door(anna), {"path": own.pk}, follow=True)

    assert refused.status_code == 404
    assert "This link has grown old" in late.content.decode()
    assert set(Run.objects.values_list("state", flat=True)) == {"open"}


# --- how often ---


def sent(purpose: Purpose, issue: Any, *at: datetime, **fields: Any) -> None:
    for moment in at:
        letters.mailing(issue, purpose=purpose, started_at=moment, **{"state": Mailing.State.FINISHED, **fields})


def days_ago(*numbers: int) -> list[datetime]:
    return [NOW - timedelta(days=number) for number in numbers]


def test_mails_a_month_are_counted_from_ninety_days_of_issues(italian: Any) -> None:
    weekly, young, silent, other = (people.purpose(name) for name in ("weekly", "young", "silent", "other"))
    for day in range(3, 200, 7):
        sent(weekly, letters.issue(italian), *days_ago(day))
    again = letters.issue(italian)
    sent(other, again, *days_ago(40, 39))
    sent(other, letters.issue(italian), *days_ago(20), state=Mailing.State.CANCELLED)
    sent(other, letters.issue(italian), *days_ago(10))
    sent(young, letters.issue(italian), *days_ago(27))
    sent(silent, letters.issue(italian), *days_ago(91))
    letters.mailing(purpose=silent, purpose_class=PurposeClass.JOURNEY, started_at=NOW - timedelta(days=1))

    assert often.count(now=NOW) == {weekly.pk: 4, other.pk: 2}


def test_the_page_says_it_of_what_one_gets_and_never_more_than_one_wants(
    client: Any, anna: Subscriber, giro: Purpose, italian: Any
) -> None:
    other = people.purpose("other")
    for day in range(1, 90, 3):
        sent(giro, letters.issue(italian), *days_ago(day))
    sent(other, letters.issue(italian), *days_ago(60))
    sent(other, letters.issue(italian), *days_ago(30))

    page = client.get(home(anna)).content.decode()
    Subscriber.objects.update(frequency=Frequency.WEEKLY)
    seldom = client.get(home(anna)).content.decode()

    assert "about 10 mails a month" in page
    assert page.count("a month") == 1
    assert "about 4 mails a month" in seldom


def test_the_page_costs_the_same_with_one_and_three_paths(
    client: Any, anna: Subscriber, giro: Purpose, django_assert_num_queries: Any
) -> None:
    run(anna, giro, "Uno")
    client.get(home(anna))
    with django_assert_num_queries(11):
        client.get(home(anna))
    run(anna, giro, "Due")
    run(anna, giro, "Tre")
    with django_assert_num_queries(11):
        client.get(home(anna))


def test_a_silent_cache_says_nothing_of_the_rhythm_and_stops_nobody(giro: Purpose, settings: Any) -> None:
    silent = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "default": silent}

    assert often.monthly(now=NOW) == {}
