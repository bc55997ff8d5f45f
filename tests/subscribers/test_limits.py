"""Limits and the client's address: counted per network and mailbox, told only by named proxies."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from subscribers import clients
from subscribers.signup import limits
from tests.factories.subscribers import NOW

LIMIT = limits.Limit("test", 3, 60)


def request(peer: str, forwarded: str = ""):
    return RequestFactory().get("/", REMOTE_ADDR=peer, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))


def test_a_limit_counts_each_name_apart_and_opens_again() -> None:
    first = [limits.passes(LIMIT, "a", now=NOW) for _time in range(5)]
    other = limits.passes(LIMIT, "b", now=NOW)
    later = limits.passes(LIMIT, "a", now=NOW + timedelta(seconds=60))

    assert (first, other, later) == ([True, True, True, False, False], True, True)


def test_the_counter_keeps_no_name() -> None:
    limits.passes(LIMIT, "anna@letters.example", now=NOW)

    client = cache._cache.get_client(None)
    keys = [key.decode() for key in client.scan_iter("*limit:test:*")]
    assert len(keys) == 1
    assert "anna" not in keys[0]


def test_a_silent_cache_stops_nobody(settings: object, caplog: pytest.LogCaptureFixture) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}

    assert limits.passes(LIMIT, "a", now=NOW) is True
    assert "could not be counted" in caplog.text


@pytest.mark.parametrize(
    ("peer", "forwarded", "told"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.1", "198.51.100.7"),  # not a named proxy: its word counts nothing
        ("10.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.1", "203.0.113.1"),  # the first is the visitor's own invention
        ("10.0.0.1", "1.2.3.4, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "nonsense, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "203.0.113.1:51234", "203.0.113.1"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:10.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("2001:db8:1::5", "203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "'; DROP TABLE x; --", "10.0.0.1"),
        ("", "203.0.113.1", "203.0.113.1"),
    ],
)
def test_the_clients_address_is_what_named_proxies_tell(settings: object, peer: str, forwarded: str, told: str) -> None:
    settings.CIRCOLARE_TRUSTED_PROXIES = ["10.0.0.0/8", "2001:db8:1::/48"]

    assert clients.address_of(request(peer, forwarded)) == told


def test_without_named_proxies_nobody_tells_another_address(settings: object) -> None:
    settings.CIRCOLARE_TRUSTED_PROXIES = []

    assert clients.address_of(request("10.0.0.1", "203.0.113.1")) == "10.0.0.1"
    assert clients.address_of(request("", "203.0.113.1")) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.99", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.99", "203.0.113.0/24"),
        (None, "unknown"),
    ],
)
def test_a_network_is_a_24_or_a_64(address: str | None, network: str) -> None:
    assert clients.network_of(address) == network


def test_a_proof_is_cut_to_what_the_column_holds() -> None:
    proof = clients.proof_of(RequestFactory().get("/", HTTP_USER_AGENT="x" * 5000))

    assert (proof.ip, len(proof.user_agent)) == ("127.0.0.1", 512)
