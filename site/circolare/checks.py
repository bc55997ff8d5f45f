"""What an installation must not be when it sends real mail, and what Django's checks say about ours."""

import ipaddress
import os
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

SHORTEST_KEY = 32  # characters; 48 random bytes as `secrets.token_urlsafe(48)` gives have 64
FEWEST_CHARACTERS = 8  # different ones
PLACEHOLDERS = ("change-me", "changeme", "replace-me", "your-secret", "django-insecure", "example", "placeholder")
# Nothing leaves the machine by these.
CAPTURING = {"", "inbox", "memory"}
CAUGHT = "CIRCOLARE_MAIL_IS_CAUGHT"


class Settings(Protocol):
    """The part of the settings that is looked at."""

    DEBUG: bool
    BASE_URL: str
    SECRET_KEY: str
    SECRET_KEY_FALLBACKS: list[str]
    CIRCOLARE_DIGEST_KEY: str
    CIRCOLARE_DIGEST_KEY_FALLBACKS: list[str]
    CIRCOLARE_MAIL_IS_CAUGHT: bool


def refuse_unsafe(given: Any, environment: Mapping[str, str] = os.environ) -> None:
    """Do nothing, or refuse to start.

    Raises: ImproperlyConfigured naming every fault, when mail leaves by network and the installation is unsafe.
    """
    address = network_address(given, environment)
    faults = list(unsafe(given)) if address and not given.CIRCOLARE_MAIL_IS_CAUGHT else []
    if faults:
        raise ImproperlyConfigured(
            f"Mail would leave by {address}, but this installation is not safe for readers: {' '.join(faults)} "
            f"See docs/settings.md. If that server only catches mail for a trial, say so: {CAUGHT}=yes."
        )


def network_address(given: Any, environment: Mapping[str, str]) -> str:
    """The first way out that leaves the machine, as scheme and host without its password; empty where none does.

    EMAIL_URL, and the variables EMAIL_URL_… that sending accounts name.
    """
    more = [value for name, value in sorted(environment.items()) if name.startswith("EMAIL_URL_")]
    for url in (given.EMAIL_URL, *more):
        parts = urlsplit(url)
        if parts.scheme not in CAPTURING:
            return f"{parts.scheme}://{parts.hostname or ''}"
    return ""


def unsafe(given: Settings) -> Iterable[str]:
    """Sentences about what endangers readers, none when nothing does."""
    yield from weak_keys(given)
    if given.DEBUG:
        yield "DEBUG is on, which shows settings and data to visitors."
    if not given.BASE_URL.startswith("https://"):
        yield f"BASE_URL is {given.BASE_URL}: readers' personal links would travel open; it must begin with https://."


def weak_keys(given: Settings) -> Iterable[str]:
    """Sentences about keys that can be guessed."""
    keys = {
        "SECRET_KEY": [given.SECRET_KEY, *given.SECRET_KEY_FALLBACKS],
        "CIRCOLARE_DIGEST_KEY": [given.CIRCOLARE_DIGEST_KEY, *given.CIRCOLARE_DIGEST_KEY_FALLBACKS],
    }
    for name, values in keys.items():
        if any(is_weak(value) for value in values):
            yield f"{name} (or a fallback of it) can be guessed; {SHORTEST_KEY} random characters or more are wanted."
    if set(keys["SECRET_KEY"]) & set(keys["CIRCOLARE_DIGEST_KEY"]):
        yield "SECRET_KEY and CIRCOLARE_DIGEST_KEY are the same; each needs a value of its own."


def is_weak(key: str) -> bool:
    """Whether a key could be guessed."""
    is_plain = len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS
    return is_plain or any(word in key.lower() for word in PLACEHOLDERS)


@register("circolare")
def check_keys(**_: object) -> list[CheckMessage]:
    """Weak keys of an installation that sends nothing yet."""
    return [Warning(sentence, id="circolare.W001") for sentence in weak_keys(settings)]


@register("circolare")
def check_proxies(**_: object) -> list[CheckMessage]:
    """Networks that cannot be read would silently trust nobody, or everybody."""
    faults: list[CheckMessage] = []
    for network in settings.CIRCOLARE_TRUSTED_PROXIES:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            faults.append(Error(f"CIRCOLARE_TRUSTED_PROXIES: {error}", id="circolare.E001"))
    return faults


@register("circolare")
def check_own_address(**_: object) -> list[CheckMessage]:
    """BASE_URL must be a whole address, and one that this site answers to."""
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        text = f"BASE_URL must be like https://news.example.org, not {settings.BASE_URL!r}."
        return [Error(text, id="circolare.E002")]
    if not validate_host(parts.hostname, settings.ALLOWED_HOSTS):
        text = (
            f"ALLOWED_HOSTS does not hold {parts.hostname}, the host of BASE_URL: every mailed link would answer 400."
        )
        return [Error(text, id="circolare.E003")]
    return []
