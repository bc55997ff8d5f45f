"""What a person does with the site and the inbox: links and buttons that are seen, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, FrameLocator, Page

MAIL_SECONDS = 60
POLL_MS = 700


class Missing(AssertionError):
    """A mail that should have come did not."""


@dataclass
class Reader:
    """Somebody in front of a browser of their own, with a mailbox that the built-in inbox shows."""

    context: BrowserContext
    site: str
    address: str
    name: str

    def subscribe(self, *, sees: bool) -> Page:
        """Open an article from the front page and fill the form in it; `sees` ticks reading and clicks."""
        page = self.context.new_page()
        page.goto(self.site)
        page.locator("main a[href*='/articoli/'], main a[href*='/articles/']").first.click()
        form = page.locator("main form", has=page.locator("[name=seal]")).first
        for field in form.locator("[name=name]").all():  # where the form asks for it
            field.fill(self.name)
        form.locator("[name=address]").fill(self.address)
        for box in form.locator("[name=newsletters][type=checkbox]").all():
            box.check()
            break
        if sees:
            form.locator("[name=tracking]").check()
        page.wait_for_timeout(2_500)  # quicker than people type is taken for a machine
        form.locator("button.button").click()
        page.wait_for_url("**/sent/")
        return page

    def mail(self, n: int, *, seconds: float = MAIL_SECONDS) -> tuple[str, FrameLocator, Page]:
        """Wait for the n-th mail to this address, open it; gives subject, the mail in its frame, and the page."""
        page = self.context.new_page()
        page.goto(f"{self.site}/inbox/")
        page.locator("[name=to]").fill(self.address)
        page.locator("form[role=search] button").click()
        for _ in range(int(seconds * 1000 / POLL_MS)):
            if page.locator("tbody tr").count() >= n:
                break
            page.wait_for_timeout(POLL_MS)
            page.reload()
        else:
            raise Missing(f"mail {n} to {self.address}; there: {page.locator('main').inner_text()}")
        link = page.locator("tbody tr").nth(page.locator("tbody tr").count() - n).locator("a")
        subject = link.inner_text()
        link.click()
        page.wait_for_load_state()
        return subject, page.frame_locator("iframe.mail-frame"), page

    def follow(self, press: Callable[[], None]) -> Page:
        """Press something in a mail that opens a tab; gives the tab."""
        with self.context.expect_page() as opened:
            press()
        page = opened.value
        page.wait_for_load_state()
        return page

    def hrefs(self, mail: FrameLocator) -> list[str]:
        """Every address in a mail."""
        return [link.get_attribute("href") or "" for link in mail.locator("a[href]").all()]
