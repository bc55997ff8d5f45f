"""Keys that lead to our lists, for those who may see them."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import campaigns as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "keys"), [("Marketers", ["g n", "g m", "g j", "g s"]), ("Authors", [])])
def test_each_colleague_has_the_keys_of_the_lists_they_may_see(role: str, keys: list[str]) -> None:
    client = Client()
    client.force_login(make.staff(role))

    page = client.get(reverse("wagtailadmin_home")).content.decode()

    assert [one for one in ("g n", "g m", "g j", "g s") if f'data-w-kbd-key-value="{one}"' in page] == keys


def test_the_help_of_the_keyboard_names_them() -> None:
    client = Client()
    client.force_login(make.staff("Marketers"))

    page = client.get(reverse("wagtailadmin_home")).content.decode()

    assert "<kbd>g j</kbd>" in page
