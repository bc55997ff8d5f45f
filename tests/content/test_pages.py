"""Every kind of page, as a reader gets it."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error
from wagtail.models import Locale, PageViewRestriction

from content.models import ArticlePage, Author, HomePage, Topic
from tests import caching
from tests.factories import content as make
from tests.factories import subscribers as make_people

XSS = Path(__file__).resolve().parents[3] / "shared/corpora/hostile-input/xss.txt"
N_QUERIES_ARTICLE = 12  # ../shared/performance.md asks for no more with an empty cache


class Published:
    """One of everything in one language."""

    def __init__(self, locale: Locale, number: int = 1) -> None:
        self.topic = make.topic(locale, "Percorsi")
        self.author = make.author(locale, "Ada Ferri")
        self.column = make.column(locale, "Giro di boa", author=self.author)
        self.articles = [self.article(f"Pezzo {n}") for n in range(number)]
        self.pieces = [self.article(f"Riga {n}", parent=self.column) for n in range(number)]
        self.resources = [self.resource(f"Guida {n}") for n in range(number)]
        self.plain = make.plain(locale, "Chi siamo")

    def article(self, title: str, **fields: object) -> ArticlePage:
        parent = fields.pop("parent", None) or make.magazine(self.topic.locale)
        return make.below(parent, self._with_topic(ArticlePage(title=title, author=self.author, body=make.body())))

    def resource(self, title: str) -> object:
        return make.resource(self.topic.locale, title, topics=[self.topic], document=make.document())

    def _with_topic(self, page: ArticlePage) -> ArticlePage:
        page.__dict__["_given_topics"] = [self.topic]
        return page

    @property
    def addresses(self) -> dict[str, str]:
        """Kind of page and its path."""
        with translation.override(self.topic.locale.language_code):
            views = {
                "topics": reverse("topics"),
                "topic": reverse("topic", args=[self.topic.slug]),
                "author": reverse("author", args=[self.author.slug]),
                "search": reverse("search") + "?q=lettera",
                "feed": reverse("feed"),
                "column feed": reverse("column_feed", args=[self.column.pk]),
                "topic feed": reverse("topic_feed", args=[self.topic.slug]),
            }
        home = make.magazine(self.topic.locale).get_parent()
        pages = {
            "home": home,
            "magazine": make.magazine(self.topic.locale),
            "library": make.library(self.topic.locale),
            "column": self.column,
            "article": self.articles[0],
            "piece of a column": self.pieces[0],
            "resource": self.resources[0],
            "plain": self.plain,
        }
        return views | {name: page.url for name, page in pages.items()}


LISTS = ["home", "magazine", "library", "column", "topic", "author", "search", "feed", "column feed", "topic feed"]


def count_queries(client: Client, address: str) -> int:
    """Queries of a second visit with an empty cache."""
    client.get(address)
    caching.empty()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_kind_of_page_answers_in_both_languages(client: Client, language: str) -> None:
    published = Published(Locale.objects.get(language_code=language))

    answers = {name: client.get(address) for name, address in published.addresses.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 200)
    pages = [answer.content.decode() for name, answer in answers.items() if "feed" not in name]
    assert all(f'<html lang="{language}">' in page for page in pages)
    assert all(page.count("<h1") == 1 and page.count("<main") == 1 for page in pages)
    described = [name for name, answer in answers.items() if b'<meta name="description"' in answer.content]
    assert described == [name for name in answers if "feed" not in name and name != "search"]


@pytest.mark.django_db
def test_a_page_without_words_of_its_own_is_described_by_the_promise_of_the_front_page(
    italian: Locale, client: Client
) -> None:
    library = make.library(italian)
    home = HomePage.objects.child_of(library.get_parent().get_parent()).get(locale=italian)
    home.introduction = "Una lettera alla settimana."
    home.save()

    page = client.get(library.url).content.decode()

    assert f'<meta name="description" content="{library.title} · Una lettera alla settimana.">' in page


@pytest.mark.django_db
def test_instants_are_told_to_the_second_as_html_wants_them(italian: Locale, client: Client) -> None:
    at = datetime(2026, 3, 5, 8, 30, 15, 123456, tzinfo=UTC)
    page = make.article(italian, "Sola", published_at=at)

    assert '<time datetime="2026-03-05T09:30:15+01:00">' in client.get(page.url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_piece_and_for_three(italian: Locale, client: Client, name: str) -> None:
    published = Published(italian)
    with_one = count_queries(client, published.addresses[name])
    for number in range(2):
        published.article(f"Altro pezzo {number}")
        published.article(f"Altra riga {number}", parent=published.column)
        published.resource(f"Altra guida {number}")

    assert count_queries(client, published.addresses[name]) == with_one


@pytest.mark.django_db
def test_an_article_with_figure_and_form_costs_few_queries(italian: Locale, client: Client) -> None:
    make_people.signup_form(make_people.purpose())
    published = Published(italian, number=3)
    figure = {"image": make.image(), "caption": "<p>Una porta</p>", "credit": ""}
    page = make.article(
        italian,
        "Tutto insieme",
        author=published.author,
        topics=[published.topic],
        body=[*make.body(), ("figure", figure), ("figure", figure)],
    )

    assert count_queries(client, page.url) <= N_QUERIES_ARTICLE


@pytest.mark.django_db
def test_the_language_switch_names_only_versions_that_exist(italian: Locale, english: Locale, client: Client) -> None:
    alone = make.article(italian, "Sola")
    twin = make.article(italian, "Doppia")
    other = make.translated(twin, english, "Twin", slug="twin")
    draft = make.article(italian, "In corso")
    make.translated(draft, english, "Coming", slug="coming").unpublish()

    def switch(page: ArticlePage) -> list[str]:
        return re.findall(r'<a href="([^"]+)" hreflang', client.get(page.url).content.decode())

    assert (switch(alone), switch(draft)) == ([], [])
    assert switch(twin) == switch(other) == [twin.url, other.url]


@pytest.mark.django_db
def test_topics_and_authors_of_the_first_language_are_shown_in_the_second(
    italian: Locale, english: Locale, client: Client
) -> None:
    topic, author = make.topic(italian, "Percorsi"), make.author(italian, "Ada Ferri", role="scrive di giri")
    for row, words in ((topic, {"name": "Journeys", "slug": "journeys"}), (author, {"role": "writes about loops"})):
        copy = row.copy_for_translation(english)
        for field, value in words.items():
            setattr(copy, field, value)
        copy.save()
    page = make.article(italian, topics=[topic], author=author)
    translated = make.translated(page, english, "The letter", slug="the-letter")
    assert list(translated.topics.all()) == [topic]

    shown = client.get(translated.url).content.decode()

    assert "Journeys" in shown
    assert "writes about loops" in shown
    assert "Percorsi" not in shown
    assert translated.title in client.get("/en/topics/journeys/").content.decode()
    assert translated.title in client.get("/en/authors/ada-ferri/").content.decode()


@pytest.mark.django_db
def test_a_topic_page_switches_to_its_own_translation(italian: Locale, english: Locale, client: Client) -> None:
    topic = make.topic(italian, "Percorsi")
    copy = topic.copy_for_translation(english)
    copy.name, copy.slug = "Journeys", "journeys"
    copy.save()

    page = client.get("/it/topics/percorsi/").content.decode()

    assert re.findall(r'<a href="([^"]+)" hreflang', page) == ["/it/topics/percorsi/", "/en/topics/journeys/"]


@pytest.mark.django_db
def test_an_article_tells_machines_what_it_is(italian: Locale, client: Client) -> None:
    page = make.article(italian, "Il giro </script><b>", author=make.author(italian, "Ada Ferri"))

    shown = client.get(page.url).content.decode()

    [said] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', shown)
    told = json.loads(said)
    assert told["headline"] == page.title
    assert told["author"] == {"@type": "Person", "name": "Ada Ferri"}
    assert told["mainEntityOfPage"] == f"{settings.BASE_URL}{page.url}"


@pytest.mark.django_db
def test_further_reading_and_a_resource_in_the_text_are_shown(italian: Locale, client: Client) -> None:
    resource = make.resource(italian, "La mappa", n_pages=12)
    item = {"title": "Un registro", "url": "https://example.org/r", "source": "Quaderni", "reason": "è breve"}
    page = make.article(
        italian, body=[*make.body(), ("resource", {"resource": resource})], further_reading=[("item", item)]
    )

    shown = client.get(page.url).content.decode()

    assert f'<a href="{resource.url}">La mappa</a>' in shown
    assert "Quaderni: è breve" in shown
    resource.unpublish()
    assert "La mappa" not in client.get(page.url).content.decode()


@pytest.mark.django_db
def test_a_page_with_a_key_asks_for_it(italian: Locale, client: Client) -> None:
    column = make.column(italian)
    page = make.article(italian, parent=column, body=make.body("<p>solo per chi sa</p>"))
    PageViewRestriction.objects.create(page=column, restriction_type=PageViewRestriction.PASSWORD, password="apriti")

    shown = client.get(page.url).content.decode()

    assert "solo per chi sa" not in shown
    assert 'name="password"' in shown


@pytest.mark.django_db
def test_a_draft_is_not_there(italian: Locale, client: Client) -> None:
    page = make.article(italian)
    page.unpublish()

    assert client.get(page.url).status_code == 404


@pytest.mark.django_db
def test_an_unknown_address_offers_the_search(client: Client) -> None:
    response = client.get("/it/non-esiste/")

    assert response.status_code == 404
    assert 'action="/it/search/"' in response.content.decode()


ADDRESSES = {"href", "src", "action", "formaction", "srcset", "poster"}


def test_an_error_of_ours_is_told_in_both_languages_and_needs_nothing(rf: RequestFactory) -> None:
    page = server_error(rf.get("/it/")).content.decode()

    assert "Qualcosa si è rotto" in page
    assert "Something broke" in page


@pytest.mark.django_db
def test_browsers_find_an_icon_at_the_old_address(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"].endswith("/circolare/img/ring.svg")


class Markup(HTMLParser):
    """Everything in a page that could run: scripts, handlers, script addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("iframe", "object", "embed", "base"):
            self.dangers.append(tag)
        if tag == "script" and "src" not in given and given.get("type") != "application/ld+json":
            self.dangers.append("script")
        self.dangers += [name for name in given if name.startswith("on") or name == "style"]
        self.dangers += [
            f"{name}={given[name]}"
            for name in ADDRESSES & given.keys()
            if (given[name] or "").strip().lower().startswith(("javascript:", "vbscript:", "data:text"))
        ]


