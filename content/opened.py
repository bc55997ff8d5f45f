"""Everything that stands round an open article or resource, gathered with few queries."""

from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail.images import get_image_model
from wagtail.models import Page

from content import films, languages, listing, navigation, neighbours, pictures, reading, series, sharing, structured
from content.excerpts import showing
from content.models import ArticlePage, Author, ResourcePage, Topic
from content.tools import TOOLS, Tool

FIGURE_SPECS = ("width-760|format-webp", "width-1520|format-webp")


@dataclass(frozen=True)
class OpenArticle:
    """What the article's template shows beside title, standfirst and body."""

    author: Author | None
    topics: list[Topic]
    column: Page | None  # the column it belongs to; None in the magazine
    column_url: str
    follow_form: int | None  # the form by which that column is followed
    previous: listing.Card | None
    next: listing.Card | None
    related: list[listing.Card]
    minutes: int
    seconds: int
    picture: pictures.Picture
    preview: pictures.Picture
    shares: list[sharing.Share]
    said_to_machines: SafeString
    needs_form: bool  # no sign-up form stands in the text: one is put after it


def article(page: ArticlePage, request: HttpRequest) -> OpenArticle:
    """Gather it once a request; five queries at most, one more where the body has figures."""
    kept = request.__dict__.setdefault("_circolare_opened", {})
    if id(page) not in kept:
        kept[id(page)] = _gather(page, request)
    return kept[id(page)]


def _gather(page: ArticlePage, request: HttpRequest) -> OpenArticle:
    topics = topics_of(page)
    author = languages.in_locale([page.author], page.locale_id).get(page.author_id or 0)
    parent = navigation.surroundings(request, page).parent if page.pk else None
    near = neighbours.of(page, [topic.translation_key for topic in topics])
    column = parent if parent and parent.content_type.model == "columnpage" else None
    cards = _near_cards(near, request)
    prepare_figures(page.body)
    preview = pictures.preview_of(page)
    here, seen = (navigation.absolute(path) for path in (navigation.address(page, request), preview.url))
    return OpenArticle(
        author=author,
        topics=topics,
        column=column,
        column_url=navigation.address(column, request) if column else "",
        follow_form=getattr(column, "follow_form", None),
        previous=cards.get(near.previous),
        next=cards.get(near.next),
        related=[cards[piece] for piece in near.related],
        minutes=reading.minutes(page.reading_seconds),
        seconds=page.reading_seconds,
        picture=pictures.of_page(page),
        preview=preview,
        shares=sharing.links(page.pk),
        said_to_machines=structured.article(page, author, url=here, picture_url=seen),
        needs_form=all(block.block_type != "signup" for block in page.body),
    )


@dataclass(frozen=True)
class OpenResource:
    """What the resource's template shows beside title, abstract and body."""

    topics: list[Topic]
    picture: pictures.Picture
    extension: str  # "PDF"; "" without a file
    n_bytes: int | None
    language: str  # its own name
    is_gated: bool
    inside: showing.Inside | None  # the first pages, before it is taken
    film: films.Film | None  # to be played in the page
    tool: Tool | None  # to be used in the page
    place: series.Place | None  # within its series
    related: list[listing.Card]  # articles about the same
    shares: list[sharing.Share]


def resource(page: ResourcePage, request: HttpRequest) -> OpenResource:
    """Gather it once a request. The file's size is read from its row, never from the disk."""
    kept = request.__dict__.setdefault("_circolare_opened", {})
    if id(page) not in kept:
        kept[id(page)] = _gather_resource(page, request)
    return kept[id(page)]


def _gather_resource(page: ResourcePage, request: HttpRequest) -> OpenResource:
    topics = topics_of(page)
    document = page.document
    prepare_figures(page.body)
    about = listing.articles_about(topics[0])[: neighbours.N_RELATED] if topics else []
    return OpenResource(
        topics=topics,
        picture=pictures.of_page(page, is_tall=page.cover is None),
        extension=document.file_extension.upper() if document else "",
        n_bytes=document.file_size if document else None,
        language=navigation.own_name(page.locale.language_code),
        is_gated=page.gate == ResourcePage.Gate.MAIL,
        inside=showing.inside(page, request),
        film=films.of(page, request),
        tool=TOOLS.get(page.tool),
        place=series.place_of(page, request),
        related=listing.article_cards(about, request),
        shares=sharing.links(page.pk),
    )


def topics_of(page: Any) -> list[Topic]:  # Any: articles and resources
    """The page's topics in its own language; one query, two where a chooser names another language's rows."""
    given = list(page.topics.all())
    translated = languages.in_locale(given, page.locale_id)
    topics = [translated[topic.pk] for topic in given]
    for topic in topics:
        if topic.locale_id == page.locale_id:
            topic.locale = page.locale
    return topics


def _near_cards(near: neighbours.Neighbours, request: HttpRequest) -> dict[ArticlePage | None, listing.Card]:
    pieces = [piece for piece in (near.previous, near.next, *near.related) if piece is not None]
    prefetch_related_objects(pieces, pictures.with_covers())
    cards = listing.article_cards(pieces, request, with_column=False, with_author=False)
    return dict(zip(pieces, cards, strict=True))


def prepare_figures(body: Any) -> None:  # Any: a StreamValue
    """Load the renditions of all figures of a body at once; each figure alone would ask for its own."""
    images = [block.value["image"] for block in body if block.block_type == "figure" and block.value.get("image")]
    if not images:
        return
    renditions = get_image_model().get_rendition_model().objects.filter(filter_spec__in=FIGURE_SPECS)
    found: dict[int, list[Any]] = {image.pk: [] for image in images}
    for rendition in renditions.filter(image_id__in=found):
        found[rendition.image_id].append(rendition)
    for image in images:
        image.prefetched_renditions = found[image.pk]


@dataclass(frozen=True)
class Figure:
    """An image of the text in two widths."""

    url: str
    width: int
    height: int
    srcset: str
    alt: str


def figure(image: Any) -> Figure | None:  # Any: an image of the configured model, None when it was deleted
    """What the <img> needs; uses renditions laid ready by `prepare_figures`."""
    if image is None:
        return None
    narrow, broad = image.get_renditions(*FIGURE_SPECS).values()
    is_decorative = getattr(image, "decorative", False)
    alt = "" if is_decorative else getattr(image, "contextual_alt_text", None) or image.default_alt_text
    srcset = f"{narrow.url} {narrow.width}w, {broad.url} {broad.width}w"
    return Figure(narrow.url, narrow.width, narrow.height, srcset, alt)
