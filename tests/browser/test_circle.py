"""The whole circle as people walk it, by links and buttons they see: three readers, an author, a marketer."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.people import Reader

pytestmark = pytest.mark.browser
# A browser without a window says so in its name, and is rightly taken for a machine.
A_PERSONS_BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36"
)
NARROW = {"width": 360, "height": 780}
SAVED_MS = 60_000
LOOK_MS = 2_500
A_BRANCH_SECONDS = 240  # the sample's longest wait is two minutes; then the tick, the mail, the inbox


@pytest.fixture
def readers(chromium: Browser, site: str) -> dict[str, Reader]:
    """Three people with a browser each: one clicks the first thing, one another, one nothing (on a phone)."""
    contexts = {
        "first": chromium.new_context(locale="it-IT", user_agent=A_PERSONS_BROWSER),
        "other": chromium.new_context(locale="it-IT", user_agent=A_PERSONS_BROWSER),
        "nothing": chromium.new_context(locale="it-IT", user_agent=A_PERSONS_BROWSER, viewport=NARROW),
    }
    return {name: Reader(context, site, f"{name}@letters.example", name) for name, context in contexts.items()}


def confirm(reader: Reader) -> Page:
    """Press the button of the confirmation mail, then the page's own where it does not press itself."""
    _subject, mail, _page = reader.mail(1)
    page = reader.follow(mail.locator("a[href*='/confirm/']").first.click)
    if "/confirm/" in page.url:
        button = page.locator("main form button.button")
        if button.count():
            button.click()
    page.wait_for_url("**/welcome/**")
    return page


def articles_in(mail: object) -> list[str]:
    """The addresses of the article links of a mail, each once, in their order."""
    hrefs = [link.get_attribute("href") or "" for link in mail.locator("a[href]").all()]
    return list(dict.fromkeys(href for href in hrefs if "/c/" in href or "/articoli/" in href))


def open_article(reader: Reader, place: int) -> Page:
    """Open the welcome mail and follow one of its article links."""
    _subject, mail, page = reader.mail(2)
    addresses = articles_in(mail)
    page.wait_for_timeout(3_000)  # a person finds the link after the mail has come
    return reader.follow(mail.locator(f"a[href='{addresses[place]}']").first.click)


def test_what_is_clicked_decides_the_second_mail(readers: dict[str, Reader]) -> None:
    for name, reader in readers.items():
        reader.subscribe(sees=name != "nothing")
    for reader in readers.values():
        page = confirm(reader)
        page.locator("[name=topics_chosen]").first.check()
        page.locator("main form button.button").first.click()
        expect(page.locator(".notice.good")).to_be_visible()

    read = open_article(readers["first"], 0)
    assert re.search(r"/articoli/|/risorse/", read.url)
    read.mouse.wheel(0, 20_000)
    open_article(readers["other"], -1)
    _subject, mail, _page = readers["nothing"].mail(2)
    assert [address for address in articles_in(mail) if "/c/" in address] == []

    second = {name: reader.mail(3, seconds=A_BRANCH_SECONDS)[0] for name, reader in readers.items()}
    assert len(set(second.values())) == 3, second

    unlock_and_download(readers["first"])
    leave(readers["other"])


def unlock_and_download(reader: Reader) -> None:
    """From the menu to a resource; a known reader presses one button and has the file."""
    page = reader.context.new_page()
    page.goto(reader.site)
    page.get_by_role("link", name="Risorse", exact=True).first.click()
    page.get_by_role("link", name="Canvas", exact=True).first.click()
    page.locator("main .cards a[href*='/risorse/']").first.click()
    with page.expect_download() as download:
        page.locator("main section.gate button.button").click()
    assert download.value.suggested_filename.endswith(".pdf")


def leave(reader: Reader) -> None:
    """The link in the mail, one button, and it is over."""
    _subject, mail, _page = reader.mail(3)
    page = reader.follow(mail.locator("a[href*='/leave/'], a[href*='/u/']").first.click)
    page.locator("main form button.button").first.click()
    page.wait_for_load_state()
    expect(page.locator("main h1")).to_contain_text(re.compile("Fatto|Fermat"))


