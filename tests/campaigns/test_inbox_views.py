"""The built-in inbox: what it shows, to whom, and how little a mail may do in it."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from campaigns.models import CapturedMail

pytestmark = pytest.mark.django_db
RAW = (
    b"From: Redazione <r@example.org>\r\nTo: ada@example.org\r\nSubject: Prova\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nciao\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<html><head></head><body><script>x()</script><a href='https://example.org/'>vai</a></body></html>\r\n--b--\r\n"
)
ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}
PATHS = ["/inbox/", "/inbox/{}/", "/inbox/{}/html/", "/inbox/{}/text/", "/inbox/{}/source/"]


@pytest.fixture
def mail() -> CapturedMail:
    return CapturedMail.objects.create(sender="b@example.org", recipient="ada@example.org", subject="Prova", raw=RAW)


def staff(role: str) -> Client:
    user = User.objects.create_user(f"{role}", password="una-parola-lunga")
    user.groups.add(Group.objects.get(name=role))
    client = Client(**ELSEWHERE)
    client.force_login(user)
    return client


@pytest.mark.parametrize("path", PATHS)
def test_inbox_opens_without_login_on_this_machine(mail: CapturedMail, path: str) -> None:
    response = Client().get(path.format(mail.pk))

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", PATHS)
def test_inbox_asks_a_stranger_from_elsewhere_to_log_in(mail: CapturedMail, path: str) -> None:
    response = Client(**ELSEWHERE).get(path.format(mail.pk))

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", PATHS)
def test_inbox_asks_for_login_behind_a_proxy_on_this_machine(mail: CapturedMail, path: str) -> None:
    response = Client(HTTP_X_FORWARDED_FOR="192.0.2.7").get(path.format(mail.pk))

    assert response.status_code == 302


@pytest.mark.parametrize(("role", "status"), [("Marketers", 200), ("Authors", 403), ("Analysts", 403)])
def test_inbox_from_elsewhere_needs_the_right_to_see_deliveries(mail: CapturedMail, role: str, status: int) -> None:
    assert staff(role).get("/inbox/").status_code == status


def test_html_of_a_mail_may_run_nothing(mail: CapturedMail) -> None:
    response = Client().get(f"/inbox/{mail.pk}/html/")

    directives = response["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in directives
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in directives
    assert '<base target="_blank">' in response.content.decode()


def test_source_is_every_byte_that_was_handed_over(mail: CapturedMail) -> None:
    assert Client().get(f"/inbox/{mail.pk}/source/").content == RAW


def test_list_finds_by_address_and_reflects_nothing_unescaped(mail: CapturedMail) -> None:
    hostile = '"><script>alert(1)</script>'

    found = Client().get("/inbox/", {"to": "ada@"}).content.decode()
    missed = Client().get("/inbox/", {"to": hostile}).content.decode()

    assert "Prova" in found
    assert "Prova" not in missed
    assert hostile not in missed


def test_list_costs_the_same_for_one_mail_and_for_three(mail: CapturedMail, django_assert_num_queries: object) -> None:
    Client().get("/inbox/")
    with django_assert_num_queries(3) as one:
        Client().get("/inbox/")
    CapturedMail.objects.bulk_create(
        [CapturedMail(sender="b@example.org", recipient=f"{n}@example.org", raw=RAW) for n in range(2)]
    )

    with django_assert_num_queries(len(one.captured_queries)):
        Client().get("/inbox/")
