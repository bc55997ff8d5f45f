"""Asks axe about a page (WCAG 2.2 A and AA, and its best practices), and whether it is wider than the screen."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IS_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"


def on(page: Page) -> list[str]:
    """What stands in somebody's way there, a line each; the page's context must let axe in (`bypass_csp`)."""
    report = Axe().run(page, options={"runOnly": RULES}).response
    found = [f"{barrier['id']}: {barrier['nodes'][0]['html']}" for barrier in report["violations"]]
    return [*found, "wider than the screen"] if page.evaluate(IS_TOO_WIDE) else found
