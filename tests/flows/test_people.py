"""A reader's whole way with real processes: sign up, confirm, change, take the data, be erased; by mailed links."""

import email
import email.policy
import json
import re
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest
from django.utils import timezone
from wagtail.models import Site

from campaigns.models import CapturedMail, Delivery, PublisherSettings
from subscribers import consent
from subscribers.models import Permission, State, Subscriber
from tests.factories import subscribers as people
from tests.flows.stage import Process, Stage

ADDRESS = "anna@letters.example"
MINDFUL_SECONDS = 2.2  # quicker presses are taken for a machine's


class Browser:
    """Keeps cookies and follows redirects, as a browser does."""

    def __init__(self, web: Process) -> None:
        self.base = web.url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.at, self.html = "", ""

    def get(self, url: str) -> str:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.base, url)))

    def post(self, url: str = "", **typed: str) -> str:
        """Send a form with what its hidden fields hold; without an address, to the page itself."""
        values = {**dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', self.html)), **typed}
        body = urllib.parse.urlencode(values).encode()
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.at, url or self.at), data=body))

    def _open(self, request: urllib.request.Request) -> str:
        with self.opener.open(request, timeout=20) as answer:
            self.at, self.html = answer.url, answer.read().decode()
        return self.html


def mail(stage: Stage, n: int) -> str:
    """The plain text of the n-th mail that left."""
    stage.wait(lambda: CapturedMail.objects.count() >= n, 30, f"mail {n}")
    message = email.message_from_bytes(
        bytes(CapturedMail.objects.order_by("id")[n - 1].raw), policy=email.policy.default
    )
    return message.get_body(("plain",)).get_content()


def link(text: str, word: str) -> str:
    """The one link of a mail that leads to this place."""
    found = set(re.findall(rf"https?://\S+/{word}/\S+", text))
    assert len(found) == 1, text
    return found.pop()


@pytest.fixture
def web(stage: Stage) -> Process:
    stage.env["EMAIL_URL"] = "inbox://"
    with stage.web() as server:
        PublisherSettings.objects.update_or_create(
            site=Site.objects.get(is_default_site=True),
            defaults={
                "name": "The Round",
                "address_it": "Via Tonda 1",
                "contact": "a@b.example",
                "rights_it": "a@b.example",
            },
        )
        with stage.worker(), stage.beat():
            yield server


def test_a_reader_comes_changes_and_goes_by_mailed_links_alone(stage: Stage, web: Process) -> None:
    letter = people.purpose("letter")
    people.signup_form(letter, key="main", locale="en")
    browser = Browser(web)

    browser.get("/en/subscribe/")
    time.sleep(MINDFUL_SECONDS)
    page = browser.post("/en/subscribe/", address=ADDRESS, name="Anna")
    assert "a•••@letters.example" in page
    confirmation = mail(stage, 1)
    assert "Anna" not in confirmation

    browser.get(link(confirmation, "confirm"))
    assert "data-presses-itself" in browser.html
    assert Permission.objects.count() == 0
    browser.post()
    assert "/welcome/" in browser.at
    person = Subscriber.objects.get()
    assert (person.state, person.name) == (State.ACTIVE, "Anna")
    assert (
        person.consents.get(step="confirmed").delivery_id == Delivery.objects.get(intent_key__startswith="confirm").pk
    )

    stranger = Browser(web)
    stranger.get("/en/yours/")
    time.sleep(MINDFUL_SECONDS)
    stranger.post(address=ADDRESS)
    stranger.get(link(mail(stage, 2), "yours"))
    stranger.post(section="tracking", tracking="on")
    assert consent.may_track(person.pk) is True

    stranger.post(section="export")
    data = json.loads(browser.get(link(mail(stage, 3), "export") + "?as=json"))
    assert data["person"][0]["address"] == ADDRESS
    assert [row["mailing__title"] for row in data["mails"]]
    assert len(data["captured_mails"]) == 3


def test_an_erasure_reaches_the_ledger_by_the_tick(stage: Stage, web: Process) -> None:
    letter = people.purpose("letter")
    person = people.subscriber(ADDRESS, name="Anna", locale="en")
    consent.give(person, letter, source="form:test", locale="en", now=timezone.now())
    browser = Browser(web)
    browser.get("/en/yours/")
    time.sleep(MINDFUL_SECONDS)
    browser.post(address=ADDRESS)
    browser.get(link(mail(stage, 1), "yours"))
    browser.post(section="erase")
    browser.get(link(mail(stage, 2), "erase"))

    assert "We no longer know you" in browser.post()

    person.refresh_from_db()
    assert (person.state, person.address) == (State.ERASED, None)
    stage.wait(lambda: not CapturedMail.objects.exists(), 30, "the tick of the upkeep")
    assert Delivery.objects.exclude(address=None).count() == 0
    assert consent.is_suppressed(ADDRESS)
