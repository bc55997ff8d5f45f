"""Service mails: one thing each, in both languages, with links that open."""

import re
from datetime import timedelta
from typing import Any

import pytest

from campaigns.models import PurposeClass
from campaigns.rendering import personalise, versions
from subscribers import mail_requests, tokens
from subscribers.models import Grant, MailRequest
from tests.campaigns import letters, wire
from tests.factories import content
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
NOW = letters.NOW
KINDS = [*MailRequest.Kind.values, "test"]
ONE_BUTTON = {
    "confirm": "confirm",
    "remind": "confirm",
    "already": "yours",
    "link": "yours",
    "export": "export",
    "erase": "erase",
    "resource": "granted",
    "address": "address",
}


def service_mail(kind: str, locale: str, **context: Any) -> bytes:
    person = people.subscriber("anna@letters.example", name="Anna Bo", locale=locale)
    purpose_class = PurposeClass.RESOURCE if kind == "resource" else PurposeClass.SERVICE
    mailing = letters.mailing(purpose_class=purpose_class, service_kind=kind, key=f"service:{kind}")
    letter = people.purpose("newsletter-giro", title_it="Il giro", title_en="The ring")
    ids = {
        "signup": people.signup(person, letter, at=NOW).pk,
        "grant": Grant.objects.create(subscriber=person, title="Guida", expires_at=NOW + timedelta(days=365)).pk,
    }
    named = {"confirm": ["signup"], "remind": ["signup"], "resource": ["grant"]}
    chosen = {name: ids[name] for name in named.get(kind, [])}
    delivery = letters.delivery(mailing, person, context={**chosen, **context})
    version = versions.ensure(mailing, locale, now=NOW)
    return personalise.writer(version.pk).write(personalise.people([delivery])[delivery.pk], now=NOW)


@pytest.mark.parametrize("locale", ["it", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_both_parts_and_no_list_headers(kind: str, locale: str) -> None:
    raw = service_mail(kind, locale)

    message = wire.parsed(raw)
    assert message["Subject"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None
    assert str(message["From"]) == "Circolare <redazione@circolare.example>"
    assert f'<html lang="{locale}"' in wire.html_of(raw)
    for part in (wire.html_of(raw), wire.text_of(raw)):
        assert "{{" not in part
        assert "{%" not in part
        assert "/c/" not in part


@pytest.mark.parametrize("kind", ONE_BUTTON)
def test_text_and_html_lead_to_the_same_places(kind: str) -> None:
    raw = service_mail(kind, "it")

    hrefs = re.findall(r'href="(http://127\.0\.0\.1:8000/it/[^"]+)"', wire.html_of(raw))
    addresses = re.findall(r"http://127\.0\.0\.1:8000/it/\S+", wire.text_of(raw))
    assert hrefs == addresses
    assert hrefs[0].startswith(f"http://127.0.0.1:8000/it/{ONE_BUTTON[kind]}/")


@pytest.mark.parametrize(
    ("locale", "newsletter", "when"),
    [("it", "Il giro", "23 novembre 2026, 10:30"), ("en", "The ring", "23 November 2026, 10:30")],
)
def test_the_confirmation_names_site_time_and_what_was_asked_for(locale: str, newsletter: str, when: str) -> None:
    text = " ".join(wire.text_of(service_mail("confirm", locale)).split())

    assert "Circolare (http://127.0.0.1:8000)" in text
    assert newsletter in text
    assert when in text
    assert f"/{locale}/not-me/" in text


@pytest.mark.parametrize(
    ("locale", "when", "letter"),
    [("it", "23 novembre 2026, 10:30", "Il giro"), ("en", "23 November 2026, 10:30", "The ring")],
)
def test_time_and_place_of_the_confirmation_have_lines_of_their_own(locale: str, when: str, letter: str) -> None:
    lines = wire.text_of(service_mail("confirm", locale)).splitlines()

    listed = [line.partition(": ")[2] for line in lines if line.startswith("* ")]
    assert listed == [when, "Circolare (http://127.0.0.1:8000)", letter]
    assert [line for line in lines if len(line) > 72 and "http" not in line] == []


def test_the_confirmation_link_confirms_and_the_other_refuses(client: Any) -> None:
    text = wire.text_of(service_mail("confirm", "it"))

    for place in ("confirm", "not-me"):
        found = re.search(rf"/it/{place}/[\w-]+/", text)
        assert found
        assert client.get(found.group()).status_code == 200


def test_the_resource_mail_is_called_after_the_resource() -> None:
    raw = service_mail("resource", "en")

    assert wire.parsed(raw)["Subject"] == "Here it is: Guida"
    assert "Guida</h1>" in wire.html_of(raw)


def test_texts_of_the_request_are_data_and_stand_on_one_line() -> None:
    person = people.subscriber(locale="en")
    grant = Grant.objects.create(
        subscriber=person, title="<b>{{ links.leave }}</b>\r\nBcc: v@letters.example", expires_at=NOW
    )

    raw = service_mail("resource", "en", grant=grant.pk)

    assert wire.parsed(raw)["Subject"] == "Here it is: <b>{{ links.leave }}</b> Bcc: v@letters.example"
    assert wire.parsed(raw)["Bcc"] is None
    assert "&lt;b&gt;{{ links.leave }}&lt;/b&gt; Bcc: v@letters.example" in wire.html_of(raw)


def test_a_kind_without_templates_is_not_ready() -> None:
    with pytest.raises(versions.NotReady):
        versions.ensure(letters.service("surprise"), "it", now=NOW)


def test_a_resource_button_in_a_journey_mail_needs_a_grant(italian: Any) -> None:
    block = ("button", {"label": "Scarica", "page": None, "url": "", "place": "resource"})
    email = letters.email(italian, block)
    letters.publisher()
    mailing = letters.mailing(purpose_class=PurposeClass.JOURNEY, email=email.translation_key, key="journey:1:step:a")
    person = people.subscriber()
    grant = Grant.objects.create(
        subscriber=person, resource=content.resource(italian), title="Guida", expires_at=NOW + timedelta(days=9)
    )
    version = versions.ensure(mailing, "it", now=NOW)
    rows = [
        letters.delivery(mailing, person, context=context, intent_key=key)
        for key, context in (("with", {"grant": grant.pk}), ("without", {}))
    ]
    known = personalise.people(rows)

    found = [
        re.search(
            r'href="([^"]*)"[^>]*>\s*Scarica',
            wire.html_of(personalise.writer(version.pk).write(known[row.pk], now=NOW)),
        )
        for row in rows
    ]

    assert [match.group(1)[:33] if match else None for match in found] == ["http://127.0.0.1:8000/it/granted/", ""]


def test_a_change_of_address_names_its_request(client: Any) -> None:
    person = people.subscriber("anna@letters.example")
    payload = {"step": "new", "to": "nuova@letters.example", "from": person.address_key}
    request = mail_requests.ask("address", person, key="address-new:1", locale="it", payload=payload, now=NOW)
    assert request
    delivery = letters.delivery(
        letters.service("address"), person, address="nuova@letters.example", context=payload, intent_key=request.key
    )
    version = versions.ensure(delivery.mailing, "it", now=NOW)

    raw = personalise.writer(version.pk).write(personalise.people([delivery])[delivery.pk], now=NOW)

    found = re.search(r"/it/address/([\w-]+)/", wire.text_of(raw))
    assert found
    assert tokens.read(tokens.ADDRESS, found.group(1), now=NOW).ids() == (person.pk, request.pk)
    assert "nuova@letters.example" in wire.text_of(raw)
