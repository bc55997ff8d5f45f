"""Deleting in the office: what is used stays, and says what uses it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.journeys import versions
from campaigns.models import Email, Journey
from content.models import HomePage, LandingPage
from subscribers.models import Purpose, Segment, SignupForm, Subscriber
from tests.campaigns import journey_graphs as draw
from tests.factories import campaigns as make
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(make.staff("Administrators"))
    return client


def delete(client: Client, row: object) -> str:
    """Press Delete and confirm; gives what the next page says."""
    path = reverse(type(row).snippet_viewset.get_url_name("delete"), args=[row.pk])
    return client.post(path, follow=True).content.decode()


def delete_ticked(client: Client, *rows: object) -> str:
    meta = rows[0]._meta
    path = reverse("wagtail_bulk_action", args=[meta.app_label, meta.model_name, "delete"])
    ticked = "&".join(f"id={row.pk}" for row in rows)
    return client.post(f"{path}?{ticked}&next=/admin/", follow=True).content.decode()


def live_journey(*steps: dict) -> Journey:
    journey = Journey.objects.create(name="Benvenuto", purpose=people.purpose(), graph=draw.graph_of(*steps))
    versions.publish(journey, user=None, now=NOW)
    return journey


def emails() -> list[Email]:
    italian = make.email(name="Ciao")
    english = make.email(name="Hello", locale="en", translation_key=italian.translation_key)
    return [italian, english]


def test_people_cannot_be_ticked_and_deleted(administrator: Client) -> None:
    person = people.subscriber(name="Anna Neri")
    people.agreed(person, people.purpose())

    listed = administrator.get(reverse("wagtailsnippets_subscribers_subscriber:list")).content.decode()
    said = delete_ticked(administrator, person)

    assert "Anna Neri" in listed
    assert "data-bulk-action-checkbox" not in listed
    assert "non si eliminano" in said or "not deleted but erased" in said
    assert Subscriber.objects.filter(pk=person.pk).exists()


def test_a_purpose_that_is_used_stays_and_names_what_uses_it(administrator: Client) -> None:
    newsletter = make.newsletter(name="La lettera del giovedì")
    people.agreed(people.subscriber(), newsletter.purpose)

    said = delete(administrator, newsletter.purpose)

    assert "La lettera del giovedì" in said
    assert Purpose.objects.filter(pk=newsletter.purpose.pk).exists()


def test_a_purpose_somebody_decided_about_stays_without_a_newsletter_too(administrator: Client) -> None:
    purpose = people.purpose()
    people.agreed(people.subscriber(), purpose)

    delete_ticked(administrator, purpose)

    assert Purpose.objects.filter(pk=purpose.pk).exists()


def test_a_purpose_nobody_uses_goes(administrator: Client) -> None:
    purpose = Purpose.objects.create(key="vecchia", kind="newsletter", title_it="Vecchia", title_en="Old")

    delete(administrator, purpose)

    assert not Purpose.objects.filter(pk=purpose.pk).exists()


def test_an_email_of_a_live_journey_stays_in_every_language(administrator: Client) -> None:
    italian, english = emails()
    mail = draw.step("hello", "mail", {"email": italian.translation_key.hex}, next="end")
    live_journey(mail, draw.step("end", "end"))

    said = [delete(administrator, italian), delete_ticked(administrator, english)]

    assert all("Benvenuto" in words for words in said)
    assert Email.objects.filter(translation_key=italian.translation_key).count() == 2


def test_an_email_of_a_draft_goes(administrator: Client) -> None:
    italian, _english = emails()
    mail = draw.step("hello", "mail", {"email": italian.translation_key.hex}, next="end")
    Journey.objects.create(name="Bozza", purpose=people.purpose(), graph=draw.graph_of(mail, draw.step("end", "end")))

    delete(administrator, italian)

    assert not Email.objects.filter(pk=italian.pk).exists()


def test_a_sign_up_form_in_a_page_stays_and_names_the_page(administrator: Client) -> None:
    form, free = people.signup_form(people.purpose()), people.signup_form(people.purpose())
    home = HomePage.objects.get(locale__language_code="it")
    page = LandingPage(title="Vieni con noi", slug="vieni", form=[("signup", {"form": form})], locale=home.locale)
    home.add_child(instance=page)

    said = delete(administrator, form)
    delete(administrator, free)

    assert "Vieni con noi" in said
    assert list(SignupForm.objects.filter(pk__in=[form.pk, free.pk])) == [form]


def test_a_segment_that_a_journey_another_segment_or_an_issue_needs_stays(administrator: Client) -> None:
    asked, inner, chosen, free = (
        Segment.objects.create(name=name, rule={"field": "locale", "is": "it"})
        for name in ("Chiesto", "Interno", "Scelto", "Libero")
    )
    live_journey(
        draw.step("ask", "check", {"ask": "segment", "rule": {"in_segment": asked.pk}}, yes="end", no="end"),
        draw.step("end", "end"),
    )
    Segment.objects.create(name="Esterno", rule={"not": {"in_segment": inner.pk}})
    make.issue(segment=chosen, title="Numero 7")

    said = [delete(administrator, one) for one in (asked, inner, chosen, free)]

    assert "Benvenuto" in said[0]
    assert "Esterno" in said[1]
    assert "Numero 7" in said[2]
    assert set(Segment.objects.values_list("name", flat=True)) == {"Chiesto", "Interno", "Scelto", "Esterno"}


def test_one_that_is_used_keeps_all_that_were_ticked(administrator: Client) -> None:
    used, free = (
        make.newsletter().purpose,
        Purpose.objects.create(key="x", kind="newsletter", title_it="X", title_en="X"),
    )

    delete_ticked(administrator, used, free)

    assert Purpose.objects.filter(pk__in=[used.pk, free.pk]).count() == 2
