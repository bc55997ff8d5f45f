"""The sample wished for on a page: made once by whoever looks next, or given up with a reason."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Chore
from campaigns.sample import fill, wish
from subscribers.models import Purpose
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


def client_of(role: str = "Administrators") -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


def test_nothing_is_made_that_nobody_wished_for() -> None:
    assert not wish.fulfil(timezone.now())
    assert not fill.is_filled()


def test_a_wish_comes_true_once() -> None:
    wish.ask()
    assert wish.standing().is_wanted

    assert wish.fulfil(timezone.now())
    assert not wish.fulfil(timezone.now())

    assert fill.is_filled()
    assert (wish.standing().is_wanted, wish.standing().trouble) == (False, "")


def test_what_stands_in_the_way_is_said_on_the_first_page_and_not_tried_for_ever() -> None:
    taken = next(iter(fill.words.newsletters()))
    Purpose.objects.get_or_create(key=taken, defaults={"kind": "newsletter", "title_it": "Nostra", "title_en": "Ours"})
    wish.ask()

    assert not wish.fulfil(timezone.now())

    told = client_of().get(reverse("office_sample"), follow=True)
    assert told.redirect_chain == [("/admin/", 302)]
    assert "Nostra" in told.content.decode()
    assert Chore.objects.get(name=wish.NAME).done_at is not None


def test_the_bar_says_how_far_it_is_until_it_is_done() -> None:
    wish.ask()
    wish._say(4, 9, "la rubrica")

    whole, part = (client_of().get(reverse("office_sample"), asked) for asked in ({}, {"part": "live"}))

    assert 'data-state="sending" data-percent="44"' in part.content.decode()
    assert "la rubrica" in whole.content.decode()

    Chore.objects.filter(name=wish.NAME).update(done_at=timezone.now())
    over = client_of().get(reverse("office_sample"), {"part": "live"})
    assert 'data-state="finished"' in over.content.decode()
