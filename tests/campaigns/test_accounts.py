"""Sending accounts in the admin: one is the way out, and there is always one."""

import pytest
from django.test import Client

from campaigns.models import Account
from campaigns.sending import mailing
from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "Bulk",
    "url_variable": "EMAIL_URL_BULK",
    "n_per_second": 0,
    "n_connections": 4,
    "n_per_connection": 1000,
}


@pytest.fixture
def administrator() -> Client:
    client = Client()
    user = make.staff("Marketers")
    user.is_superuser = True
    user.save()
    client.force_login(user)
    return client


def test_a_new_default_takes_the_place_of_the_old_one(administrator: Client) -> None:
    old = mailing.default_account()

    saved = administrator.post("/admin/accounts/new/", {**TYPED, "is_default": "on"})

    assert saved.status_code == 302
    assert mailing.default_account().name == "Bulk"
    old.refresh_from_db()
    assert not old.is_default


def test_what_has_no_end_leaves_by_the_new_default_too() -> None:
    old = mailing.default_account()
    journey = make.mailing(is_standing=True, state="sending", account=old)
    elsewhere = make.mailing(is_standing=True, state="sending", account=Account.objects.create(name="Third"))
    issue = make.mailing(account=old)

    new = Account.objects.create(name="New", is_default=True)

    for one in (journey, elsewhere, issue):
        one.refresh_from_db()
    assert (journey.account, elsewhere.account.name, issue.account) == (new, "Third", old)


def test_mail_is_not_left_without_a_way_out(administrator: Client) -> None:
    old = mailing.default_account()

    page = administrator.post(f"/admin/accounts/edit/{old.pk}/", {**TYPED, "name": old.name, "url_variable": ""})

    assert page.status_code == 200
    assert Account.objects.get(is_default=True) == old


def test_the_way_out_cannot_be_deleted_and_another_account_can(administrator: Client) -> None:
    old = mailing.default_account()
    other = Account.objects.create(name="Other")

    for account in (old, other):
        administrator.post(f"/admin/accounts/delete/{account.pk}/")

    assert list(Account.objects.all()) == [old]


def test_an_account_that_the_ledger_names_is_kept(administrator: Client) -> None:
    used = Account.objects.create(name="Used")
    make.mailing(account=used)

    answer = administrator.post(f"/admin/accounts/delete/{used.pk}/")

    assert answer.status_code == 302
    assert Account.objects.filter(pk=used.pk).exists()
