"""Deleting pages is refused with a sentence, never with an error page."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page

from content import deleting
from content.models import HomePage
from subscribers.models import Purpose, Wording
from tests.factories import content as make


@pytest.fixture
def office(client: Client, db: None) -> Client:
    client.force_login(get_user_model().objects.create_superuser("capo", password="una parola lunga"))
    return client


@pytest.mark.django_db
def test_obstacles_names_the_rows_that_protect() -> None:
    purpose = Purpose.objects.create(key="lettera", kind="newsletter", title_it="La lettera", title_en="The letter")
    assert deleting.obstacles([purpose]) == []
    wording = Wording.objects.create(purpose=purpose, locale="it", version=1, text="Sì, scrivetemi.")

    names = deleting.obstacles([purpose])

    assert len(names) == 1
    assert str(wording) in names[0]
    assert Purpose.objects.filter(pk=purpose.pk).exists()


@pytest.mark.django_db
def test_the_front_of_the_site_is_not_deleted(office: Client, italian: Locale) -> None:
    home = HomePage.objects.get(locale=italian)

    response = office.post(reverse("wagtailadmin_pages:delete", args=[home.pk]), follow=True)

    [message] = response.context["messages"]
    assert response.status_code == 200
    assert message.level_tag == "error"
    assert "«Circolare»" in str(message)
    assert HomePage.objects.filter(pk=home.pk).exists()


@pytest.mark.django_db
def test_pages_ticked_in_a_list_all_stay_when_one_must(office: Client, italian: Locale) -> None:
    home = HomePage.objects.get(locale=italian)
    page = make.article(italian)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])

    response = office.post(f"{address}?id={home.pk}&id={page.pk}", follow=True)

    assert len(list(response.context["messages"])) == 1
    assert set(Page.objects.filter(pk__in=[home.pk, page.pk])) == {home.page_ptr, page.page_ptr}


@pytest.mark.django_db
def test_a_page_that_nothing_needs_goes(office: Client, italian: Locale) -> None:
    page = make.article(italian)

    office.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))

    assert not Page.objects.filter(pk=page.pk).exists()
