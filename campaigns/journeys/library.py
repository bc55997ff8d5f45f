"""What the graphs of this installation may name, read from the tables in a constant number of queries."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language

from campaigns.journeys.graph import Graph, Thing, plain, read_thing
from campaigns.journeys.known import Known, KnownEmail, KnownJourney
from campaigns.models import Email, Journey
from content.models import ArticlePage, ResourcePage, Topic
from subscribers.models import Purpose, Segment

NEWEST = 200  # articles offered by name; those that the graph names already are added whatever their age


def known(graph: Graph, *, besides: int | None = None) -> Known:
    """Names in the language of the moment, for this graph. Takes: `besides`, the graph's own journey."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    things = list(_things(graph))
    return Known(
        emails=_emails(language),
        pages=_pages(language, {plain(thing.key) for thing in things if thing.kind == "page"}),
        resources=_titles(ResourcePage.objects.live().order_by("title").values_list(*PAGE), language),
        topics=_titles(Topic.objects.order_by("name").values_list(*TOPIC), language),
        purposes={purpose.key: purpose.title(language) for purpose in Purpose.objects.all()},
        segments=dict(Segment.objects.values_list("pk", "name")),
        journeys=_journeys(besides),
        languages=dict(settings.LANGUAGES),
        loop_min_seconds=settings.CIRCOLARE_LOOP_MIN_SECONDS,
    )


PAGE = ("translation_key", "locale__language_code", "title")
TOPIC = ("translation_key", "locale__language_code", "name")


def _things(graph: Graph) -> Iterable[Thing]:
    for entry in graph.entries:
        if entry.thing:
            yield entry.thing
    for step in graph.steps:
        thing = read_thing(step.settings.get("object"))
        if thing:
            yield thing


def _emails(language: str) -> dict[str, KnownEmail]:
    names: dict[str, dict[str, str]] = {}
    published: dict[str, set[str]] = {}
    rows = Email.objects.order_by("name").values_list("translation_key", "locale__language_code", "name", "live")
    for key, code, name, is_live in rows:
        names.setdefault(key.hex, {})[code[:2]] = name
        if is_live:
            published.setdefault(key.hex, set()).add(code[:2])
    return {
        key: KnownEmail(_best(written, language), frozenset(published.get(key, ()))) for key, written in names.items()
    }


def _pages(language: str, named: set[str]) -> dict[str, str]:
    newest = ArticlePage.objects.live().order_by("-published_at").values_list(*PAGE)[: NEWEST * len(settings.LANGUAGES)]
    keys = [UUID(key) for key in named if _is_key(key)]
    rows = [*newest, *ArticlePage.objects.filter(translation_key__in=keys).values_list(*PAGE)] if keys else newest
    return _titles(rows, language)


def _titles(rows: Iterable[tuple[UUID, str, str]], language: str) -> dict[str, str]:
    """Translation key → title, in the language given where it is written in it; in the order of the rows."""
    written: dict[str, dict[str, str]] = {}
    for key, code, title in rows:
        written.setdefault(key.hex, {})[code[:2]] = title
    return {key: _best(titles, language) for key, titles in written.items()}


def _best(written: Mapping[str, str], language: str) -> str:
    return written.get(language) or written.get(settings.LANGUAGE_CODE) or next(iter(written.values()))


def _is_key(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


def _journeys(besides: int | None) -> dict[int, KnownJourney]:
    rows = Journey.objects.filter(~Q(pk=besides)) if besides else Journey.objects.all()
    return {
        pk: KnownJourney(name, state == Journey.State.LIVE)
        for pk, name, state in rows.values_list("pk", "name", "state")
    }
