"""The checklist of the first days: each row told by a fact, the sample's facts told apart, put away for one alone."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Site

from campaigns.models import Delivery, Journey, Mailing, PublisherSettings, PurposeClass
from campaigns.office import firstrun
from campaigns.sample import words
from subscribers.models import SignupForm, State
from tests.factories import campaigns as make
from tests.factories import content as pages
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return make.staff("Administrators")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def done(user: User) -> set[str]:
    return {row.step.key for row in firstrun.rows(user) if row.is_done}


def publisher(**fields: str) -> None:
    PublisherSettings.objects.create(site=Site.objects.get(is_default_site=True), **fields)


def test_an_empty_publication_has_everything_to_do(admin: User) -> None:
    assert done(admin) == set()
    assert len(firstrun.rows(admin)) == len(firstrun.STEPS)


def test_what_the_sample_lends_counts_for_nothing(admin: User, italian: Locale) -> None:
    publisher(**words.publisher())
    pages.plain(italian, "Privacy", is_sample=True)
    SignupForm.objects.create(locale=italian, key="lettera", title="Lettera", button="Sì", is_sample=True)
    people.subscriber(is_sample=True, state=State.ACTIVE)
    make.mailing(state=Mailing.State.FINISHED, is_sample=True)
    Journey.objects.create(name="Giro", purpose=people.purpose(), graph={}, state="live", is_sample=True)
    User.objects.create_user("author", "author@circolare.example", "correct horse battery")

    assert done(admin) == set()


def test_each_row_is_done_by_its_own_fact(admin: User, italian: Locale, settings: object) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:2525"
    publisher(name="Il Giro", address_it="Via Tonda 1", contact="ciao@giro.it", rights_it="ciao@giro.it")
    test = make.mailing(purpose_class=PurposeClass.TEST, is_standing=True)
    make.delivery(test, state=Delivery.State.ACCEPTED, done_at=timezone.now())
    pages.plain(italian, "Privacy")
    SignupForm.objects.create(locale=italian, key="lettera", title="Lettera", button="Sì")
    people.subscriber(state=State.ACTIVE)
    make.mailing(state=Mailing.State.FINISHED)
    Journey.objects.create(name="Giro", purpose=people.purpose(), graph={}, state="live")
    User.objects.create_user("bruna", "bruna@giro.it", "correct horse battery")

    assert done(admin) == {step.key for step in firstrun.STEPS}
    assert "checklist-title" not in client_of(admin).get("/admin/").content.decode()


def test_every_row_leads_to_a_place_that_opens(admin: User) -> None:
    client = client_of(admin)

    places = {row.step.key: client.get(row.url, follow=True).status_code for row in firstrun.rows(admin)}

    assert set(places.values()) == {200}, places


@pytest.mark.parametrize(
    ("role", "keys"),
    [
        ("Marketers", {"test", "form", "readers", "issue", "welcome"}),
        ("Analysts", set()),
    ],
)
def test_nobody_is_asked_for_what_he_may_not_do(role: str, keys: set[str]) -> None:
    user = make.staff(role)

    assert {row.step.key for row in firstrun.rows(user)} == keys
    assert ("checklist-title" in client_of(user).get("/admin/").content.decode()) == bool(keys)


def test_one_colleague_puts_it_away_and_takes_it_out_again(admin: User) -> None:
    other = client_of(make.staff("Administrators"))
    client = client_of(admin)
    path = reverse("office_checklist")

    client.post(path, {"act": "hide"})
    assert "checklist-title" not in client.get("/admin/").content.decode()
    assert "checklist-title" in other.get("/admin/").content.decode()

    client.post(path, {"act": "show"})
    assert "checklist-title" in client.get("/admin/").content.decode()


def test_the_forms_of_the_checklist_carry_the_token_they_need(admin: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    token = strict.get("/admin/").content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    answer = strict.post(reverse("office_checklist"), {"act": "hide", "csrfmiddlewaretoken": token})

    assert answer.status_code == 302
    assert firstrun.is_hidden(admin)
