"""The web archive: the same content for nobody in particular."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Locale

from campaigns.models import ArchivePage, IssuePage
from tests.campaigns import letters
from tests.factories import content

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
        published(letters.issue(italian, letter=letter, title=f"Numero-{days}"), days) for days in (1, 2, 3)
    )
    published(letters.issue(italian, letter=other), 2)

    page = client.get(second.url).content.decode()

    assert re.findall(r'class="beside-one[^"]*" rel="(\w+)" href="([^"]+)"', page) == [
        ("prev", first.url),
        ("next", third.url),
    ]


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


def test_both_languages_of_an_issue_are_offered(italian: Locale, english: Locale, client: Any) -> None:
    issue = letters.issue(italian)
    translation = content.translated(issue, english, "The letter", subject="The letter")

    page = client.get(issue.url).content.decode()

    assert f'href="{translation.url}"' in page
    assert client.get(translation.url).status_code == 200