def dangers(response: object) -> list[str]:
    markup = Markup()
    markup.feed(response.content.decode())
    return markup.dangers


@pytest.mark.django_db
def test_nothing_inline_stands_in_any_page(italian: Locale, client: Client) -> None:
    published = Published(italian)

    found = {name: dangers(client.get(address)) for name, address in published.addresses.items()}

    assert found == {name: [] for name in found}


@pytest.mark.django_db
@pytest.mark.skipif(not XSS.exists(), reason="the corpus is not beside this checkout")
def test_hostile_titles_are_shown_as_text(italian: Locale, client: Client) -> None:
    payloads = [line for line in XSS.read_text(encoding="utf-8").splitlines() if line.strip()]
    page = make.article(italian, "Bersaglio")
    topic = make.topic(italian, "Tema")
    author = make.author(italian, "Nome")
    page.topics.set([topic])
    page.author = author
    page.save()

    for group in batched([*payloads, *payloads[:4]], 5):  # five places at a time, every payload in one of them
        title, standfirst, name, description, bio = (group * 5)[:5]
        ArticlePage.objects.filter(pk=page.pk).update(title=title[:255], standfirst=standfirst)
        Topic.objects.filter(pk=topic.pk).update(name=name[:80], description=description)
        Author.objects.filter(pk=author.pk).update(name=name[:120], bio=bio, role=title[:120])
        for address in (page.url, "/it/topics/tema/"):
            assert dangers(client.get(address)) == [], group


