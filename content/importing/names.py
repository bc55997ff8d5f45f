"""Authors and topics met by their names, made where they are new."""

import uuid
from dataclasses import dataclass, field
from typing import TypeVar

from django.utils.text import slugify
from wagtail.models import Locale

from content.importing.pieces import Term
from content.models import Author, Topic

KEYS = uuid.UUID("0d8a4c7e-9a35-4a53-8a3e-2f1f9c0b7d42")  # ours: one name is one thing in every language
Named = TypeVar("Named", Author, Topic)
MAX_SLUG = 80


@dataclass
class Names:
    """The authors and topics of one import; a dry run finds but makes none."""

    is_dry: bool = False
    authors: dict[tuple[str, int], Author] = field(default_factory=dict)
    topics: dict[tuple[str, int], Topic] = field(default_factory=dict)
    n_new: int = 0

    def author(self, name: str, locale: Locale) -> Author:
        """The author of exactly this name, by its letters or its slug."""
        name = name[:120]
        key = (name.casefold(), locale.pk)
        if key not in self.authors:
            self.authors[key] = self._find_or_make(Author, name, slug_of(name), locale)
        return self.authors[key]

    def topic(self, term: Term, locale: Locale) -> Topic:
        """The topic of this slug or name."""
        name = term.name[:80]
        key = (name.casefold(), locale.pk)
        if key not in self.topics:
            self.topics[key] = self._find_or_make(Topic, name, slug_of(term.slug or name), locale)
        return self.topics[key]

    def _find_or_make(self, model: type[Named], name: str, slug: str, locale: Locale) -> Named:
        rows = model.objects.filter(locale=locale)
        found = rows.filter(name__iexact=name).order_by("pk").first() or rows.filter(slug=slug).first()
        if found is not None:
            return found
        self.n_new += 1
        made = model(name=name, slug=slug, locale=locale, translation_key=_key(model, slug, locale))
        if not self.is_dry:
            made.save()
        return made


def slug_of(name: str) -> str:
    """A slug of a name in any script, at most MAX_SLUG long."""
    slug = slugify(name) or slugify(name, allow_unicode=True) or uuid.uuid5(KEYS, name).hex[:12]
    return slug[:MAX_SLUG].strip("-")


def _key(model: type[Author] | type[Topic], slug: str, locale: Locale) -> uuid.UUID:
    """The same for one slug in both languages, so that they are translations of each other."""
    key = uuid.uuid5(KEYS, f"{model.__name__}:{slug}")
    return uuid.uuid4() if model.objects.filter(translation_key=key, locale=locale).exists() else key
