"""Following a column: its own form on its page and under its pieces, its feed beside."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from content.models import ColumnPage
from subscribers.models import Purpose, SignupForm
from tests import caching
from tests.factories import content as pages
from tests.factories import subscribers as make

pytestmark = pytest.mark.django_db
N_QUERIES_ARTICLE = 12


@pytest.fixture
def general() -> SignupForm:
    return make.signup_form(make.purpose("letter"), key="main", title="Tutte le lettere")


@pytest.fixture
def purpose() -> Purpose:
    return make.purpose("column")


@pytest.fixture
def column(italian: Locale, general: SignupForm, purpose: Purpose) -> ColumnPage:
    form = make.signup_form(purpose, key="giro")
    return pages.column(italian, "Giro di boa", follow=[("form", form)])


def panel(client: Client, page: Any) -> str:
    html = client.get(page.url).content.decode()
    found = re.search(r'<section class="panel" id="signup-1".*?</section>', html, re.S)
    return found[0] if found else ""


def offered(html: str) -> list[str]:
    return re.findall(r'name="newsletters" value="([^"]+)"', html)


def test_column_and_pieces_offer_the_newsletter_that_carries_it(client: Client, column: ColumnPage) -> None:
    piece = pages.article(column.locale, "Riga", parent=column)

    panels = [panel(client, page) for page in (column, piece)]

    assert [offered(html) for html in panels] == [["column"], ["column"]]
    assert all("Giro di boa" in html and "Tutte le lettere" not in html for html in panels)
    feed = reverse("column_feed", args=[column.pk])
    assert all(f'href="{feed}"' in html for html in panels)


def test_an_article_of_the_magazine_keeps_the_general_form(client: Client, column: ColumnPage) -> None:
    html = panel(client, pages.article(column.locale, "Fuori"))

    assert offered(html) == ["letter"]
    assert "column_feed" not in html
    assert "/feed/" not in html


def test_a_closed_form_gives_way_to_the_general_one(client: Client, column: ColumnPage) -> None:
    SignupForm.objects.filter(key="giro").update(is_open=False)

    html = panel(client, column)

    assert offered(html) == ["letter"]
    assert "Tutte le lettere" in html


def test_the_form_comes_in_the_language_of_the_column(
    client: Client, column: ColumnPage, purpose: Purpose, english: Locale
) -> None:
    given = SignupForm.objects.get(key="giro")
    make.signup_form(purpose, key="giro", locale="en", translation_key=given.translation_key, button="Follow me")
    translated = pages.column(english, "Turning point", follow=[("form", given)])

    assert "Follow me" in panel(client, translated)


def test_under_a_piece_with_a_form_of_its_own_stands_the_feed_alone(client: Client, column: ColumnPage) -> None:
    own = make.signup_form(make.purpose("other"))
    piece = pages.article(column.locale, "Riga", parent=column, body=[("signup", {"form": own})])

    html = client.get(piece.url).content.decode()

    assert offered(html) == ["other"]
    assert reverse("column_feed", args=[column.pk]) in html[html.index("<main") :]


def test_a_form_that_was_deleted_breaks_nothing(client: Client, column: ColumnPage) -> None:
    SignupForm.objects.get(key="giro").delete()

    assert offered(panel(client, column)) == ["letter"]


def test_a_piece_of_a_column_costs_no_more_than_an_article(client: Client, column: ColumnPage) -> None:
    figure = {"image": pages.image(), "caption": "", "credit": ""}
    topic, author = pages.topic(column.locale), pages.author(column.locale)
    for number in range(3):
        body = [*pages.body(), ("figure", figure)]
        piece = pages.article(column.locale, f"Riga {number}", parent=column, body=body, topics=[topic], author=author)
    client.get(piece.url)
    caching.empty()

    with CaptureQueriesContext(connection) as queries:
        client.get(piece.url)

    assert len(queries) <= N_QUERIES_ARTICLE
