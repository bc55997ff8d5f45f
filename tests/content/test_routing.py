"""The short way from an address to its page."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation
from wagtail.models import Locale, Site

from content import routing
from content.models import HomePage
from tests.factories import content as make


@pytest.mark.django_db
def test_find_gives_the_page_with_its_own_kind(italian: Locale, english: Locale) -> None:
    page = make.article(italian, "Il giro")
    column = make.column(english, "Round the buoy")

    with translation.override("it"):
        assert routing.find("articoli/il-giro/") == page
        assert routing.find("articoli/nulla/") is None
        assert routing.find("") == HomePage.objects.get(locale=italian)
    with translation.override("en"):
        assert routing.find("articles/round-the-buoy/") == column


@pytest.mark.django_db
def test_several_sites_are_left_to_wagtail(italian: Locale, client: Client) -> None:
    page = make.article(italian, "Il giro")
    Site.objects.create(hostname="altro.example", root_page=make.magazine(italian))

    with translation.override("it"):
        assert routing.find("articoli/il-giro/") is None
    assert client.get("/it/articoli/il-giro/").context["page"] == page


@pytest.mark.django_db
def test_the_preview_of_an_unsaved_piece_is_shown(italian: Locale, client: Client) -> None:
    page = make.article(italian, "Il giro")
    page.title = "Titolo nuovo"
    user = get_user_model().objects.create_superuser("capo", password="una parola lunga")
    client.force_login(user)
    page.save_revision(user=user)

    response = client.get(f"/admin/pages/{page.pk}/view_draft/")

    assert response.status_code == 200
    assert "<h1>Titolo nuovo</h1>" in response.content.decode()
