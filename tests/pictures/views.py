"""What there is to be looked at: the addresses of each page type and screen of a filled installation."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page, get_page_models

from campaigns.models import Delivery, IssuePage, Journey, Mailing, PurposeClass
from campaigns.rendering import people, places
from content.models import ArticlePage, Author, ColumnPage, MagazinePage, ResourcePage, Topic
from subscribers.models import Segment

ENDS = ("leave", "home", "why", "export", "erase")  # the reader's own pages that a mail leads to


@dataclass(frozen=True)
class View:
    """One page or screen in one language."""

    name: str  # of the sheet
    path: str


def of_readers(language: str) -> Iterator[View]:
    """The public pages, then those that open by a reader's token."""
    yield from _pages(language)
    with translation.override(language):
        topic, author = _first(Topic.objects, language), _first(Author.objects, language)
        yield View("topics", reverse("topics"))
        yield View("topic", reverse("topic", args=[topic.slug]))
        yield View("author", reverse("author", args=[author.slug]))
        yield View("search", reverse("search") + "?q=" + author.name.split()[0])
        yield View("search-nothing", reverse("search") + "?q=xyzzy")
        yield View("subscribe", reverse("signup_page"))
        yield View("link", reverse("link"))
        yield View("not-found", f"/{language}/xyzzy/")
    yield from _personal(language)


def _pages(language: str) -> Iterator[View]:
    """One page of each type; of articles one in the magazine and one in a column, of resources each kind."""
    for model in get_page_models():
        page = model.objects.live().filter(locale__language_code=language, depth__gt=1).first()
        if page and model not in (Page, ArticlePage, ResourcePage):
            yield View(model.__name__.removesuffix("Page").lower(), page.url)
    articles = ArticlePage.objects.live().order_by("-published_at")
    column = _first(ColumnPage.objects.live(), language)
    yield View("article", _first(articles.not_descendant_of(column), language).url)
    yield View("piece", _first(articles.descendant_of(column), language).url)
    for kind in ResourcePage.Kind.values:
        resource = ResourcePage.objects.live().filter(kind=kind, locale__language_code=language).first()
        if resource is not None:
            yield View(f"resource-{kind}", resource.url)


def _personal(language: str) -> Iterator[View]:
    """The pages behind the links of one mail that was sent."""
    sent = Delivery.objects.filter(
        state=Delivery.State.ACCEPTED,
        mailing__purpose_class=PurposeClass.ISSUE,
        subscriber__locale=language,
        subscriber__state="active",
    ).order_by("-done_at", "-pk")
    delivery = sent.first()
    if delivery is None:
        return
    person = people.of_deliveries([delivery])[delivery.pk]
    for name in ENDS:
        place = places.PLACES[name]
        before, behind = places.around(place.url_name, language)
        token = places.token(place, person, now=timezone.now())
        yield View(f"reader-{name}", f"{urlsplit(before).path}{token}{behind}")


def of_office() -> Iterator[View]:
    """The screens of the office; their language is the colleague's."""
    issue, mailing = _newest_sent()
    journey = Journey.objects.order_by("pk").first()
    readers = Delivery.objects.filter(mailing=mailing, state=Delivery.State.ACCEPTED)
    reader = readers.annotate(n=Count("subscriber__events")).order_by("-n", "pk").first()  # with much to tell
    ready = IssuePage.objects.filter(live=False, mailings=None).exclude(subject="").order_by("pk").first()
    article = _first(ArticlePage.objects.live(), "it")
    addresses = {
        "home": reverse("wagtailadmin_home"),
        "explorer": reverse("wagtailadmin_explore", args=[_first(MagazinePage.objects, "it").pk]),
        "article": _edit(article),
        "issue": _edit(issue),
        "review": reverse("office_review", args=[(ready or issue).pk]),
        "mailings": reverse("office_mailings"),
        "monitor": reverse("office_mailing", args=[mailing.pk]),
        "left-out": reverse("office_mailing_people", args=[mailing.pk]),
        "people": reverse("wagtailsnippets_subscribers_subscriber:list"),
        "person": reverse("office_person", args=[reader.subscriber_id]) if reader else "",
        "segments": reverse("wagtailsnippets_subscribers_segment:list"),
        "journeys": reverse("journeys:list"),
        "journey": reverse("journeys:edit", args=[journey.pk]) if journey else "",
        "journey-people": reverse("journeys:people", args=[journey.pk]) if journey else "",
        "forms": reverse("wagtailsnippets_subscribers_signupform:list"),
        "accounts": reverse("accounts:index"),
    }
    if segment := Segment.objects.first():
        addresses["segment"] = reverse("wagtailsnippets_subscribers_segment:edit", args=[segment.pk])
    yield from (View(f"office-{name}", path) for name, path in addresses.items() if path)


def _newest_sent() -> tuple[IssuePage, Mailing]:
    """An issue that went to readers, and its mailing."""
    sent = Mailing.objects.filter(issue__isnull=False, started_at__isnull=False).order_by("-started_at").first()
    if sent is None or sent.issue is None:
        raise LookupError("no issue of the sample was sent")
    return sent.issue, sent


def _edit(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _first(rows: QuerySet[Any], language: str) -> Any:
    """The first in this language. Raises: LookupError."""
    found = rows.filter(locale__language_code=language).first()
    if found is None:
        raise LookupError(f"no {rows.model.__name__} in {language}")
    return found
