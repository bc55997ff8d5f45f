"""The note on caught mail stands on every screen of the office as long as nobody can be written to, and no longer."""

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Account
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
FAR = {"REMOTE_ADDR": "203.0.113.9"}
NOTE = "office-caught"


@pytest.fixture
def nothing_is_caught_by_hand(settings: object) -> None:
    settings.CIRCOLARE_MAIL_IS_CAUGHT = False


def page(role: str, path: str = "/admin/", **more: str) -> str:
    client = Client()
    client.force_login(make.staff(role))
    return client.get(path, **more).content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/office/mailings/", "/admin/pages/"])
def test_every_screen_says_that_mail_is_caught(path: str, settings: object, nothing_is_caught_by_hand: None) -> None:
    settings.EMAIL_URL = "inbox://"

    assert NOTE in page("Administrators", path)


def test_one_account_that_reaches_people_ends_the_note(
    settings: object, monkeypatch: pytest.MonkeyPatch, nothing_is_caught_by_hand: None
) -> None:
    settings.EMAIL_URL = "inbox://"
    monkeypatch.setenv("EMAIL_URL_RELAY", "smtp://relay.giro.it")
    Account.objects.create(name="Relay", url_variable="EMAIL_URL_RELAY")

    assert NOTE not in page("Administrators")


def test_a_server_that_catches_mail_for_a_trial_is_said_without_a_door_to_the_inbox(settings: object) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:2525"
    settings.CIRCOLARE_MAIL_IS_CAUGHT = True

    shown = page("Administrators")

    assert NOTE in shown
    assert reverse("inbox") not in shown


def test_the_door_to_the_inbox_is_shown_to_whom_it_opens(settings: object) -> None:
    settings.EMAIL_URL = "inbox://"

    assert f'href="{reverse("inbox")}"' in page("Marketers", **FAR)
    assert f'href="{reverse("inbox")}"' not in page("Analysts", **FAR)


def test_nobody_without_a_login_is_told() -> None:
    assert NOTE not in Client().get("/admin/login/").content.decode()
