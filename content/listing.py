"""Pieces as cards, with a number of queries that does not grow with the list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Value, Window
from django.db.models.functions import Length, RowNumber, Substr
from django.http import HttpRequest
from django.utils import translation
from wagtail.models import Page
from wagtail.query import PageQuerySet

from content import languages, pictures, reading
from content.models import ArticlePage, Author, ColumnPage, ResourcePage, SeriesPage, Topic
from content.navigation import address

# The columns that a card, a feed or a neighbour needs: a page has five times as many, and reading them costs more
# than finding them (neighbours of an article: 6.3 → 4.7 ms of one core, 2026-11).
CARD_COLUMNS = (
    "title",
    "path",
    "depth",
    "url_path",
    "locale",
    "translation_key",
    "last_published_at",
    "standfirst",
    "author",
    "cover",
    "published_at",
    "reading_seconds",
)
AUTHOR_COLUMNS = ("author__name", "author__slug", "author__locale", "author__translation_key")
N_CARDS = 12  # cards on one part of a list
ARTICLE_DEPTH = 4  # root, home page, magazine, article; a column's pieces stand one deeper
RESOURCE_DEPTH = 4  # likewise in the library; a series' parts stand one deeper
PARENT_PATH = Substr("path", Value(1), Length("path") - Value(Page.steplen))


@dataclass(frozen=True)
class Card:
    """One piece in a list."""

    title: str
    url: str
    summary: str
    kicker: str  # the column's name or the resource's kind; may be empty
    kicker_url: str
    author: str
    at: datetime | None
    minutes: int  # to read or to watch; 0 where there is neither
    picture: pictures.Picture
    n_pages: int | None = None
    n_parts: int | None = None  # of a series
    n_bytes: int | None = None  # of a resource's file
    language: str = ""  # its own name, where the piece is in another one than the page round it
    updated_at: datetime | None = None  # of a resource
    gate: str = ""  # how it is given: "open", "mail", or "mixed" for a series of both; "" for what is only read
    n_people: int = 0  # who took it, where that was counted


def articles(language: str | None = None) -> PageQuerySet:
    """Live articles of a language (the active one by default), newest first, without their bodies."""
    return (
        ArticlePage.objects.live()
        .filter(locale__language_code=language or translation.get_language())
        .select_related("author")
        .only(*CARD_COLUMNS, *AUTHOR_COLUMNS)
        .prefetch_related(pictures.with_covers())
        .order_by("-published_at", "-pk")
    )


def articles_of_magazine(language: str | None = None) -> PageQuerySet:
    """Live articles that stand in the magazine itself, not in one of its columns."""
    return articles(language).filter(depth=ARTICLE_DEPTH)


def articles_about(topic: Topic) -> PageQuerySet:
    """Articles in the topic's language, whichever language's row of the topic they name."""
    ids = ArticlePage.topics.through.objects.filter(topic__translation_key=topic.translation_key)
    return articles(topic.locale.language_code).filter(pk__in=ids.values("articlepage_id"))


def articles_by(author: Author) -> PageQuerySet:
    """Articles in the author's language, whichever language's row of the author they name."""
    return articles(author.locale.language_code).filter(author__translation_key=author.translation_key)


def resources(language: str | None = None) -> PageQuerySet:
    """Live resources of a language, in the order of the library; `n_bytes` of each is its file's size."""
    return (
        ResourcePage.objects.live()
        .filter(locale__language_code=language or translation.get_language())
        .annotate(n_bytes=F("document__file_size"))
        .prefetch_related(pictures.with_covers())
        .defer_streamfields()
        .order_by("path")
    )


def shelved(found: PageQuerySet, number: int | None = None) -> list[ResourcePage | SeriesPage]:
    """Resources as the library shows them: the parts of a series give way to the series. In the library's order.

    Two queries, and one each for chosen covers; at most `number` are given.
    """
    alone = found.filter(depth=RESOURCE_DEPTH)
    parts = found.filter(depth=RESOURCE_DEPTH + 1).annotate(parent_path=PARENT_PATH)
    series = SeriesPage.objects.live().filter(path__in=parts.values("parent_path"))
    series = series.annotate(part_gates=_of_parts("gate"), part_keys=_of_parts("translation_key"))
    series = series.prefetch_related(pictures.with_covers()).order_by("path")
    return sorted([*alone[:number], *series[:number]], key=lambda page: page.path)[:number]


def _of_parts(field: str) -> ArraySubquery:
    """What each live resource below the series of the outer query has in a field."""
    parts = ResourcePage.objects.live().annotate(parent_path=PARENT_PATH).filter(parent_path=OuterRef("path"))
    return ArraySubquery(parts.order_by("path").values(field))


def columns(language: str | None = None) -> PageQuerySet:
    """Live columns of a language, in the order of the magazine."""
    return (
        ColumnPage.objects.live()
        .filter(locale__language_code=language or translation.get_language())
        .select_related("author")
        .order_by("path")
    )


