"""A landing page: one form, the newest issue to read first, proof that is true, and nothing that leads astray."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from content.models import LandingPage
from subscribers.models import Segment
from subscribers.signup import proof
from tests.content.test_pages import count_queries, dangers
from tests.factories import campaigns as make_mails
from tests.factories import content as make
from tests.factories import subscribers as make_people

FIRST = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)


def landing(locale: Locale, **fields: object) -> LandingPage:
    return make.landing(locale, headline="Il giovedì arriva una lettera", promise="Cinque minuti.", **fields)


def published_issue(subject: str, *, week: int = 0, **fields: object) -> object:
    issue = make_mails.issue(subject=subject, **fields)
    issue.save_revision().publish()
    type(issue).objects.filter(pk=issue.pk).update(first_published_at=FIRST + timedelta(weeks=week))
    return issue


def shown(client: Client, page: LandingPage) -> str:
    response = client.get(page.url)
    assert (response.status_code, dangers(response)) == (200, [])
    return response.content.decode()


@pytest.mark.django_db
def test_it_has_one_title_one_form_the_languages_and_no_menu(italian: Locale, english: Locale, client: Client) -> None:
    chosen = make_people.signup_form(make_people.purpose(), title="La scelta")
    make_people.signup_form(make_people.purpose(), title="Un’altra")
    page = landing(italian, form=[("signup", {"form": chosen})])
    twin = make.translated(page, english, "The Thursday letter", slug="the-thursday-letter")

    text = shown(client, page)

    assert re.findall(r"<h1>([^<]+)</h1>", text) == ["Il giovedì arriva una lettera"]
    assert (text.count('name="seal"'), "La scelta" in text) == (1, True)
    assert "Un’altra" not in text
    assert 'class="menu"' not in text
    assert re.findall(r'<a href="([^"]+)" hreflang', text) == [page.url, twin.url]


@pytest.mark.django_db
def test_without_a_chosen_form_the_first_open_one_stands_there(italian: Locale, client: Client) -> None:
    page = landing(italian)
    assert 'name="seal"' not in shown(client, page)

    make_people.signup_form(make_people.purpose(), title="La prima")

    assert "La prima" in shown(client, page)


@pytest.mark.django_db
def test_a_form_of_the_first_language_is_shown_in_the_second(italian: Locale, english: Locale, client: Client) -> None:
    purpose = make_people.purpose()
    form = make_people.signup_form(purpose, title="La scelta")
    twin = form.copy_for_translation(english)
    twin.title = "The choice"
    twin.purposes = [purpose]
    twin.save()
    page = landing(italian, form=[("signup", {"form": form})])
    translated = make.translated(page, english, "The letter", slug="the-letter")

    assert "The choice" in shown(client, translated)


@pytest.mark.django_db
def test_the_newest_issue_that_went_to_everybody_can_be_read_first(italian: Locale, client: Client) -> None:
    published_issue("Il secondo", week=1)
    published_issue("Il primo")
    published_issue("Per pochi", week=2, segment=Segment.objects.create(name="Pochi", rule={"all": []}))
    locked = published_issue("Con la chiave", week=3)
    PageViewRestriction.objects.create(page=locked, restriction_type="login")
    published_issue("In English", week=4, locale="en")
    make_mails.issue(subject="Una bozza")
    page = landing(italian)

    text = shown(client, page)

    assert re.findall(r'<h3><a href="/it/archivio/[^"]+">([^<]+)</a></h3>', text) == ["Il secondo"]
    page.shows_issue = False
    page.save_revision().publish()
    assert "Il secondo" not in shown(client, page)


@pytest.mark.django_db
def test_before_the_first_issue_the_newest_article_stands_for_it(italian: Locale, client: Client) -> None:
    page = landing(italian)
    assert 'id="sample"' not in shown(client, page)

    make.article(italian, "Comincia dalla punta")

    assert "Comincia dalla punta" in shown(client, page)


@pytest.mark.django_db
def test_readers_are_said_only_where_they_are_many_and_real(italian: Locale, client: Client) -> None:
    letter, other = make_people.purpose(), make_people.purpose()
    form = make_people.signup_form(letter, other)
    page = landing(italian)
    people = [make_people.subscriber() for _number in range(proof.READERS_FROM)]
    for person in people:
        make_people.agreed(person, letter)
    for person in people[:5]:
        make_people.agreed(person, other)
    make_people.agreed(make_people.subscriber(is_sample=True), letter)
    make_people.agreed(make_people.subscriber(state="bouncing"), letter)

    assert proof._count(form) == proof.READERS_FROM
    assert str(proof.READERS_FROM) in re.findall(r'class="landing-number">.*?</p>', shown(client, page), re.S)[0]


@pytest.mark.django_db
def test_few_readers_prove_nothing(italian: Locale, client: Client) -> None:
    letter = make_people.purpose()
    make_people.signup_form(letter)
    make_people.agreed(make_people.subscriber(), letter)

    assert "landing-number" not in shown(client, landing(italian))


@pytest.mark.django_db
def test_voices_stand_with_their_names_and_cost_no_query(italian: Locale, client: Client) -> None:
    make_people.signup_form(make_people.purpose())
    voices = [("voice", {"text": f"La leggo, {number}.", "source": f"Ida {number}"}) for number in range(3)]
    one, three = landing(italian, voices=voices[:1]), landing(italian, title="Altra", voices=voices)

    assert re.findall(r"<figcaption>([^<]+)</figcaption>", shown(client, three)) == ["Ida 0", "Ida 1", "Ida 2"]
    assert count_queries(client, one.url) == count_queries(client, three.url)
