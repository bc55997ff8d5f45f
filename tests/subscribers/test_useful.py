"""“Was this useful?”: counted once, by nobody's name."""

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, PageViewRestriction

from content.models import ArticlePage
from subscribers.models import Event, UsefulCount
from subscribers.signup import known
from tests.factories import content as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
AGENT = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}


@pytest.fixture
def article(italian: Locale) -> ArticlePage:
    return make.article(italian, "Il giro")


def press(client: Client, page: ArticlePage, answer: str, address: str, **headers: str) -> int:
    return client.post(
        f"/s/{page.pk}/useful", {"useful": answer}, headers={**AGENT, **headers}, REMOTE_ADDR=address
    ).status_code


def counted() -> list[tuple[int, int]]:
    return list(UsefulCount.objects.values_list("n_yes", "n_no"))


def known_browser(name: str) -> Client:
    client, answer = Client(), Client().get("/it/")
    known.remember_reader(answer, people.subscriber(f"{name}@letters.example"), now=timezone.now())
    client.cookies = answer.cookies
    return client


def test_one_press_is_counted_and_the_article_thanks(client: Client, article: ArticlePage) -> None:
    before = client.get(article.url).content.decode()

    response = client.post(f"/s/{article.pk}/useful", {"useful": "yes"}, headers=AGENT, follow=True)
    after = response.content.decode()

    assert response.redirect_chain == [(f"{article.url}?answered=1#useful", 303)]
    assert ('name="useful" value="yes"' in before, 'name="useful" value="no"' in before) == (True, True)
    assert ('name="useful"' in after, 'role="status"' in after) == (False, True)
    assert counted() == [(1, 0)]
    assert not Event.objects.exists()
    assert "csrftoken" not in client.cookies


def test_a_network_answers_once_a_day_and_a_known_reader_once(client: Client, article: ArticlePage) -> None:
    anna, bruno = known_browser("anna"), known_browser("bruno")
    for _ in range(3):
        press(client, article, "yes", "192.0.2.1")
        press(client, article, "no", "198.51.100.7")
    for address in ("203.0.113.1", "203.0.113.200", "192.0.2.1"):
        press(anna, article, "yes", address)
        press(bruno, article, "no", address)

    assert counted() == [(2, 2)]


def test_machines_and_what_is_no_answer_are_not_counted(client: Client, article: ArticlePage) -> None:
    column = make.column(article.locale)
    locked = make.article(article.locale, "Chiuso", parent=column)
    PageViewRestriction.objects.create(page=column, restriction_type=PageViewRestriction.PASSWORD, password="x")

    codes = [
        client.get(f"/s/{article.pk}/useful").status_code,
        press(client, article, "maybe", "192.0.2.1"),
        press(client, column, "yes", "192.0.2.1"),
        press(client, locked, "yes", "192.0.2.1"),
        press(client, article, "yes", "192.0.2.1", **{"user-agent": "Twitterbot/1.0"}),
    ]

    assert codes == [405, 400, 404, 404, 303]
    assert counted() == []
