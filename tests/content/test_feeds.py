"""Feeds, sitemap and what crawlers may read."""

from datetime import timedelta

import pytest
from defusedxml import ElementTree
from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale

from tests.factories import content as make

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def items(client: Client, address: str) -> list[dict[str, str]]:
    """The feed's items as {tag: text}; raises where the feed is no valid XML."""
    response = client.get(address)
    assert response.headers["Content-Type"].startswith("application/rss+xml")
    root = ElementTree.fromstring(response.content)
    assert root.tag == "rss"
    return [{child.tag: child.text for child in item} for item in root.iter("item")]


@pytest.mark.django_db
def test_the_feed_lists_a_language_newest_first(italian: Locale, english: Locale, client: Client) -> None:
    older = make.article(italian, "Prima & dopo <b>", standfirst="Una & due")
    newer = make.article(italian, "Nuova", published_at=make.WRITTEN_AT + timedelta(days=1))
    make.article(english, "Elsewhere")

    found = items(client, "/it/feed/")

    assert [item["title"] for item in found] == [newer.title, older.title]
    assert found[1]["description"] == "Una & due"
    assert found[1]["link"] == f"{settings.BASE_URL}{older.url}"
    assert found[1]["pubDate"] == "Mon, 02 Mar 2026 08:00:00 +0000"


@pytest.mark.django_db
def test_columns_and_topics_have_feeds_of_their_own(italian: Locale, client: Client) -> None:
    topic, column = make.topic(italian, "Percorsi"), make.column(italian)
    make.article(italian, "Fuori")
    inside = make.article(italian, "Dentro", parent=column)
    about = make.article(italian, "Sui percorsi", topics=[topic])

    assert [item["title"] for item in items(client, f"/it/feed/columns/{column.pk}/")] == [inside.title]
    assert [item["title"] for item in items(client, "/it/feed/topics/percorsi/")] == [about.title]


@pytest.mark.django_db
def test_feeds_of_what_is_not_there_are_not_there(italian: Locale, client: Client) -> None:
    make.topic(italian, "Percorsi")
    column = make.column(italian)

    assert client.get(f"/en/feed/columns/{column.pk}/").status_code == 404
    assert client.get("/en/feed/topics/percorsi/").status_code == 404
    assert client.get("/it/feed/columns/999999/").status_code == 404


@pytest.mark.django_db
def test_the_sitemap_names_pages_of_both_languages_topics_and_authors(
    italian: Locale, english: Locale, client: Client
) -> None:
    pages = [make.article(italian, "Uno"), make.article(english, "One")]
    make.article(italian, "Bozza").unpublish()
    make.topic(italian, "Percorsi")
    make.author(english, "Ada Ferri")

    root = ElementTree.fromstring(client.get("/sitemap.xml").content)

    found = {node.text.split("/", 3)[3] for node in root.iter(f"{SITEMAP}loc")}
    wanted = {page.url[1:] for page in pages} | {"it/topics/percorsi/", "en/authors/ada-ferri/", "it/", "en/"}
    assert wanted <= found
    assert not any("bozza" in address for address in found)


@pytest.mark.django_db
def test_crawlers_are_kept_out_of_the_office(client: Client, db: None) -> None:
    text = client.get("/robots.txt").content.decode()

    assert "Disallow: /admin/" in text
    assert f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}" in text
