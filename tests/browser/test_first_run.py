"""An empty installation, on a phone and without a mouse: the first login, the first days, a colour of one's own."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.flows.stage import Stage

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
NAME, ADDRESS, PASSWORD = "Ada Ferri", "ada@letters.example", "una-lettera-che-gira"
DARK_GREEN, YELLOW = "#14532d", "#ffe94a"
ACCENT = """() => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "var(--accent)";
    return getComputedStyle(probe).color;
}"""


@pytest.fixture(scope="module")
def empty(town: Stage) -> Iterator[str]:
    """The address of an installation where nobody has a login."""
    town.env["EMAIL_URL"] = "inbox://"
    town.manage("collectstatic", "--noinput", "-v", "0")
    with town.web() as web:
        yield web.url


@pytest.fixture(scope="module")
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """The phone of whoever sets the installation up."""
    context = chromium.new_context(viewport=PHONE, locale="it-IT", reduced_motion="reduce")
    yield context
    context.close()


def type_on(page: Page, *texts: str) -> None:
    """Type from field to field, beginning where the keyboard is."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Tab")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_who_comes_first_sets_it_up_and_finds_what_comes_next(phone: BrowserContext, empty: str) -> None:
    page = phone.new_page()
    page.goto(f"{empty}/admin/")
    expect(page).to_have_url(f"{empty}/admin/setup/")
    assert fits(page)

    page.locator("[name=name]").focus()
    type_on(page, NAME, ADDRESS, PASSWORD, PASSWORD)
    page.keyboard.press("ArrowDown")  # nothing instead of the sample
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{empty}/admin/")
    expect(page.locator("#checklist-title")).to_be_visible()
    expect(page.locator(".office-caught")).to_be_visible()
    assert fits(page)
    page.goto(f"{empty}/admin/setup/")
    expect(page).not_to_have_url(f"{empty}/admin/setup/")
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(page).to_have_url(f"{empty}/admin/journeys/")
    page.close()


def test_a_colour_that_cannot_be_read_is_refused_and_one_that_can_is_worn(
    phone: BrowserContext, chromium: Browser, empty: str
) -> None:
    page = phone.new_page()
    page.goto(f"{empty}/admin/")
    page.goto(f"{empty}/admin/settings/content/looksettings/")
    field = page.locator("[name=accent_light]")
    field.fill(YELLOW)
    field.press("Enter")
    expect(page.locator(".error-message").first).to_contain_text("4,5")

    page.locator("[name=accent_light]").fill(DARK_GREEN)
    page.locator("[name=accent_light]").press("Enter")
    expect(page.locator(".messages .success")).to_be_visible()

    reader = chromium.new_page(color_scheme="light")
    reader.goto(f"{empty}/it/")
    assert reader.evaluate(ACCENT) == "rgb(20, 83, 45)"
    reader.emulate_media(color_scheme="dark")
    assert reader.evaluate(ACCENT) == "rgb(179, 180, 255)"
    reader.close()
    page.close()
