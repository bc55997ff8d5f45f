"""The sample wished for on a page: made once by whoever looks next, or given up with a reason."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale

from campaigns.models import Chore
from campaigns.sample import fill, wish
from content.models import ArticlePage
from subscribers.models import Purpose
from tests.factories import campaigns as make
from tests.factories import content

pytestmark = pytest.mark.django_db


def client_of(role: str = "Administrators") -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


def test_nothing_is_made_that_nobody_wished_for() -> None:
    assert not wish.fulfil(timezone.now())
    assert not fill.is_filled()


def test_a_wish_comes_true_once(italian: Locale, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def a_small_sample(**_how: object) -> fill.Filled:
        made.append(content.article(italian, is_sample=True))
        return fill.Filled(n_articles=1, n_people=0)

    monkeypatch.setattr(fill, "fill", a_small_sample)
    wish.ask()
    assert wish.standing().is_wanted

    assert wish.fulfil(timezone.now())
    assert not wish.fulfil(timezone.now())

    assert fill.is_filled() and len(made) == 1
    assert (wish.standing().is_wanted, wish.standing().trouble) == (False, "")


def test_what_stands_in_the_way_is_said_on_the_page_and_not_tried_for_ever() -> None:
    taken = next(iter(fill.words.newsletters()))
    Purpose.objects.get_or_create(key=taken, defaults={"kind": "newsletter", "title_it": "Nostra", "title_en": "Ours"})
    wish.ask()

    assert not wish.fulfil(timezone.now())

    assert "Nostra" in client_of().get(reverse("office_sample")).content.decode()
    assert Chore.objects.get(name=wish.MAKE).done_at is not None


def test_one_button_takes_it_away_and_says_what_had_to_stay(italian: Locale) -> None:
    own, lent = content.article(italian, "Nostro"), content.article(italian, "Prestato", is_sample=True)
    client, page = client_of(), reverse("office_sample")
    topic = content.topic(italian, "Percorsi", is_sample=True)
    own.topics.add(topic)
    own.save()

    client.post(page, {"act": "clear"})
    assert client.get(page).context["standing"].is_clearing
    assert ArticlePage.objects.filter(pk=lent.pk).exists()
    assert wish.fulfil(timezone.now())

    assert not ArticlePage.objects.filter(pk=lent.pk).exists()
    assert ArticlePage.objects.filter(pk=own.pk).exists()
    assert topic.name in client.get(page).content.decode()


def test_who_may_only_look_at_it_cannot_take_it_away() -> None:
    client_of("Marketers").post(reverse("office_sample"), {"act": "clear"})

    assert not Chore.objects.exists()


def test_the_bar_says_how_far_it_is_until_it_is_done() -> None:
    wish.ask()
    wish._say(fill.N_PARTS // 2, fill.N_PARTS, "la rubrica")

    whole, part = (client_of().get(reverse("office_sample"), asked) for asked in ({}, {"part": "live"}))

    assert 'data-state="sending" data-percent="50"' in part.content.decode()
    assert "la rubrica" in whole.content.decode()

    Chore.objects.filter(name=wish.MAKE).update(done_at=timezone.now())
    over = client_of().get(reverse("office_sample"), {"part": "live"})
    assert 'data-state="finished"' in over.content.decode()
