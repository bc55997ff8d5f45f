"""The doors of the big providers: the address's own comes first, and nobody else's instead."""

import pytest

from subscribers.signup import mailboxes

COMMON = ["Gmail", "Outlook", "Libero"]


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("a•••@gmail.com", "Gmail"),
        ("a•••@hotmail.it", "Outlook"),
        ("a•••@libero.it", "Libero"),
        ("a•••@yahoo.co.uk", "Yahoo"),
        ("a•••@icloud.com", "iCloud"),
        ("a•••@virgilio.it", "Virgilio"),
        ("a•••@letters.example", ""),
        ("a•••@notgmail.com", ""),
        ("", ""),
    ],
)
def test_the_own_provider_comes_first_and_the_common_ones_follow(address: str, own: str) -> None:
    doors = mailboxes.doors(address)

    assert [door.name for door in doors if door.is_own] == ([own] if own else [])
    assert [door.name for door in doors] == ([own] if own else []) + [name for name in COMMON if name != own]
