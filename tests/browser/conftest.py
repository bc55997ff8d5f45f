"""A whole installation with its sample, and headless Chromium in front of it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.flows.stage import Stage, set_up, stage

__all__ = ["stage"]
CHROMIUM = os.environ.get("CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; where none is installed the tests skip, but never in CI."""
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs Chromium, and none is installed")
        pytest.skip("Chromium is not installed")
    # The synchronous interface keeps an event loop in this thread; Django must not mistake it for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def town(
    template_database: str, django_db_blocker: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """A stage for all stories of a module: people who live in one town do not wait for each other to leave."""
    with set_up(template_database, django_db_blocker, tmp_path_factory.mktemp("town")) as scene:
        yield scene


@pytest.fixture(scope="module")
def site(town: Stage) -> Iterator[str]:
    """The address of a running installation with sample and logins, as `make demo` prints it."""
    town.env["EMAIL_URL"] = "inbox://"
    town.env["CIRCOLARE_UNDO_SECONDS"] = "5"
    with town.web() as web:
        town.manage("fill_sample")
        town.manage("create_logins")
        with town.worker(), town.beat():
            yield web.url


@pytest.fixture
def passwords(site: str, town: Stage) -> dict[str, str]:
    """Name → password of the sample logins, read where the launcher says they are."""
    lines = (town.folder / "logins.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split() for line in lines if line and not line.startswith("#"))
