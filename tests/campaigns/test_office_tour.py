"""The cards of the first page: real screens, a word on what to do there, gone for who does not want them."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from campaigns.models import Journey
from campaigns.office import tour
from tests.factories import campaigns as make
from tests.factories import content as pages
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
TITLE = "tour-title"


@pytest.fixture
def sample(italian: Locale) -> None:
    pages.article(italian, is_sample=True)
    make.issue(is_sample=True)
    Journey.objects.create(name="Giro", purpose=people.purpose(), graph={}, state="live", is_sample=True)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_each_card_opens_its_screen_and_says_what_to_do_there(sample: None) -> None:
    user = make.staff("Administrators")
    client = client_of(user)

    for card in tour.CARDS:
        answer = client.post(reverse("office_tour"), {"card": card.key}, follow=True)
        assert answer.status_code == 200
        assert str(card.hint) in [str(message) for message in answer.context["messages"]]

    assert tour.opened(user) == sorted(card.key for card in tour.CARDS)


def test_it_is_there_with_the_sample_and_until_one_puts_it_away(sample: None) -> None:
    client, other = client_of(make.staff("Administrators")), client_of(make.staff("Administrators"))
    assert TITLE in client.get("/admin/").content.decode()

    client.post(reverse("office_tour"), {"card": "hidden"})

    assert TITLE not in client.get("/admin/").content.decode()
    assert TITLE in other.get("/admin/").content.decode()


def test_without_the_sample_there_is_no_tour() -> None:
    assert TITLE not in client_of(make.staff("Administrators")).get("/admin/").content.decode()


def test_a_card_that_is_not_offered_opens_nothing(sample: None) -> None:
    marketer = client_of(make.staff("Marketers"))

    assert marketer.post(reverse("office_tour"), {"card": "yours"}).status_code == 404
    assert marketer.post(reverse("office_tour"), {"card": "moon"}).status_code == 404