def batched(rows: list[str], size: int) -> list[list[str]]:
    """The rows in groups of that size; the last may be smaller."""
    return [rows[start : start + size] for start in range(0, len(rows), size)]


@pytest.mark.django_db
@pytest.mark.skipif(not XSS.exists(), reason="the corpus is not beside this checkout")
def test_hostile_questions_are_answered_as_text(client: Client, db: None) -> None:
    assert "armless" in client.get("/it/search/", {"q": "harmless"}).content.decode()

    for payload in XSS.read_text(encoding="utf-8").splitlines():
        response = client.get("/it/search/", {"q": payload})
        assert response.status_code == 200
        assert dangers(response) == [], payload


@pytest.mark.django_db
@pytest.mark.parametrize("question", ["", "   ", "\x00", "a" * 500, "& | ! ( )", "'", "\\", "%", "🌀"])
def test_odd_questions_break_nothing(client: Client, question: str) -> None:
    assert client.get("/it/search/", {"q": question}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["2", "0", "-1", "x", "99999999999999999999"])
def test_odd_parts_of_a_list_break_nothing(italian: Locale, client: Client, part: str) -> None:
    make.article(italian)

    assert client.get(make.magazine(italian).url, {"page": part}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("choice", [{"kind": "guide"}, {"kind": "nulla"}, {"topic": "percorsi"}, {"topic": "\x00"}])
def test_the_library_is_filtered_and_unknown_filters_show_everything(
    italian: Locale, client: Client, choice: dict[str, str]
) -> None:
    topic = make.topic(italian, "Percorsi")
    make.resource(italian, "La guida dei giri", kind="guide", topics=[topic])
    make.resource(italian, "La lista", kind="checklist", topics=[make.topic(italian, "Botteghe")])

    shown = client.get(make.library(italian).url, choice).content.decode()

    assert "La guida dei giri" in shown
    assert ("La lista" in shown) == (choice in ({"kind": "nulla"}, {"topic": "\x00"}))


@pytest.mark.django_db
def test_the_password_of_a_page_opens_it(italian: Locale, client: Client) -> None:
    page = make.article(italian, "Dietro la porta")
    lock = PageViewRestriction.objects.create(
        page=page, restriction_type=PageViewRestriction.PASSWORD, password="apriti"
    )
    door = reverse("wagtailcore_authenticate_with_password", args=[lock.pk, page.pk])

    shut = client.get(page.url).content.decode()
    answers = [
        client.post(door, {"password": password, "return_url": page.url}).status_code for password in ("x", "apriti")
    ]

    assert f'action="{door}"' in shut
    assert answers == [200, 302]
    assert "<h1>Dietro la porta</h1>" in client.get(page.url).content.decode()
