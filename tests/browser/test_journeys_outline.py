"""A marketer draws a journey by keyboard alone, on a wide screen and on a phone; the draft saves itself."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from wagtail.users.models import UserProfile

from campaigns.journeys import versions
from campaigns.models import Journey
from tests.campaigns import journey_rows as rows
from tests.factories import campaigns as factories
from tests.flows.stage import Stage

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
SAVED_MS = 60_000
LOOK_MS = 2_500  # Wagtail compares with what stands in the form two seconds after loading


@pytest.fixture
def office(stage: Stage) -> Iterator[str]:
    """The address of an admin with one email in both languages and one marketer."""
    rows.purpose()
    rows.email("Hello")
    UserProfile.objects.create(user=factories.staff("Marketers", name="mara"), preferred_language="en")
    stage.manage("collectstatic", "--noinput", "-v", "0")
    with stage.web() as web:
        yield web.url


def enter(chromium: Browser, office: str, width: int) -> Page:
    page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(f"{office}/admin/login/")
    page.fill("[name=username]", "mara")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    return page


def press(page: Page, place: str, key: str = "Enter") -> None:
    """Focus something that the keyboard can reach, and press."""
    target = page.locator(place)
    assert target.evaluate("element => element.tabIndex") >= 0
    target.focus()
    page.keyboard.press(key)


def said(page: Page, text: str) -> None:
    expect(page.get_by_role("status").filter(has_text=text)).to_be_visible()


def draw(page: Page) -> None:
    """A mail, a wait of two days and an end; the end is deleted and taken back."""
    press(page, "#journey-add-first > summary")
    press(page, "#journey-add-first button[data-kind=mail]")
    said(page, "Step 1 was added: Send a mail.")
    expect(page.locator("#mail-1-name")).to_be_focused()
    page.keyboard.type("Hello")
    page.keyboard.press("Tab")
    page.locator("#mail-1-email").select_option(index=1)
    press(page, "#add-mail-1 > summary")
    press(page, "#add-mail-1 button[data-kind=wait]")
    said(page, "Step 2 was added: Wait for a time.")
    page.locator("#wait-1-seconds").fill("2")
    page.keyboard.press("Enter")
    press(page, "#add-wait-1 > summary")
    press(page, "#add-wait-1 button[data-kind=end]")
    said(page, "Step 3 was added: End.")
    press(page, "#delete-end-1")
    said(page, "Step 3 was deleted.")
    press(page, ".journey__bar button")
    said(page, "The last change was taken back.")
    press(page, "#journey-add-entry")


@pytest.mark.parametrize("width", [1440, 360])
def test_a_journey_is_drawn_and_published_without_a_mouse(chromium: Browser, office: str, width: int) -> None:
    page = enter(chromium, office, width)
    page.goto(f"{office}/admin/journeys/add/")
    page.wait_for_timeout(LOOK_MS)
    page.locator("[name=name]").fill("By keyboard")
    page.locator("[name=purpose]").select_option(index=1)

    draw(page)

    expect(page.get_by_text("Ready to be published")).to_be_visible()
    expect(page.get_by_text("Waits 2 days.")).to_be_visible()
    assert [row["id"] for row in Axe().run(page, context=".journey").response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_url("**/edit/**", timeout=SAVED_MS)  # the new draft has saved itself
    press(page, "button[name=action-review]")
    page.wait_for_url("**/publish/")
    press(page, "form button.button")
    expect(page.get_by_text("Version 1 is live")).to_be_visible()
    journey = Journey.objects.get()
    assert journey.state == Journey.State.LIVE
    assert [step["id"] for step in versions.newest(journey).graph["steps"]] == ["mail-1", "wait-1", "end-1"]


def test_a_change_of_the_draft_saves_itself_and_changes_nothing_live(chromium: Browser, office: str) -> None:
    journey = rows.waiting()
    page = enter(chromium, office, 1440)
    page.goto(f"{office}/admin/journeys/edit/{journey.pk}/")
    page.wait_for_timeout(LOOK_MS)

    press(page, "#add-rest > summary")
    press(page, "#add-rest button[data-kind=mail]")
    said(page, "Step 2 was added: Send a mail.")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SAVED_MS)

    page.reload()
    expect(page.locator("#step-mail-1")).to_be_visible()
    journey.refresh_from_db()
    assert [step["id"] for step in journey.graph["steps"]] == ["rest", "over"]
    assert [step["id"] for step in versions.draft(journey).graph["steps"]] == ["rest", "mail-1", "over"]
