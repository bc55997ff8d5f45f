"""Pieces as pages: first an empty draft for each, so that links find their targets, then the text."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from django.db import IntegrityError, transaction
from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page

from content.importing import values
from content.importing.fitting import Fitter
from content.importing.names import Names
from content.importing.pieces import Kind, Piece, Source, Term, Wish
from content.models import ArticlePage, Author, HomePage, MagazinePage, PlainPage, Topic

TWINS = uuid.UUID("c2b3a1de-5d0e-4c51-9f6e-7a0d6a1f0e93")  # ours: one name shared by translations is one key
MAX_KEY = 255
MAX_TITLE = 255
N_TRIES = 3  # two hands adding below one page can meet on the same place in the tree


class Publishing(Enum):
    """Which pieces become public."""

    AS_SAID = "as said"  # those the source calls public
    ALL = "all"  # those too of which the source says nothing
    NONE = "none"


@dataclass(frozen=True)
class Wishes:
    """What the person who imports wants; each name fills a gap and never replaces what a piece says."""

    author: str = ""
    language: str = ""
    topics: tuple[str, ...] = ()
    under: Page | None = None  # a magazine or column, in any language
    publishing: Publishing = Publishing.AS_SAID
    is_sample: bool = False


class Homeless(Exception):
    """There is no page under which a piece could stand; the message says why."""


@dataclass
class Desk:
    """Where the pieces of one import are written."""

    wishes: Wishes
    now: datetime
    names: Names
    locales: dict[str, Locale] = field(default_factory=lambda: {row.language_code: row for row in Locale.objects.all()})

    def locale(self, piece: Piece, source: Source) -> Locale:
        """The language of a piece: its own, the one wished, its source's, the site's first."""
        code = values.language(piece.language) or values.language(self.wishes.language) or source.language
        locale = self.locales.get(code) if code else Locale.get_default()
        if locale is None:
            known = ", ".join(sorted(self.locales))
            raise Homeless(_("It is in “%(code)s”; the site has %(known)s.") % {"code": code, "known": known})
        return locale

    def find(self, piece: Piece, locale: Locale) -> ArticlePage | PlainPage | None:
        """The page an earlier import made of this piece; an editor's copies of it come after it."""
        model = ArticlePage if piece.kind is Kind.ARTICLE else PlainPage
        return model.objects.filter(import_key=_short(piece.key), locale=locale).order_by("pk").first()

    def parent(self, piece: Piece, locale: Locale) -> Page:
        """Under which page a piece stands. Raises Homeless where that page does not exist."""
        if piece.kind is Kind.PAGE:
            parent = HomePage.objects.filter(locale=locale).first()
        elif self.wishes.under is not None:
            parent = self.wishes.under.get_translation_or_none(locale)
        else:
            parent = MagazinePage.objects.filter(locale=locale).first()
        if parent is None:
            raise Homeless(_("There is no page to put it under in “%(code)s”.") % {"code": locale.language_code})
        return parent

    def open(self, piece: Piece, locale: Locale) -> ArticlePage | PlainPage:
        """An empty draft that takes the piece's place in the tree. Raises Homeless."""
        parent = self.parent(piece, locale)
        for attempt in range(1, N_TRIES + 1):
            try:
                with transaction.atomic():
                    return self._open(piece, locale, parent)
            except IntegrityError:
                if attempt == N_TRIES:
                    raise
                parent.refresh_from_db()
        raise AssertionError("the loop returns or raises")

    def _open(self, piece: Piece, locale: Locale, parent: Page) -> ArticlePage | PlainPage:
        fields = {
            "title": Truncator(piece.title).chars(MAX_TITLE, truncate="…"),
            "slug": _slug(piece, parent),
            "locale": locale,
            "translation_key": _twin(piece, locale),
            "import_key": _short(piece.key),
            "is_sample": self.wishes.is_sample,
            "live": False,
            "has_unpublished_changes": True,
        }
        page = ArticlePage(**fields) if piece.kind is Kind.ARTICLE else PlainPage(**fields)
        fresh = Page.objects.get(pk=parent.pk)  # its count of children is remembered and would be old
        fresh.add_child(instance=page)
        return page

    def fill(self, page: ArticlePage | PlainPage, piece: Piece, fitter: Fitter) -> bool:
        """Write the text into an opened page; gives whether it is public now. One transaction."""
        with transaction.atomic():
            page.body = json.dumps(fitter.body(piece))
            if isinstance(page, ArticlePage):
                self._describe(page, piece, fitter)
            is_public = self.is_public(piece)
            if not is_public:  # publishing saves the page by itself
                page.save()
            revision = page.save_revision(changed=False, log_action=True)
            if is_public:
                revision.publish(skip_permission_checks=True)
        return is_public

    def _describe(self, page: ArticlePage, piece: Piece, fitter: Fitter) -> None:
        page.standfirst = piece.standfirst
        page.published_at = piece.published_at or self.now
        page.author, topics = self.named(piece, page.locale)
        page.topics.set(topics)
        page.cover_id = fitter.image_id(piece.cover, piece.title, piece) if piece.cover else None
        page.further_reading = json.dumps([{"type": "item", "value": item} for item in piece.further_reading])

    def named(self, piece: Piece, locale: Locale) -> tuple[Author | None, list[Topic]]:
        """The author and the topics of a piece: its own, else the ones wished."""
        author = next(iter(piece.authors), self.wishes.author)
        terms = piece.terms or tuple(Term(name) for name in self.wishes.topics)
        topics = [self.names.topic(term, locale) for term in terms]
        return (self.names.author(author, locale) if author else None), topics

    def is_public(self, piece: Piece) -> bool:
        """Whether a piece is published now."""
        match self.wishes.publishing:
            case Publishing.ALL:
                return piece.wish is not Wish.DRAFT
            case Publishing.NONE:
                return False
            case _:
                return piece.wish is Wish.LIVE


def _short(key: str) -> str:
    """The key as it fits the column; a long one keeps its beginning and a digest of the whole."""
    if len(key) <= MAX_KEY:
        return key
    return f"{key[: MAX_KEY - 33]}#{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}"


def _twin(piece: Piece, locale: Locale) -> uuid.UUID:
    """One key for all pieces that name the same twin, unless the language has such a page already."""
    key = uuid.uuid5(TWINS, piece.twin) if piece.twin else uuid.uuid4()
    return uuid.uuid4() if Page.objects.filter(translation_key=key, locale=locale).exists() else key


def _slug(piece: Piece, parent: Page) -> str:
    """The piece's own slug or its title's, made single among the pages beside it."""
    wanted = slugify(piece.slug) or slugify(piece.title) or slugify(piece.title, allow_unicode=True)
    base = (wanted or uuid.uuid5(TWINS, piece.key).hex[:12])[:100].strip("-_")
    taken = set(parent.get_children().filter(slug__startswith=base).values_list("slug", flat=True))
    number, slug = 2, base
    while slug in taken:
        number, slug = number + 1, f"{base}-{number}"
    return slug
