"""What stands beside a piece: the one before, the one after, and three that are about the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from wagtail.query import PageQuerySet

from content.listing import CARD_COLUMNS
from content.models import ArticlePage

N_RELATED = 3
BEFORE, AFTER, RELATED = 1, 2, 3


@dataclass(frozen=True)
class Neighbours:
    """Pieces round one piece; None at the ends of its column or magazine."""

    previous: ArticlePage | None
    next: ArticlePage | None
    related: list[ArticlePage]


def of(article: ArticlePage, topic_keys: Sequence[UUID] = ()) -> Neighbours:
    """The neighbours by date under the same parent, and the related by shared topics; one query."""
    before, after = _beside(article)
    rows = before.union(after, _related(article, topic_keys), all=True)
    by_place: dict[int, list[ArticlePage]] = {BEFORE: [], AFTER: [], RELATED: []}
    for row in rows:
        by_place[row.place].append(row)
    related = sorted(by_place[RELATED], key=lambda row: (row.n_shared, row.published_at, row.pk), reverse=True)
    beside = {row.pk for row in by_place[BEFORE] + by_place[AFTER]}
    return Neighbours(
        previous=next(iter(by_place[BEFORE]), None),
        next=next(iter(by_place[AFTER]), None),
        related=[row for row in related if row.pk not in beside][:N_RELATED],
    )


def _beside(article: ArticlePage) -> tuple[PageQuerySet, PageQuerySet]:
    """The nearest older and the nearest newer live sibling; equal dates are told apart by id."""
    at, pk = article.published_at, article.pk or 0
    siblings = _pieces(article).sibling_of(article, inclusive=False).annotate(n_shared=_number(0))
    older = siblings.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk)).annotate(place=_number(BEFORE))
    newer = siblings.filter(Q(published_at__gt=at) | Q(published_at=at, pk__gt=pk)).annotate(place=_number(AFTER))
    return older.order_by("-published_at", "-pk")[:1], newer.order_by("published_at", "pk")[:1]


def _related(article: ArticlePage, topic_keys: Sequence[UUID]) -> PageQuerySet:
    """Most shared topics first, then newest; two more than wanted, as two may already stand beside."""
    links = ArticlePage.topics.through.objects.filter(
        articlepage_id=OuterRef("pk"), topic__translation_key__in=list(topic_keys)
    )
    counted = links.order_by().values("articlepage_id").annotate(n=Count("pk")).values("n")
    shared = Coalesce(Subquery(counted, output_field=IntegerField()), 0) if topic_keys else _number(0)
    return (
        _pieces(article)
        .annotate(n_shared=shared, place=_number(RELATED))
        .order_by("-n_shared", "-published_at", "-pk")[: N_RELATED + 2]
    )


def _pieces(article: ArticlePage) -> PageQuerySet:
    """Other live articles of the same language, without their bodies."""
    found = ArticlePage.objects.live().filter(locale_id=article.locale_id).only(*CARD_COLUMNS)
    return found.exclude(translation_key=article.translation_key)


def _number(value: int) -> Value:
    return Value(value, output_field=IntegerField())
