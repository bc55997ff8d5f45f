"""The first login: made once, by whoever is entitled, and never again."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from campaigns.models import Chore
from circolare import setup
from tests.factories import campaigns as make

PATH = "/admin/setup/"
FAR = {"REMOTE_ADDR": "203.0.113.9"}
GIVEN = {
    "name": "Irma Bassi",
    "email": "irma@giro.it",
    "password": "una tazza di vento",
    "again": "una tazza di vento",
    "sample": "no",
}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/admin/", "/admin/pages/", "/admin/login/"])
def test_every_door_of_an_office_without_anybody_leads_to_the_setup(path: str) -> None:
    answer = Client().get(path, follow=True)

    assert answer.redirect_chain[-1][0] == PATH
    assert answer.status_code == 200


@pytest.mark.django_db
def test_the_first_one_goes_in_with_all_rights_and_the_language_of_the_page() -> None:
    client = Client()

    answer = client.post(f"{PATH}?language=en", GIVEN)

    irma = User.objects.get()
    assert answer["Location"] == "/admin/"
    assert (irma.username, irma.first_name, irma.is_superuser) == ("irma@giro.it", "Irma Bassi", True)
    assert irma.wagtail_userprofile.preferred_language == "en"
    assert client.get("/admin/").status_code == 200
    assert not Chore.objects.filter(name="sample").exists()


@pytest.mark.django_db
def test_with_the_sample_a_worker_is_asked_for_it_and_the_bar_is_shown() -> None:
    client = Client()

    answer = client.post(PATH, {**GIVEN, "sample": "yes"}, follow=True)

    assert answer.redirect_chain == [("/admin/office/sample/", 302)]
    assert Chore.objects.get(name="sample").done_at is None


@pytest.mark.django_db
def test_it_is_closed_once_anybody_has_a_login() -> None:
    make.staff("Authors")

    seen, sent = Client().get(PATH), Client().post(PATH, GIVEN)

    assert (seen["Location"], sent["Location"]) == ("/admin/login/", "/admin/login/")
    assert User.objects.filter(is_superuser=True).count() == 0
    assert Client().get("/admin/login/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"password": "12345678", "again": "12345678"}, "password"),
        ({"again": "una tazza di venti"}, "again"),
        ({"password": "irma@giro.it", "again": "irma@giro.it"}, "password"),
        ({"email": "irma"}, "email"),
        ({"name": ""}, "name"),
        ({"sample": "perhaps"}, "sample"),
    ],
)
def test_what_is_wrong_is_named_and_nobody_is_made(changed: dict[str, str], field: str) -> None:
    answer = Client().post(PATH, GIVEN | changed)

    assert set(answer.context["form"].errors) == {field}
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_from_elsewhere_it_asks_for_the_printed_code() -> None:
    printed = io.StringIO()
    call_command("setup_code", stdout=printed)
    code = printed.getvalue().split()[-1]

    without = Client().post(PATH, GIVEN, **FAR)
    behind = Client().post(PATH, GIVEN, HTTP_X_FORWARDED_FOR="203.0.113.9")
    wrong = Client().post(PATH, {**GIVEN, "code": "0000-0000-0000-0000-0000"}, **FAR)
    assert [set(answer.context["form"].errors) for answer in (without, behind, wrong)] == [{"code"}] * 3
    assert User.objects.count() == 0

    right = Client().post(PATH, {**GIVEN, "code": code.upper().replace("-", " ")}, **FAR)
    assert right["Location"] == "/admin/"


@pytest.mark.django_db
def test_a_public_site_asks_for_the_code_even_from_its_own_machine(settings: object) -> None:
    settings.BASE_URL = "https://giro.it"

    assert set(Client().post(PATH, GIVEN).context["form"].errors) == {"code"}


@pytest.mark.django_db
def test_after_too_many_wrong_codes_not_even_the_right_one_is_looked_at() -> None:
    for _n in range(setup.WRONG_CODES.n):
        Client().post(PATH, {**GIVEN, "code": "wrong"}, **FAR)

    answer = Client().post(PATH, {**GIVEN, "code": setup.code()}, **FAR)

    assert answer.status_code == 429
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_the_code_is_not_printed_once_somebody_has_a_login() -> None:
    make.staff("Authors")

    with pytest.raises(CommandError):
        call_command("setup_code", stdout=io.StringIO())


@pytest.mark.django_db
def test_no_cache_keeps_the_page() -> None:
    assert "no-store" in Client().get(PATH)["Cache-Control"]


def test_two_posts_at_once_make_one_login(committed: None) -> None:
    gate = threading.Barrier(2)

    def post(name: str) -> str:
        try:
            gate.wait()
            return Client().post(PATH, {**GIVEN, "email": f"{name}@giro.it"})["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        places = sorted(pool.map(post, ["irma", "bruna"]))

    assert places == ["/admin/", "/admin/login/"]
    assert User.objects.count() == 1
