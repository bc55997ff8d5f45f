"""Pages, topics and authors for tests; whatever a test asserts on, the test says itself."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils.text import slugify
from PIL import Image as Raster
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from content import indexing
from content.models import (
    ArticlePage,
    Author,
    ColumnPage,
    LandingPage,
    LibraryPage,
    MagazinePage,
    PlainPage,
    ResourcePage,
    SeriesPage,
    Topic,
)

WRITTEN_AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TEXT = "<p>Una lettera parte, qualcuno la legge, qualcosa torna indietro.</p>"


def body(*paragraphs: str) -> list[tuple[str, Any]]:
    """A StreamField value of text blocks; one short paragraph when nothing is given."""
    return [("text", paragraph) for paragraph in paragraphs or (TEXT,)]


def topic(locale: Locale, name: str = "Il giro", **fields: Any) -> Topic:
    """A topic in one language."""
    return Topic.objects.create(locale=locale, name=name, slug=fields.pop("slug", slugify(name)), **fields)


def author(locale: Locale, name: str = "Ada Ferri", **fields: Any) -> Author:
    """An author in one language."""
    return Author.objects.create(locale=locale, name=name, slug=fields.pop("slug", slugify(name)), **fields)


def magazine(locale: Locale) -> MagazinePage:
    """The magazine that every database has."""
    return MagazinePage.objects.get(locale=locale)


def library(locale: Locale) -> LibraryPage:
    """The library that every database has."""
    return LibraryPage.objects.get(locale=locale)


def below(parent: Page, page: Page) -> Any:
    """The page saved and published as a child, in the parent's language."""
    page.locale = parent.locale
    page.slug = page.slug or slugify(page.title)
    topics = page.__dict__.pop("_given_topics", None)
    with indexing.once_at_the_end():
        parent.add_child(instance=page)
        if topics is not None:
            page.topics.set(topics)
        page.save_revision().publish()
    page.refresh_from_db()
    return page


def article(locale: Locale, title: str = "La lettera", *, parent: Page | None = None, **fields: Any) -> ArticlePage:
    """A published article in the magazine or below the given column. Takes `topics` as a list."""
    topics = fields.pop("topics", None)
    fields = {"body": body(), "published_at": WRITTEN_AT} | fields
    page = ArticlePage(title=title, **fields)
    page.__dict__["_given_topics"] = topics
    return below(parent or magazine(locale), page)


def column(locale: Locale, title: str = "Giro di boa", **fields: Any) -> ColumnPage:
    """A published column without pieces."""
    return below(magazine(locale), ColumnPage(title=title, **fields))


def resource(locale: Locale, title: str = "La guida", *, parent: Page | None = None, **fields: Any) -> ResourcePage:
    """A published resource in the library or the given series, gated by default. Takes `topics` as a list."""
    topics = fields.pop("topics", None)
    page = ResourcePage(title=title, **fields)
    page.__dict__["_given_topics"] = topics
    return below(parent or library(locale), page)


def series(locale: Locale, title: str = "Quattro lettere", *, parts: int = 0, **fields: Any) -> SeriesPage:
    """A published series with so many parts, called “Parte 0” and so on."""
    page = below(library(locale), SeriesPage(title=title, **fields))
    for number in range(parts):
        resource(locale, f"Parte {number}", parent=page)
    page.refresh_from_db()
    return page


def film(locale: Locale, title: str = "Il filmato", content: bytes = b"0123456789", **fields: Any) -> ResourcePage:
    """A published video that plays in its page."""
    given = {"kind": "video", "gate": "open", "document": document("filmato.mp4", content)}
    return resource(locale, title, **given | fields)


def landing(locale: Locale, title: str = "La lettera del giovedì", **fields: Any) -> LandingPage:
    """A published landing page below the home page."""
    return below(magazine(locale).get_parent(), LandingPage(title=title, **fields))


def plain(locale: Locale, title: str = "Chi siamo", **fields: Any) -> PlainPage:
    """A published plain page below the home page."""
    fields = {"body": body()} | fields
    return below(magazine(locale).get_parent(), PlainPage(title=title, **fields))


def translated(page: Any, locale: Locale, title: str = "", **fields: Any) -> Any:
    """The page's published translation, made as the admin does; its parent must exist in that language."""
    copy = page.copy_for_translation(locale)
    copy.title = title or page.title
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    copy.refresh_from_db()
    return copy


def document(title: str = "guida.pdf", content: bytes = b"%PDF-1.4 test") -> Any:
    """A stored file."""
    file = ContentFile(content, name=title)
    return get_document_model().objects.create(title=title, file=file, file_size=len(content))


def image(title: str = "Una porta", size: tuple[int, int] = (1600, 900), description: str = "") -> Any:
    """A stored picture of one colour."""
    buffer = BytesIO()
    Raster.new("RGB", size, (200, 90, 60)).save(buffer, "JPEG")
    buffer.seek(0)
    file = ImageFile(buffer, name=f"{slugify(title)}.jpg")
    return get_image_model().objects.create(title=title, description=description, file=file)
