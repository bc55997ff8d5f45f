"""Every page that a reader can meet: by the links of the site, and for readers of our own by those of their mails.

The mails are read in the built-in inbox; where there is none, a reader's own pages are left out.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from bs4 import BeautifulSoup
from bs4.element import Tag

LANGUAGES = ("it", "en")
BESIDE = ("search/?q=percorso", "search/?q=xyzzy", "subscribe/", "yours/", "topics/", "no-such-page/")
NOT_PAGES = re.compile(r"^/(static|media|documents|admin|inbox|resource)/|^/[a-z]{2}/feed/|\.(xml|txt|ico)$")
WORDS = "confirm|not-me|welcome|granted|yours|leave|address|erase|export|why|counting"
PERSONAL = re.compile(rf"^(/[a-z]{{2}}/({WORDS})/)[^/]+/")  # one reader's, by the token behind
# Buttons on these pages end what the others need: pressed last, in this order.
ENDING = ("address", "counting", "why", "not-me", "leave", "erase")
MINDFUL_SECONDS = 2.2  # quicker presses are taken for a machine's
MAIL_SECONDS = 15


class Missing(Exception):
    """The site did not do what it does for readers; the text says what."""


@dataclass(frozen=True)
class Seen:
    """One page as it was answered."""

    name: str  # its path without tokens; behind an arrow the button that was pressed on it
    html: str


class Visitor:
    """One browser without script, and in turn the readers who sit in front of it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.address = ""  # of the reader at the moment
        self._session = requests.Session()
        self._were: set[str] = set()
        self._gate = ""  # the first resource that asks for an address

    def pages(self) -> Iterator[Seen]:
        """All of them, each once."""
        starts = [f"{self.base}/{language}/{path}" for language in LANGUAGES for path in ("", *BESIDE)]
        yield from self.walk(starts)
        if not self._session.get(f"{self.base}/inbox/").ok:
            print("There is no inbox to look into: a reader's own pages are left out")
            return
        for asking in (self._gate, f"{self.base}/it/subscribe/"):
            yield from self.as_reader(asking)

    def walk(self, addresses: list[str]) -> Iterator[Seen]:
        """These pages, and all that their links lead to."""
        waiting = [urldefrag(address).url for address in addresses]
        while waiting:
            address = waiting.pop(0)
            if address in self._were or not self.is_page(address):
                continue
            self._were.add(address)
            answer = self._session.get(address, allow_redirects=False)
            if answer.is_redirect:
                waiting.insert(0, urljoin(address, answer.headers["location"]))
            elif is_html(answer):
                yield Seen(name_of(address), answer.text)
                waiting += links(answer)
                self._gate = self._gate or (address if 'action="/it/unlock/' in answer.text else "")

    def as_reader(self, asking: str) -> Iterator[Seen]:
        """Somebody new fills the form there, opens every mail that comes of it, and presses every button behind."""
        self.address = f"looks-{token_hex(4)}@reader.example"
        yield from self.press(asking, 0)
        n_read = 0
        while mails := self.newer_mails(n_read):
            n_read += len(mails)
            yield from self.pressed(self.walk([link for mail in mails for link in mail]))
        if not n_read:
            raise Missing(f"{asking} sent no mail to {self.address} within {MAIL_SECONDS} s")

    def pressed(self, pages: Iterator[Seen]) -> Iterator[Seen]:
        """The pages, and then what each button answers on those that are this reader's own."""
        before = set(self._were)
        yield from pages
        own = {name_of(page): page for page in self._were - before if PERSONAL.match(urlsplit(page).path)}
        for page in sorted(own.values(), key=rank):
            for number in range(len(buttons(self._session.get(page)))):
                yield from self.press(page, number)

    def newer_mails(self, n_read: int) -> list[list[str]]:
        """The links of each mail to this reader but the first ones; waits for one, empty when none comes."""
        for _second in range(MAIL_SECONDS):
            listed = self._session.get(f"{self.base}/inbox/", params={"to": self.address}).text
            numbers = sorted({int(number) for number in re.findall(r'href="/inbox/(\d+)/"', listed)})
            if len(numbers) > n_read:
                return [links(self._session.get(f"{self.base}/inbox/{number}/html/")) for number in numbers[n_read:]]
            time.sleep(1)
        return []

    def press(self, page: str, number: int) -> Iterator[Seen]:
        """Fill the form of the n-th button of a page as a person would, press it and give the page that answers."""
        answer = self._session.get(page)
        for button in buttons(answer)[number : number + 1]:  # none where an earlier press took it away
            form = button.find_parent("form") or button
            time.sleep(MINDFUL_SECONDS)
            typed = {"address": self.address, "newsletters": "newsletter-lettera", "tracking": "on"} | hidden(form)
            typed |= {str(button["name"]): str(button.get("value", ""))} if button.get("name") else {}
            after = self._session.post(urljoin(answer.url, str(form.get("action") or "")), data=typed)
            if is_html(after):
                yield Seen(f"{name_of(answer.url)} → {' '.join(button.get_text().split())}", after.text)

    def is_page(self, address: str) -> bool:
        """Whether it is an address of this site that should answer with a page."""
        return address.startswith(f"{self.base}/") and not NOT_PAGES.search(urlsplit(address).path)


def is_html(answer: requests.Response) -> bool:
    """Whether it is a page, and not a file."""
    return "text/html" in answer.headers.get("content-type", "")


def links(answer: requests.Response) -> list[str]:
    """Where its links lead, complete."""
    found = BeautifulSoup(answer.text, "html.parser").select("a[href]")
    return [urldefrag(urljoin(answer.url, str(link["href"]))).url for link in found]


def buttons(answer: requests.Response) -> list[Tag]:
    """The buttons that change something."""
    return list(BeautifulSoup(answer.text, "html.parser").select("form[method=post] button:not([type=button])"))


def hidden(form: Tag) -> dict[str, str]:
    """What a form says of itself: its hidden fields, and the choices that stand made."""
    fields = form.select("input[type=hidden][name], input[checked][name]")
    return {str(field["name"]): str(field.get("value", "on")) for field in fields}


def name_of(address: str) -> str:
    """Its path and question without the token."""
    parts = urlsplit(address)
    path = PERSONAL.sub(r"\1…/", parts.path)
    return f"{path}?{parts.query}" if parts.query else path


def rank(page: str) -> tuple[int, str]:
    """Its place among the pages whose buttons are pressed."""
    found = PERSONAL.match(urlsplit(page).path)
    word = found[2] if found else ""
    return (ENDING.index(word) + 1 if word in ENDING else 0), page
