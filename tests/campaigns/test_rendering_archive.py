"""The web archive: the same content for nobody in particular."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, PageViewRestriction

from campaigns.models import ArchivePage, IssuePage
from tests.campaigns import letters
from tests.content.test_feeds import items
from tests.factories import content
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


def published(page: IssuePage, days: int) -> IssuePage:
    """The issue as if first published so many days after the first of November."""
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=days)
    IssuePage.objects.filter(pk=page.pk).update(first_published_at=at)
    return page


def test_an_issue_on_the_web_has_the_content_and_nothing_personal(italian: Locale, client: Any) -> None:
    article = content.article(italian, "Il giro", standfirst="Due frasi.")
    issue = letters.issue(
        italian,
        ("heading", "Ciao {{ person.first_name | default: 'lettore' }}"),
        ("text", '<p>Vai <a href="#home">da te</a> o <a href="https://example.org/">fuori</a>. {{ links.why }}</p>'),
        ("article", {"article": article, "lead": ""}),
        ("figure", {"image": content.image(description="Una porta"), "caption": "Aperta"}),
        ("quote", {"text": "Chi torna resta", "source": "Anna"}),
        ("divider", None),
        ("signature", "Ada"),
        subject="Per {{ person.first_name | default: 'te' }}",
    )

    answer = client.get(issue.url)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>Per te</h1>" in page
    assert "Ciao lettore" in page
    assert 'href="https://example.org/"' in page
    assert 'href="/it/yours/">da te</a>' in page
    assert re.search(r"<figcaption>Aperta</figcaption>", page)
    assert "/it/articoli/il-giro/" in page
    assert not re.search(r"/(c|u|why|leave|confirm)/[\w-]{20,}", page)
    assert "style=" not in page.partition("<main")[2].partition("</main>")[0]
    assert "sessionid" not in answer.cookies


def test_an_issue_to_a_segment_is_not_for_search_engines(italian: Locale, client: Any) -> None:
    issue = letters.issue(italian)
    segment = letters.segment()
    pages = [client.get(issue.url).content.decode()]
    IssuePage.objects.filter(pk=issue.pk).update(segment=segment)
    pages.append(client.get(issue.url).content.decode())

    assert ['content="noindex"' in page for page in pages] == [False, True]


def test_issues_of_one_newsletter_lead_to_each_other(italian: Locale, client: Any) -> None:
    letter, other = letters.newsletter(), letters.newsletter()
    first, second, third = (
        published(letters.issue(italian, letter=letter, title=f"Numero-{days}", subject=f"Il giro {days}"), days)
        for days in (1, 2, 4)
    )
    published(letters.issue(italian, letter=other), 2)
    published(letters.issue(italian, letter=letter, segment=letters.segment()), 3)

    page = client.get(second.url).content.decode()

    assert re.findall(r'class="beside-one[^"]*" rel="(\w+)" href="([^"]+)".*?beside-title">([^<]*)<', page) == [
        ("prev", first.url, "Il giro 1"),
        ("next", third.url, "Il giro 4"),
    ]
    assert "Numero-" not in page


def test_the_archive_lists_published_issues_newest_first(italian: Locale, client: Any) -> None:
    letter = letters.newsletter()
    old = published(letters.issue(italian, letter=letter, subject="Vecchia {{ person.name }}"), 1)
    new = published(letters.issue(italian, letter=letter, subject="Nuova"), 2)
    letters.issue(italian, letter=letter, subject="Bozza").unpublish()

    page = client.get(ArchivePage.objects.get(locale=italian).url).content.decode()

    assert re.findall(r'<h2><a href="([^"]+)">([^<]*)</a></h2>', page) == [(new.url, "Nuova"), (old.url, "Vecchia ")]


def test_the_archive_takes_as_many_queries_for_three_issues_as_for_one(italian: Locale, client: Any) -> None:
    letter = letters.newsletter()
    address = ArchivePage.objects.get(locale=italian).url
    counts = []
    for n_more in (1, 2):
        for _n in range(n_more):
            letters.issue(italian, letter=letter)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts[0] == counts[1]


ROW = re.compile(r'<h2><a href="[^"]+">([^<]*)</a></h2>')
CHIP = re.compile(r'<a class="tag" href="([^"]+)"( aria-current="true")?>([^<]*)</a>')


def shelf(client: Any, locale: Locale, query: str = "") -> str:
    return str(client.get(f"{ArchivePage.objects.get(locale=locale).url}{query}").content.decode())


def test_the_archive_is_narrowed_by_newsletter_and_year(italian: Locale, client: Any) -> None:
    ring = letters.newsletter(people.purpose("giro", title_it="Il giro"), name="Giro (office)", slug="giro")
    other = letters.newsletter(people.purpose("altra", title_it="L'altra"), slug="altra")
    for letter, days in ((ring, 1), (ring, -400), (other, 2)):
        published(letters.issue(italian, letter=letter, subject=f"{letter.slug} {days}"), days)
    path = ArchivePage.objects.get(locale=italian).url

    every, of_ring, of_year, of_both, of_nothing = (
        shelf(client, italian, query)
        for query in ("", "?newsletter=giro", "?year=2026", "?newsletter=giro&year=2025", "?newsletter=x&year=y")
    )

    assert ROW.findall(every) == ["altra 2", "giro 1", "giro -400"] == ROW.findall(of_nothing)
    assert ROW.findall(of_ring) == ["giro 1", "giro -400"]
    assert ROW.findall(of_year) == ["altra 2", "giro 1"]
    assert ROW.findall(of_both) == ["giro -400"]
    assert [(href, bool(is_on)) for href, is_on, _label in CHIP.findall(of_both)] == [
        (path, False),
        (f"{path}?newsletter=giro", True),
        (f"{path}?newsletter=altra", False),
        (f"{path}?newsletter=giro", False),
        (f"{path}?newsletter=giro&amp;year=2026", False),
        (f"{path}?newsletter=giro&amp;year=2025", True),
    ]
    assert [label for _href, _is_on, label in CHIP.findall(every)][1:3] == ["Il giro", "L&#x27;altra"]
    assert "Giro (office)" not in every
    assert of_both.count(f'<link rel="canonical" href="{settings.BASE_URL}{path}">') == 1


def test_the_archive_is_searched_by_subject_preheader_and_body(italian: Locale, client: Any) -> None:
    blocks = ("text", "<p>La cartolaia scriveva a mano.</p>")
    for fields in ({"subject": "La cartolaia"}, {"preheader": "Una cartolaia"}):
        letters.issue(italian, **{"subject": next(iter(fields)), **fields})
    letters.issue(italian, blocks, subject="body")
    letters.issue(italian, subject="nothing")

    found, none = shelf(client, italian, "?q=cartolaia"), shelf(client, italian, "?q=ombrello")

    assert sorted(ROW.findall(found)) == ["La cartolaia", "body", "preheader"]
    assert ROW.findall(none) == []
    assert 'value="ombrello"' in none


def test_what_went_to_a_segment_or_asks_for_a_password_is_named_nowhere(italian: Locale, client: Any) -> None:
    public, narrow, locked = (letters.issue(italian, subject=f"Ombrello {name}") for name in ("uno", "due", "tre"))
    IssuePage.objects.filter(pk=narrow.pk).update(segment=letters.segment())
    PageViewRestriction.objects.create(page=locked, restriction_type=PageViewRestriction.PASSWORD, password="x")

    places = {
        "archive": shelf(client, italian),
        "its search": shelf(client, italian, "?q=ombrello"),
        "feed": client.get("/it/feed/issues/").content.decode(),
        "search": client.get("/it/search/?q=ombrello").content.decode(),
    }

    said = {place: sorted(set(re.findall(r"Ombrello (\w+)", text))) for place, text in places.items()}
    assert said == dict.fromkeys(places, ["uno"])
    sitemap = client.get("/sitemap.xml").content.decode()
    assert [page.url in sitemap for page in (public, narrow, locked)] == [True, False, False]
    assert [client.get(page.url).status_code for page in (public, narrow)] == [200, 200]


def test_behind_the_archives_own_password_its_issues_are_listed(italian: Locale, client: Any) -> None:
    archive = ArchivePage.objects.get(locale=italian)
    letters.issue(italian, subject="Dentro")
    lock = PageViewRestriction.objects.create(
        page=archive, restriction_type=PageViewRestriction.PASSWORD, password="apriti"
    )

    shut = client.get(archive.url).content.decode()
    client.post(
        reverse("wagtailcore_authenticate_with_password", args=[lock.pk, archive.pk]),
        {"password": "apriti", "return_url": archive.url},
    )

    assert (ROW.findall(shut), ROW.findall(shelf(client, italian))) == ([], ["Dentro"])
    assert client.get("/it/feed/issues/").status_code == 404


def test_the_feed_of_issues_has_subject_preheader_and_newsletter(italian: Locale, english: Locale, client: Any) -> None:
    ring = letters.newsletter(people.purpose("giro", title_it="Il giro", title_en="The ring"))
    old = published(letters.issue(italian, letter=ring, subject="Prima & {{ person.name }}", preheader="Uno"), 1)
    new = published(letters.issue(italian, letter=ring, subject="Nuova"), 2)
    content.translated(old, english, "Old", subject="The letter")

    found, english_ones = items(client, "/it/feed/issues/"), items(client, "/en/feed/issues/")

    assert [(item["title"], item["description"], item["category"]) for item in found] == [
        ("Nuova", "In breve", "Il giro"),
        ("Prima & ", "Uno", "Il giro"),
    ]
    assert found[0]["link"] == f"{settings.BASE_URL}{new.url}"
    assert found[0]["pubDate"] == "Tue, 03 Nov 2026 00:00:00 +0000"
    assert [(item["title"], item["category"]) for item in english_ones] == [("The letter", "The ring")]
    assert 'title="Archivio" href="/it/feed/issues/"' in shelf(client, italian)


def test_search_calls_an_issue_as_the_archive_does_and_takes_no_more_queries_for_three(
    italian: Locale, client: Any
) -> None:
    counts = []
    for number in (1, 2, 3):
        fields = {"subject": f"Ombrello {number}", "preheader": f"Piove {number}", "title": f"Numero {number}"}
        letters.issue(italian, letter=letters.newsletter(people.purpose(f"giro-{number}", title_it="Giro")), **fields)
        client.get("/it/search/?q=ombrello")
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/it/search/?q=ombrello").content.decode()
        counts.append(len(queries))

    assert sorted(ROW.findall(page)) == ["Ombrello 1", "Ombrello 2", "Ombrello 3"]
    assert sorted(re.findall(r'<p class="quiet">(Piove \d)</p>', page)) == ["Piove 1", "Piove 2", "Piove 3"]
    assert re.findall(r'<p class="kicker">([^<]*)</p>', page) == ["Giro"] * 3
    assert len(set(counts)) == 1


def test_both_languages_of_an_issue_are_offered(italian: Locale, english: Locale, client: Any) -> None:
    issue = letters.issue(italian)
    translation = content.translated(issue, english, "The letter", subject="The letter")

    page = client.get(issue.url).content.decode()

    assert f'href="{translation.url}"' in page
    assert client.get(translation.url).status_code == 200
