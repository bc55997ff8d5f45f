"""The main job on real input: writing comes in, goes out in an issue, is clicked, and moves somebody on.

Runs on a piece of our own, and on real weekly issues where `../shared/corpora/newsletters-text` is at hand.
"""

import email
import email.policy
import html
import re
import time
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from wagtail.models import Locale, Site

from campaigns.journeys import versions
from campaigns.models import CapturedMail, IssuePage, Journey, Mailing, Passage, PublisherSettings, Run
from campaigns.sending import mailing as sending
from content.models import ArticlePage
from subscribers import consent
from subscribers.models import Event, Kind, Subscriber
from tests.campaigns import letters
from tests.factories import subscribers as people
from tests.flows.stage import Stage

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "newsletters-text"
OUR_OWN = """\
---
title: The bell on the door
date: 2026-03-04
---

A shop with a bell knows who comes in. A shop with a newsletter should know it too, **when the reader agrees**.

## What a bell tells

- that somebody is here
- nothing about the pocket

> Listen before you count.

Read [the whole idea](https://example.org/bell?from=letter&again=1#start).
"""
READING_SECONDS = 6  # who follows a link within seconds of the mail's arrival, or all of them at once, is a machine
HUMAN = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def sources() -> list[Path | None]:
    found = sorted(CORPUS.glob("*.md")) if CORPUS.is_dir() else []
    return [None, *found[:1]]


def bring_in(stage: Stage, source: Path | None) -> ArticlePage:
    folder = stage.folder / "writing"
    folder.mkdir()
    name = source.name if source else "bell.md"
    (folder / name).write_text(source.read_text(encoding="utf-8") if source else OUR_OWN, encoding="utf-8")
    arguments = ["import_content", str(folder), "--author", "Ada Neri", "--language", "en", "--topic", "Letters"]
    stage.manage(*arguments, "--publish")
    before = ArticlePage.objects.count()
    stage.manage(*arguments, "--publish")
    assert ArticlePage.objects.count() == before
    return ArticlePage.objects.get(import_key__endswith=name)


def reader(issue_purpose: object, *, address: str, sees: bool) -> Subscriber:
    person = people.subscriber(address, locale="en")
    now = timezone.now()
    consent.give(person, issue_purpose, source="form:test", locale="en", now=now)
    if sees:
        consent.give(person, people.tracking(), source="form:test", locale="en", now=now)
    return person


def journey_on(page: ArticlePage, purpose: object, mail: str) -> Journey:
    graph = {
        "entries": [{"on": "link.clicked", "object": {"kind": "page", "key": str(page.translation_key)}}],
        "reentry_seconds": None,
        "steps": [
            {"id": "thanks", "name": "Thanks", "kind": "mail", "settings": {"email": mail}, "edges": {"next": "over"}},
            {"id": "over", "name": "End", "kind": "end", "settings": {}, "edges": {}},
        ],
    }
    journey = Journey.objects.create(name="Clicked", purpose=purpose, graph=graph)
    versions.publish(journey, user=None, now=timezone.now())
    return journey


def links(captured: CapturedMail) -> list[str]:
    message = email.message_from_bytes(bytes(captured.raw), policy=email.policy.default)
    return re.findall(r'href="([^"]+)"', message.get_body(("html",)).get_content())


def click(url: str) -> str:
    opener = urllib.request.build_opener(Stay)
    try:
        opener.open(urllib.request.Request(url, headers={"User-Agent": HUMAN}), timeout=10)
    except urllib.error.HTTPError as answer:
        assert answer.code == 302
        return answer.headers["Location"]
    raise AssertionError(f"{url} did not redirect")


def publisher() -> None:
    PublisherSettings.objects.update_or_create(
        site=Site.objects.get(is_default_site=True),
        defaults={"name": "The Round", "address_it": "Via Tonda 1", "contact": "a@b.example", "rights_it": "here"},
    )


def thanks_in_both_languages() -> str:
    locales = {locale.language_code: locale for locale in Locale.objects.all()}
    words = ("text", "<p>Glad that you read on.</p>")
    english = letters.email(locales["en"], words, name="Thanks", subject="Glad")
    letters.email(locales["it"], words, name="Grazie", subject="Bene", translation_key=english.translation_key)
    return str(english.translation_key)


def send(stage: Stage, issue: IssuePage) -> dict[str, CapturedMail]:
    now = timezone.now()
    sent = sending.for_issue(issue, user=None, now=now, at=now + timedelta(milliseconds=1))
    stage.wait(lambda: Mailing.objects.get(pk=sent.pk).state == Mailing.State.FINISHED, 60, "the issue")
    return {captured.recipient: captured for captured in CapturedMail.objects.all()}


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.stem if path else "our-own")
def test_imported_writing_is_readable_mailed_clicked_and_moves_a_journey(stage: Stage, source: Path | None) -> None:
    stage.env["EMAIL_URL"] = "inbox://"
    publisher()
    with stage.web() as web, stage.worker(), stage.beat():
        page = bring_in(stage, source)
        letter = letters.newsletter()
        journey = journey_on(page, letter.purpose, thanks_in_both_languages())
        issue = letters.issue(page.locale, ("article", {"article": page, "lead": ""}), letter=letter)
        seen = reader(letter.purpose, address="ada@letters.example", sees=True)
        unseen = reader(letter.purpose, address="bea@letters.example", sees=False)

        shown = html.unescape(urllib.request.urlopen(web.url + page.url, timeout=10).read().decode())
        assert page.title in shown

        mails = send(stage, issue)
        assert set(mails) == {seen.address, unseen.address}
        assert [url for url in links(mails[unseen.address]) if page.slug in url] != []
        assert [url for url in links(mails[unseen.address]) if "/c/" in url] == []

        counted = [url for url in links(mails[seen.address]) if "/c/" in url]
        time.sleep(READING_SECONDS)
        assert page.slug in click(counted[0])
        stage.wait(lambda: CapturedMail.objects.filter(subject="Glad").exists(), 40, "the journey's mail")

    run = Run.objects.get(journey=journey)
    assert (run.subscriber_id, run.state) == (seen.pk, Run.State.ENDED)
    assert list(Passage.objects.filter(run=run).values_list("step", flat=True)) == ["thanks", "over"]
    assert not Event.objects.filter(subscriber=unseen, kind=Kind.LINK_CLICKED).exists()
