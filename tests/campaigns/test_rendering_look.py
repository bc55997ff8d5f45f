"""Mails in the publisher's own look; what was frozen before keeps its own."""

from typing import Any

import pytest
from wagtail.models import Locale, Site

from campaigns.rendering import compiling, sources, versions
from content.models import LookSettings, PlainPage
from tests.campaigns import letters
from tests.campaigns.letters import NOW
from tests.factories import content as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def publisher() -> None:
    """Mails may leave only with an identity."""
    letters.publisher()


def look(**fields: Any) -> LookSettings:
    row = LookSettings(site=Site.objects.get(is_default_site=True), **fields)
    row.full_clean()
    row.save()
    return row


def test_an_issue_wears_the_chosen_colours_in_both_schemes(italian: Locale) -> None:
    page = letters.issue(italian, ("text", '<p>Vai <a href="https://giro.example/">qui</a>.</p>'))
    look(accent_light="#8a1f5c", accent_dark="#ffb3d9", paper_light="#f4f6f8")

    html = compiling.compile(sources.of_issue(page)).html

    assert 'class="link" style="color:#8a1f5c;' in html
    assert "#ffb3d9 !important" in html
    assert "#f4f6f8" in html
    assert "#3a31b8" not in html
    assert "/ring/8a1f5c.png" in html


def test_the_foot_says_what_the_law_wants_in_the_readers_language(italian: Locale, english: Locale) -> None:
    home = make.magazine(italian).get_parent()
    page = make.below(home, PlainPage(title="Riservatezza"))
    look(name="Il Faro", legal_it="P. IVA 1 {{ x }}\nRegistro 2", legal_en="VAT 1", privacy_page=page)

    italian_mail, english_mail = (compiling.compile(sources.of_service("link", code)) for code in ("it", "en"))

    assert "Registro 2" in italian_mail.text
    assert "VAT 1" in english_mail.text
    assert "/it/riservatezza/" in italian_mail.html
    assert italian_mail.sender_name == "Il Faro"


def test_a_logo_takes_the_place_of_the_ring(italian: Locale) -> None:
    look(name="Il Faro", logo=make.image(), logo_dark=make.image("Notte"))

    html = compiling.compile(sources.of_service("link", "it")).html

    assert 'alt="Il Faro"' in html
    assert 'media="(prefers-color-scheme: dark)"' in html
    assert "mail/ring" not in html


def test_a_frozen_issue_keeps_its_look(italian: Locale) -> None:
    mailing = letters.mailing(letters.issue(italian))
    before = versions.ensure(mailing, "it", now=NOW).html
    look(accent_light="#8a1f5c", paper_light="#f4f6f8")

    assert versions.ensure(mailing, "it", now=NOW).html == before
    assert "#f4f6f8" in compiling.compile(sources.of_issue(mailing.issue)).html
