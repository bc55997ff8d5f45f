"""An installation that would send real mail unsafely does not start, whichever process is asked."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured

from circolare import checks

ROOT = Path(__file__).resolve().parents[2]
GOOD_KEY = "q3Zp0vKf8TnW5yLsR2uXc7JdH1mBgA9eE4oVtYkS"
OTHER_KEY = "N6rPz2wQx8LfT0bVhC4kYd7mJs1GaU9eRi5oXtKq"
SAFE = {
    "EMAIL_URL": "smtp+tls://user:secret@relay.example.net:587",
    "BASE_URL": "https://news.example.org",
    "DEBUG": False,
    "SECRET_KEY": GOOD_KEY,
    "SECRET_KEY_FALLBACKS": [],
    "CIRCOLARE_DIGEST_KEY": OTHER_KEY,
    "CIRCOLARE_DIGEST_KEY_FALLBACKS": [],
    "CIRCOLARE_MAIL_IS_CAUGHT": False,
}
UNSAFE = [
    ({"SECRET_KEY": "short"}, "SECRET_KEY (or a fallback of it) can be guessed"),
    ({"SECRET_KEY": "a" * 64}, "SECRET_KEY (or a fallback of it) can be guessed"),
    ({"SECRET_KEY": "change-me-" + GOOD_KEY}, "SECRET_KEY (or a fallback of it) can be guessed"),
    ({"SECRET_KEY_FALLBACKS": ["old"]}, "SECRET_KEY (or a fallback of it) can be guessed"),
    ({"CIRCOLARE_DIGEST_KEY": "short"}, "CIRCOLARE_DIGEST_KEY (or a fallback of it) can be guessed"),
    ({"CIRCOLARE_DIGEST_KEY": GOOD_KEY}, "are the same"),
    ({"DEBUG": True}, "DEBUG is on"),
    ({"BASE_URL": "http://news.example.org"}, "it must begin with https://"),
    ({"BASE_URL": "http://127.0.0.1:8000"}, "it must begin with https://"),
]


def refusal(**changed: object) -> str:
    """What is said to these settings; empty when they pass."""
    try:
        checks.refuse_unsafe(SimpleNamespace(**(SAFE | changed)), {})
    except ImproperlyConfigured as error:
        return str(error)
    return ""


def test_a_safe_installation_passes() -> None:
    assert refusal() == ""


@pytest.mark.parametrize(("changed", "sentence"), UNSAFE)
def test_an_unsafe_one_beside_real_mail_is_refused_without_telling_the_password(
    changed: dict[str, object], sentence: str
) -> None:
    words = refusal(**changed)

    assert sentence in words
    assert "smtp+tls://relay.example.net" in words
    assert "secret@" not in words


@pytest.mark.parametrize("url", ["smtp://mail", "smtp+ssl://mail", "anymail://postmark", "smtp://127.0.0.1:1025"])
def test_every_network_way_out_counts_as_real(url: str) -> None:
    assert "DEBUG is on" in refusal(EMAIL_URL=url, DEBUG=True)


@pytest.mark.parametrize(("changed", "_"), UNSAFE)
def test_the_inbox_and_a_mail_catcher_that_is_named_so_pass(changed: dict[str, object], _: str) -> None:
    assert refusal(EMAIL_URL="inbox://", **changed) == ""
    assert refusal(CIRCOLARE_MAIL_IS_CAUGHT=True, **changed) == ""


def test_a_sending_account_of_its_own_counts_too() -> None:
    given = SimpleNamespace(**SAFE | {"EMAIL_URL": "inbox://", "DEBUG": True})

    with pytest.raises(ImproperlyConfigured, match="smtp://relay2"):
        checks.refuse_unsafe(given, {"EMAIL_URL_NEWS": "smtp://relay2"})


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "check"],
        ["-m", "celery", "-A", "circolare", "worker", "--pool", "solo"],
        ["-m", "celery", "-A", "circolare", "beat"],
        ["-c", "import circolare.wsgi"],
    ],
)
def test_no_process_starts_unsafely(command: list[str], tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "circolare.settings",
            "EMAIL_URL": "smtp://relay.example.net",
            "CIRCOLARE_MAIL_IS_CAUGHT": "no",
            "CIRCOLARE_VAR_DIR": str(tmp_path),
            "SECRET_KEY": GOOD_KEY,
            "CIRCOLARE_DIGEST_KEY": OTHER_KEY,
            "BASE_URL": "http://news.example.org",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode != 0
    assert "it must begin with https://" in result.stdout + result.stderr


def test_faults_of_the_settings_are_named_by_the_system_checks(settings: object) -> None:
    settings.BASE_URL = "https://news.example.org"
    settings.ALLOWED_HOSTS = ["other.example.org"]
    settings.CIRCOLARE_TRUSTED_PROXIES = ["10.0.0.0/8", "10.0.0.1/8"]
    settings.SECRET_KEY = "short"

    found = [*checks.check_own_address(), *checks.check_proxies(), *checks.check_keys()]
    settings.BASE_URL = "news.example.org"

    assert [message.id for message in found] == ["circolare.E003", "circolare.E001", "circolare.W001"]
    assert [message.id for message in checks.check_own_address()] == ["circolare.E002"]