def log_in(context: BrowserContext, site: str, name: str, password: str) -> Page:
    page = context.new_page()
    page.goto(f"{site}/admin/")
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("button[type=submit]").click()
    page.wait_for_load_state()
    return page


def walk_to(page: Page, *titles: str) -> None:
    """From the admin's first page down the tree of pages, by the arrows of the explorer."""
    page.locator("main a[href^='/admin/pages/']").first.click()
    page.wait_for_load_state()
    for title in titles:
        row = page.locator("table.listing tbody tr", has_text=title).first
        hrefs = [link.get_attribute("href") or "" for link in row.locator("a").all()]
        below = next(href for href in hrefs if re.fullmatch(r"/admin/pages/\d+/", href))
        row.locator(f"a[href='{below}']").first.click()
        page.wait_for_load_state()


def choose_action(page: Page, name: str) -> None:
    """Open the menu at the foot of the editor and press one of its entries."""
    page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    page.locator("footer").get_by_role("button", name=name, exact=True).or_(
        page.locator("footer").get_by_role("link", name=name, exact=True)
    ).first.click()
    page.wait_for_load_state()


def test_an_author_writes_and_an_editor_publishes(chromium: Browser, site: str, passwords: dict[str, str]) -> None:
    author = log_in(chromium.new_context(locale="it-IT"), site, "author", passwords["author"])
    walk_to(author, "Articoli")
    author.locator("header a[href*='/add_subpage/']").first.click()
    author.locator("a[href*='/add/content/articlepage/']").first.click()
    author.wait_for_url("**/add/content/articlepage/**")
    author.wait_for_timeout(LOOK_MS)  # the editor begins to follow the title when its scripts have come
    author.locator("[name=title]").click()
    author.keyboard.type("La campanella")
    author.keyboard.press("Tab")
    expect(author.locator("[name=slug]")).to_have_value("la-campanella")
    author.locator("[name=standfirst]").fill("Chi entra si sente.")
    author.locator("footer button[type=submit]").first.click()
    author.wait_for_url("**/edit/**", timeout=SAVED_MS)
    expect(author.locator("[name=title]")).to_have_value("La campanella")

    editor = log_in(chromium.new_context(locale="it-IT"), site, "editor", passwords["editor"])
    walk_to(editor, "Articoli")
    editor.locator("table.listing").get_by_role("link", name="La campanella").first.click()
    editor.wait_for_load_state()
    choose_action(editor, "Pubblica")

    reader = chromium.new_context(locale="it-IT").new_page()
    reader.goto(site)
    reader.get_by_role("link", name="Articoli", exact=True).first.click()
    reader.get_by_role("link", name="La campanella").first.click()
    expect(reader.locator("main h1")).to_have_text("La campanella")


def test_a_marketer_tests_reviews_sends_and_watches(chromium: Browser, site: str, passwords: dict[str, str]) -> None:
    context = chromium.new_context(locale="it-IT")
    page = log_in(context, site, "marketer", passwords["marketer"])
    walk_to(page, "Archivio")
    page.locator("table.listing").get_by_role("link", name=re.compile("n. 5")).first.click()
    choose_action(page, "Rivedi e invia")

    page.locator("[name=to]").fill("collega@letters.example")
    page.locator("button[value=test]").click()
    colleague = Reader(context, site, "collega@letters.example", "collega")
    subject, _mail, _inbox = colleague.mail(1)
    assert subject.startswith("[Prova]")

    # By key: right after scrolling, a program’s click is still routed to the sandboxed frame that stood there before.
    page.locator("button[value=send]").press("Enter")
    page.wait_for_load_state()
    expect(page.locator("[data-state=finished]")).to_be_visible(timeout=90_000)
    accepted = int(page.locator(".office-figures dd").first.inner_text())
    assert accepted > 50
    page.locator(".office-figures dd a").first.click()
    expect(page.locator("main table tbody tr").nth(10)).to_be_visible()
