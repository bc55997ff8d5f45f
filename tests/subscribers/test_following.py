"""A browser whose reader is known: a newsletter by one press, and back by one."""

import html as markup
import re
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from content.models import ColumnPage
from subscribers import consent, tokens
from subscribers.models import Consent, MailRequest, Permission, Purpose, State, Subscriber, Wording
from subscribers.signup import known
from tests.factories import content as pages
from tests.factories import subscribers as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def daily() -> Purpose:
    return make.purpose("daily", title_it="Giro di boa")


@pytest.fixture
def column(italian: Locale, daily: Purpose) -> ColumnPage:
    return pages.column(italian, "Giro di boa", follow=[("form", make.signup_form(daily, key="giro"))])


@pytest.fixture
def reader(client: Client) -> Subscriber:
    """Somebody who gets a letter, at a browser of theirs."""
    person = make.subscriber()
    make.agreed(person, make.purpose("letter"))
    remember(client, person)
    return person


def remember(client: Client, person: Subscriber) -> None:
    client.cookies[known.READER_COOKIE] = tokens.make(known.READER, person.pk, now=datetime.now(tz=UTC))


def shown(client: Client, page: ColumnPage) -> str:
    return client.get(page.url).content.decode()


def fields(html: str) -> dict[str, str]:
    """What the one-press form of the page posts; {} where there is none."""
    form = next((one for one in re.findall(r"<form.*?</form>", html, re.S) if 'name="known"' in one), "")
    return {name: markup.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def press(client: Client, values: dict[str, str]) -> HttpResponse:
    return client.post(reverse("signup"), values)


def has(person: Subscriber, purpose: Purpose) -> bool:
    return Permission.objects.filter(subscriber=person, purpose=purpose, is_given=True).exists()


def test_one_press_gives_it_with_the_words_and_the_page_and_no_mail(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    words = Wording.objects.create(purpose=daily, locale="it", version=7, text="Ogni mattina una riga.")
    html = shown(client, column)
    assert words.text in html

    answer = press(client, fields(html))

    row = Consent.objects.get(purpose=daily)
    assert (row.subscriber, row.step, row.source, row.wording, row.page_url) == (
        reader,
        Consent.Step.CONFIRMED,
        "form:giro",
        words,
        column.url,
    )
    assert row.proof is not None
    assert has(reader, daily)
    assert not MailRequest.objects.exists()
    page = client.get(answer["Location"]).content.decode()
    assert "Giro di boa" in page


def test_who_follows_it_already_sees_that(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    make.agreed(reader, daily)

    html = shown(client, column)

    assert not fields(html)
    assert "Segui già «Giro di boa»." in html


def test_a_press_is_taken_back_by_a_press(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    place = press(client, fields(shown(client, column)))["Location"]
    back = client.get(place).content.decode()
    seal = re.search(r'name="seal" value="([^"]+)"', back)
    assert seal

    answer = client.post(reverse("followed", args=["giro"]), {"seal": seal[1], "newsletters": "daily"})

    assert not has(reader, daily)
    assert "undone=1" in answer["Location"]
    assert "Come prima" in client.get(answer["Location"]).content.decode()


def test_looking_gives_and_takes_nothing(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    client.get(reverse("signup"), fields(shown(client, column)))
    client.get(reverse("followed", args=["giro"]), {"newsletters": "daily"})
    assert not has(reader, daily)

    make.agreed(reader, daily)
    client.get(reverse("followed", args=["giro"]), {"newsletters": "daily", "undone": "1"})
    assert has(reader, daily)


@pytest.mark.parametrize("change", [{"seal": "forged"}, {"seal": ""}])
def test_without_our_seal_nothing_is_given(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose, change: dict[str, str]
) -> None:
    answer = press(client, {**fields(shown(client, column)), **change})

    assert answer.status_code == 422
    assert not has(reader, daily)


def test_a_browser_that_lost_its_reader_is_shown_the_form(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    values = fields(shown(client, column))

    answer = Client().post(reverse("signup"), values)

    assert answer.status_code == 422
    assert 'name="address"' in answer.content.decode()
    assert not has(reader, daily)


def test_a_form_gives_only_what_it_offers(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    secret = make.purpose("secret")

    press(client, {**fields(shown(client, column)), "newsletters": "secret"})

    assert not has(reader, secret)
    assert not has(reader, daily)


@pytest.mark.parametrize("state", [State.UNSUBSCRIBED, State.BOUNCING, State.COMPLAINED, State.WAITING])
def test_who_gets_nothing_now_confirms_by_mail(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose, state: str
) -> None:
    values = fields(shown(client, column))
    Subscriber.objects.filter(pk=reader.pk).update(state=state)

    assert not fields(shown(client, column))
    assert press(client, values).status_code == 422
    assert not has(reader, daily)


def test_a_paused_reader_follows_and_stays_paused(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    consent.pause(reader, datetime(2099, 1, 1, tzinfo=UTC), now=datetime.now(tz=UTC))

    press(client, fields(shown(client, column)))

    reader.refresh_from_db()
    assert (has(reader, daily), reader.state) == (True, State.PAUSED)


def test_of_several_only_the_missing_are_offered_and_none_is_ticked(
    client: Client, italian: Locale, reader: Subscriber, daily: Purpose
) -> None:
    weekly, monthly = make.purpose("weekly"), make.purpose("monthly")
    make.agreed(reader, weekly)
    form = make.signup_form(weekly, daily, monthly, key="all")
    page = pages.column(italian, "Tutte", follow=[("form", form)])
    panel = next(one for one in re.findall(r"<form.*?</form>", shown(client, page), re.S) if 'name="known"' in one)

    assert re.findall(r'name="newsletters" value="(\w+)"', panel) == ["daily", "monthly"]
    assert "checked" not in panel
    press(client, {**fields(panel), "newsletters": "monthly"})
    assert (has(reader, daily), has(reader, monthly)) == (False, True)


def test_the_page_of_the_form_offers_a_known_reader_the_same_press(
    client: Client, column: ColumnPage, reader: Subscriber, daily: Purpose
) -> None:
    answer = client.get("/it/subscribe/?form=giro")

    html = answer.content.decode()
    assert fields(html)["newsletters"] == "daily"
    assert "<details>" in html  # the whole form, for another address
    assert answer["Cache-Control"] == "no-store, private"
    press(client, fields(html))
    assert has(reader, daily)
    assert fields(client.get("/it/subscribe/?form=giro").content.decode()) == {}


def test_the_page_of_the_form_shows_a_stranger_the_whole_of_it(client: Client, column: ColumnPage) -> None:
    html = client.get("/it/subscribe/?form=giro").content.decode()

    assert fields(html) == {}
    assert "<details>" not in html
    assert 'id="signup-address"' in html