def article_cards(
    found: Iterable[ArticlePage], request: HttpRequest, *, with_column: bool = True, with_author: bool = True
) -> list[Card]:
    """Cards of articles; at most two queries of its own: their columns, and authors of another language."""
    pieces = list(found)
    series = _columns_above(pieces) if with_column else {}
    authors: dict[int, Author] = {}
    if pieces and with_author:
        authors = languages.in_locale((piece.author for piece in pieces), pieces[0].locale_id)
    return [_article_card(piece, series.get(above(piece)), authors, request) for piece in pieces]


def part(found: PageQuerySet, request: HttpRequest) -> dict[str, Any]:
    """One part of a long list for a template: `cards`, and `part` to leaf through; too high a number is the last."""
    part = Paginator(found, N_CARDS).get_page(request.GET.get("page"))
    return {"cards": article_cards(part.object_list, request), "part": part}


def above(page: Page) -> str:
    """The path of the page's parent."""
    return page.path[: -page.steplen]


def _columns_above(pieces: list[ArticlePage]) -> dict[str, ColumnPage]:
    """The columns among the pieces' parents, by path."""
    paths = {above(piece) for piece in pieces}
    return {column.path: column for column in ColumnPage.objects.filter(path__in=paths)}


def _article_card(
    piece: ArticlePage, column: ColumnPage | None, authors: dict[int, Author], request: HttpRequest
) -> Card:
    author = authors.get(piece.author_id or 0)
    return Card(
        title=piece.title,
        url=address(piece, request),
        summary=piece.standfirst,
        kicker=column.title if column else "",
        kicker_url=address(column, request) if column else "",
        author=author.name if author else "",
        at=piece.published_at,
        minutes=reading.minutes(piece.reading_seconds),
        picture=pictures.of_page(piece),
    )


def resource_cards(
    found: Iterable[ResourcePage | SeriesPage], request: HttpRequest, taken: Mapping[UUID, int] | None = None
) -> list[Card]:
    """Cards of resources, and of series as `shelved` gives them; no query of its own.

    Takes: how many people took each piece, by its translation key; no number is shown without.
    """
    return [
        (_series_card if isinstance(page, SeriesPage) else _resource_card)(page, request, people_of(page, taken or {}))
        for page in found
    ]


def people_of(page: ResourcePage | SeriesPage, taken: Mapping[UUID, int]) -> int:
    """How many people took it; of a series, how many at least: those who took the part that most did."""
    keys = page.part_keys if isinstance(page, SeriesPage) else [page.translation_key]
    return max((taken.get(key, 0) for key in keys), default=0)


def _resource_card(page: ResourcePage, request: HttpRequest, n_people: int) -> Card:
    return Card(
        title=page.title,
        url=address(page, request),
        summary=page.abstract,
        kicker=page.get_kind_display(),
        kicker_url="",
        author="",
        at=None,
        minutes=reading.minutes(page.n_seconds or 0),
        picture=pictures.of_page(page, is_tall=page.cover is None),
        n_pages=page.n_pages,
        n_bytes=getattr(page, "n_bytes", None),
        updated_at=page.last_published_at,
        gate=page.gate,
        n_people=n_people,
    )


def _series_card(page: SeriesPage, request: HttpRequest, n_people: int) -> Card:
    return Card(
        title=page.title,
        url=address(page, request),
        summary=page.introduction,
        kicker=str(SeriesPage._meta.verbose_name).capitalize(),
        kicker_url="",
        author="",
        at=None,
        minutes=0,
        picture=pictures.of_page(page, is_tall=page.cover is None),
        n_parts=len(page.part_gates),
        gate=page.part_gates[0] if len(set(page.part_gates)) == 1 else "mixed",
        n_people=n_people,
    )


@dataclass(frozen=True)
class Series:
    """A column in a list, with its newest pieces."""

    title: str
    url: str
    introduction: str
    rhythm: str
    author: str
    newest: list[Card]


def series(request: HttpRequest, n_newest: int = 3) -> list[Series]:
    """The columns of the active language with their newest pieces; two queries, one more with foreign authors."""
    found = list(columns())
    newest = _newest_below([column.path for column in found], n_newest, request)
    authors = languages.in_locale((column.author for column in found), found[0].locale_id) if found else {}
    return [
        Series(
            title=column.title,
            url=address(column, request),
            introduction=column.introduction,
            rhythm=column.rhythm,
            author=authors[column.author_id].name if column.author_id else "",
            newest=newest[column.path],
        )
        for column in found
    ]


def _newest_below(paths: list[str], number: int, request: HttpRequest) -> dict[str, list[Card]]:
    """The newest articles below each path, newest first; one query."""
    newest_first = [F("published_at").desc(), F("pk").desc()]
    found = articles().annotate(parent_path=PARENT_PATH).filter(parent_path__in=paths)
    ranked = found.annotate(place=Window(RowNumber(), partition_by="parent_path", order_by=newest_first))
    pieces = list(ranked.filter(place__lte=number))
    cards = article_cards(pieces, request, with_column=False, with_author=False)
    newest: dict[str, list[Card]] = {path: [] for path in paths}
    for piece, card in zip(pieces, cards, strict=True):
        newest[piece.parent_path].append(card)
    return newest
