"""Takes the pictures: each view in each language, scheme and width."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, BrowserContext
from wagtail.users.models import UserProfile

from tests.browser import barriers
from tests.pictures import views

LANGUAGES, SCHEMES = ("it", "en"), ("light", "dark")
WIDTHS = {1440: 900, 360: 740}  # width → height of the window
OFFICE_HEIGHT = 2000  # the office scrolls inside its window: a high one shows it all
LOGIN = "admin"  # of create_logins: sees every screen


@dataclass(frozen=True)
class Taken:
    """One picture."""

    view: str
    language: str
    scheme: str
    width: int
    file: Path
    barriers: list[str]  # what axe found; empty where it was not asked


@dataclass(frozen=True)
class Wish:
    """What is to be pictured, and where to."""

    folder: Path
    names: Sequence[str]  # of views; empty for all
    asks_axe: bool = False


def everything(browser: Browser, url: str, logins: Path, wish: Wish) -> Iterator[Taken]:
    """Picture the views that are wished for; prints each round as it is done."""
    password = dict(line.split() for line in logins.read_text().splitlines() if line and line[0] != "#")
    for language, scheme, (width, height) in product(LANGUAGES, SCHEMES, WIDTHS.items()):
        for is_office, found in ((False, views.of_readers(language)), (True, views.of_office())):
            wanted = [view for view in found if not wish.names or view.name in wish.names]
            if not wanted:
                continue
            context = browser.new_context(
                viewport={"width": width, "height": OFFICE_HEIGHT if is_office else height},
                color_scheme=scheme,
                reduced_motion="reduce",
                locale=language,
                bypass_csp=wish.asks_axe,
            )
            if is_office:
                speak(language)
                enter(context, url, LOGIN, password[LOGIN])
            for view in wanted:
                file = wish.folder / f"{view.name}-{language}-{scheme}-{width}.png"
                barriers_there = shoot(context, f"{url}{view.path}", file, asks_axe=wish.asks_axe)
                yield Taken(view.name, language, scheme, width, file, barriers_there)
            context.close()
        print(f"{language} {scheme} {width}", flush=True)


def speak(language: str) -> None:
    """Let the office speak this language to the colleague."""
    user = get_user_model().objects.get(username=LOGIN)
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})


def enter(context: BrowserContext, url: str, name: str, password: str) -> None:
    """Log in by the login page."""
    page = context.new_page()
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/admin/")
    page.close()


def shoot(context: BrowserContext, address: str, file: Path, *, asks_axe: bool) -> list[str]:
    """The whole page, pictures loaded however far down they stand; gives the barriers on it, where they are asked."""
    page = context.new_page()
    page.goto(address)
    page.evaluate(
        """async () => {
            for (const image of document.images) { image.loading = "eager"; }
            await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
            await document.fonts.ready;
        }"""
    )
    page.wait_for_timeout(250)
    page.screenshot(path=file, full_page=True)
    found = barriers.on(page) if asks_axe else []
    page.close()
    return found
