"""Service mails: wished for below, made into deliveries once, and mails of Django's own."""

import base64
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.utils import timezone

from campaigns.models import CapturedMail, Delivery, Mailing
from campaigns.sending import service, worker
from campaigns.transports import staff
from subscribers import mail_requests
from subscribers.models import MailRequest
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_mail(settings) -> None:
    settings.EMAIL_BACKEND = "campaigns.transports.staff.StaffMailBackend"  # pytest-django puts a locmem one there


# -- requests -----------------------------------------------------------------------------------------------
def test_a_request_becomes_one_delivery_of_its_kind() -> None:
    person = people.subscriber("anna@letters.example", locale="en")
    mail_requests.ask(MailRequest.Kind.LINK, person, key="link:1", locale="en", now=NOW)

    taken = [service.take(NOW), service.take(NOW)]

    row = Delivery.objects.select_related("mailing").get()
    assert taken == [1, 0]
    assert (row.mailing.key, row.mailing.purpose_class, row.mailing.is_standing) == ("service:link", "service", True)
    assert (row.intent_key, row.address, row.locale, row.due_at) == ("link:1", "anna@letters.example", "en", NOW)


def test_a_resource_is_not_mere_service_mail() -> None:
    person = people.subscriber()
    mail_requests.ask(MailRequest.Kind.RESOURCE, person, key="r:1", locale="it", now=NOW, payload={"grant": 1})

    service.take(NOW)

    assert Mailing.objects.get().purpose_class == "resource"
    assert Delivery.objects.get().context == {"grant": 1}


def test_a_mail_that_proves_a_new_address_goes_there() -> None:
    person = people.subscriber("old@letters.example")
    payload = {"step": "new", "to": "new@letters.example"}
    mail_requests.ask(MailRequest.Kind.ADDRESS, person, key="a:1", locale="it", now=NOW, payload=payload)

    service.take(NOW)

    assert Delivery.objects.get().address == "new@letters.example"


def test_a_request_that_is_not_due_waits() -> None:
    person = people.subscriber()
    mail_requests.ask(MailRequest.Kind.LINK, person, key="l", locale="it", now=NOW, due_at=NOW + timedelta(hours=24))

    assert (service.take(NOW), service.take(NOW + timedelta(hours=24))) == (0, 1)


def test_when_a_delivery_cannot_be_made_its_request_is_not_used_up(monkeypatch) -> None:
    person = people.subscriber()
    mail_requests.ask(MailRequest.Kind.LINK, person, key="l", locale="it", now=NOW)
    monkeypatch.setattr(service, "CLASSES", None)

    with pytest.raises(AttributeError):
        service.take(NOW)

    assert MailRequest.objects.get().taken_at is None


# -- Django's own -------------------------------------------------------------------------------------------
def test_a_mail_of_djangos_own_leaves_by_the_ledger_with_its_words() -> None:
    body = "Perché no?\r\n.\r\nReset: https://circolare.example/reset/abc/"

    n_queued = send_mail("Reimposta però", body, "redazione@circolare.example", ["anna@circolare.example"])
    queued = Delivery.objects.get()
    worker.run_chunk("hand")

    mail = CapturedMail.objects.get()
    parsed = message_from_bytes(bytes(mail.raw), policy=policy.default)
    assert (n_queued, queued.mailing.key, queued.state) == (1, "service:staff", "queued")
    assert parsed["Subject"] == "Reimposta però"
    assert parsed.get_content().replace("\r\n", "\n").rstrip("\n") == body.replace("\r\n", "\n")
    assert bytes(mail.raw).isascii()
    assert (mail.sender, mail.recipient) == ("redazione@circolare.example", "anna@circolare.example")


def test_each_recipient_has_a_delivery_and_hidden_ones_stay_hidden() -> None:
    message = EmailMultiAlternatives("S", "text", "Redazione <r@circolare.example>", ["a@circolare.example"])
    message.bcc = ["b@circolare.example"]
    message.attach_alternative("<p>html</p>", "text/html")

    message.send()
    worker.run_chunk("hand")

    assert set(CapturedMail.objects.values_list("recipient", flat=True)) == {
        "a@circolare.example",
        "b@circolare.example",
    }
    assert b"b@circolare.example" not in bytes(CapturedMail.objects.first().raw)


def test_the_content_leaves_the_ledger_when_the_mail_has_left() -> None:
    send_mail("Reset", "secret link", None, ["anna@circolare.example"])

    before = staff.forget()
    kept = base64.b64decode(Delivery.objects.get().context["raw"])
    worker.run_chunk("hand")
    after = staff.forget()

    assert (before, after) == (0, 1)
    assert b"secret link" in kept
    assert Delivery.objects.get().context == {}


def test_an_address_that_cannot_be_one_does_not_break_the_page_that_asked() -> None:
    assert send_mail("Reset", "text", None, ["root@localhost"]) == 0


def test_the_password_reset_of_staff_leaves_this_way(client, django_user_model) -> None:
    django_user_model.objects.create_user("ada", "ada@circolare.example", "correct horse", is_staff=True)

    answer = client.post("/admin/password_reset/", {"email": "ada@circolare.example"})
    worker.run_chunk("hand")

    assert answer.status_code == 302
    mail = CapturedMail.objects.get()
    assert mail.recipient == "ada@circolare.example"
    assert b"/admin/password_reset/" in message_from_bytes(bytes(mail.raw)).get_payload(decode=True)
    assert Delivery.objects.get().done_at <= timezone.now()
