"""Staff: guessing is limited, a forgotten password comes back by mail, sessions end with the password."""

import base64
import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as mail_policy
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.test import Client

from campaigns.models import Delivery
from circolare.settings import EMAIL_BACKEND
from tests.factories.subscribers import NOW

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
PASSWORD = "a-long-and-good-password-1"


@pytest.fixture
def editor() -> User:
    user = User.objects.create_user("bruna", "bruna@letters.example", PASSWORD)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture(autouse=True)
def at_noon(settings: object):
    settings.EMAIL_BACKEND = EMAIL_BACKEND  # the test runner puts another one in its place
    with time_machine.travel(NOW, tick=False):
        yield


def log_in(password: str = PASSWORD, *, name: str = "bruna", client: Client | None = None, peer: str = "198.51.100.7"):
    return (client or Client()).post(LOGIN, {"username": name, "password": password}, REMOTE_ADDR=peer)


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def test_the_right_password_opens_and_a_wrong_one_does_not(editor: User) -> None:
    assert log_in("wrong").status_code == 200
    assert log_in().status_code == 302


def test_after_five_wrong_guesses_even_the_right_password_waits_a_quarter_of_an_hour(editor: User) -> None:
    for _time in range(5):
        log_in("wrong")

    assert log_in().status_code == 200
    assert log_in(name="BRUNA").status_code == 200
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert log_in().status_code == 302


def test_a_guesser_does_not_shut_the_owner_out(editor: User) -> None:
    for _time in range(20):
        log_in("wrong", peer="203.0.113.5")

    assert log_in(peer="198.51.100.7").status_code == 302


def test_one_network_cannot_try_many_names(editor: User) -> None:
    for number in range(30):
        log_in("wrong", name=f"name{number}", peer=f"198.51.100.{number}")

    assert log_in(peer="198.51.100.200").status_code == 200
    assert log_in(peer="198.51.101.200").status_code == 302


def test_right_passwords_are_not_counted(editor: User) -> None:
    assert {log_in().status_code for _time in range(8)} == {302}


def test_many_networks_together_are_stopped_too(editor: User) -> None:
    for number in range(100):
        log_in("wrong", peer=f"198.{number}.100.7")

    assert log_in(peer="203.0.113.5").status_code == 200


def test_changing_the_password_ends_all_other_sessions_and_keeps_this_one(editor: User) -> None:
    here, elsewhere = Client(), Client()
    log_in(client=here)
    log_in(client=elsewhere)
    assert (is_in(here), is_in(elsewhere)) == (True, True)

    page = here.get("/admin/account/")
    assert page.status_code == 200
    new = "another-long-and-good-password-2"
    changed = here.post(
        "/admin/account/",
        {
            "password-old_password": PASSWORD,
            "password-new_password1": new,
            "password-new_password2": new,
            **hidden_values(page.content.decode()),
        },
    )

    assert changed.status_code == 302
    editor.refresh_from_db()
    assert editor.check_password(new)
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def hidden_values(html: str) -> dict[str, str]:
    """What the account form holds beside the password."""
    values = {"name_email-email": "bruna@letters.example", "name_email-first_name": "B", "name_email-last_name": "R"}
    values |= {"locale-preferred_language": "", "locale-current_time_zone": "", "theme-theme": "system"}
    values |= {"theme-contrast": "system", "theme-density": "default"}
    return values | dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html))


def test_a_disabled_colleague_is_out_at_the_next_request(editor: User) -> None:
    client = Client()
    log_in(client=client)
    assert is_in(client)

    User.objects.update(is_active=False)

    assert not is_in(client)
    assert log_in().status_code == 200


def test_a_lost_role_counts_at_the_next_request(editor: User) -> None:
    client = Client()
    log_in(client=client)
    assert is_in(client)

    editor.groups.clear()

    assert not is_in(client)


def test_a_forgotten_password_comes_back_by_mail_and_ends_every_session(editor: User) -> None:
    client = Client()
    log_in(client=client)

    asked = Client().post("/admin/password_reset/", {"email": "bruna@letters.example"})
    assert asked.status_code == 302
    mail = Delivery.objects.get()
    assert mail.address == "bruna@letters.example"
    assert is_in(client)

    raw = message_from_bytes(base64.b64decode(mail.context["raw"]), policy=mail_policy)
    link = urlsplit(re.search(r"https?://\S+", raw.get_content()).group(0)).path
    visitor, new = Client(), "another-long-and-good-password-2"
    form = visitor.get(link)["Location"]
    assert visitor.post(form, {"new_password1": new, "new_password2": new}).status_code == 302
    assert not is_in(client)
    assert log_in(new).status_code == 302
    assert Client().get(link).status_code == 200  # used: it says so and sets nothing


def test_asking_for_a_password_says_the_same_for_anybody_and_writes_three_mails_an_hour(editor: User) -> None:
    answers = [Client().post("/admin/password_reset/", {"email": "bruna@letters.example"}) for _time in range(5)]
    answers.append(Client().post("/admin/password_reset/", {"email": "nobody@letters.example"}))

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/admin/password_reset/done/")}
    assert Delivery.objects.count() == 3
