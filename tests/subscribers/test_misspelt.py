"""Slips of the hand: only what is certainly no provider is asked about."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from subscribers import addresses, misspelt
from subscribers.signup.fields import AddressField

REAL = [
    *misspelt.PROVIDERS,
    *("gmx.com", "gmail.it", "mail.com", "email.it", "hotmail.fr", "yahoo.co.uk", "ymail.com", "live.nl", "me.com"),
    *("inwind.it", "iol.it", "tiscalinet.it", "pec.it", "aruba.it", "fastwebnet.it", "letters.example"),
]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("pippo@gmial.com", "pippo@gmail.com"),
        ("Anna.Rossi+uno@GMAIL.CON", "Anna.Rossi+uno@gmail.com"),
        ("a@hotmial.com", "a@hotmail.com"),
        ("a@hotmail.ti", "a@hotmail.it"),
        ("a@outlok.it", "a@outlook.it"),
        ("a@libero.itt", "a@libero.it"),
        ("a@yahooo.it", "a@yahoo.it"),
        ("a@icoud.com", "a@icloud.com"),
        ("a@virgillio.it", "a@virgilio.it"),
        ("a@tiscalli.it", "a@tiscali.it"),
    ],
)
def test_a_slip_is_answered_with_the_address_that_was_meant(written: str, meant: str) -> None:
    assert misspelt.meant(addresses.read(written).written) == meant
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        AddressField().clean(written)
    assert refused.value.messages == [f"Did you mean {meant}?"]


@pytest.mark.parametrize("domain", REAL)
def test_a_provider_that_exists_is_never_asked_about(domain: str) -> None:
    assert misspelt.meant(f"anna@{domain}") == ""


def test_what_is_proposed_is_a_provider_and_no_slip_itself() -> None:
    assert set(misspelt.MEANT.values()) <= set(misspelt.PROVIDERS)
    assert not set(misspelt.MEANT) & set(misspelt.PROVIDERS)
    assert not any(addresses.is_disposable(domain) for domain in misspelt.MEANT.values())


def test_an_address_that_will_vanish_is_still_refused_as_such() -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        AddressField().clean("anna@mailinator.com")
    with translation.override("en"):
        assert "will soon vanish" in refused.value.messages[0]
