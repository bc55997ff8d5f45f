"""The sample's free resources: PDF files made here, and their pages behind an address."""

import json
from datetime import date

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page

from campaigns.sample import papers, publication, texts
from content.importing.fitting import Fitter
from content.importing.images import Gallery
from content.models import LibraryPage, ResourcePage, Topic

COLLECTION = "Circolare: sample"  # holds the files, so that clearing finds them


def make(day: date) -> dict[str, int]:
    """Every resource in both languages; gives {address of a resource's text: id of its page}."""
    found = {}
    for language in texts.LANGUAGES:
        for name in texts.names("resources"):
            found[f"/{language}/resources/{name}"] = _make(language, name, day).pk
    return found


def collection() -> Collection:
    """Where the sample's files lie."""
    existing = Collection.objects.filter(name=COLLECTION).first()
    return existing or Collection.get_first_root_node().add_child(name=COLLECTION)


def _make(language: str, name: str, day: date) -> ResourcePage:
    source, piece = texts.one(language, "resources", name, day)
    page = ResourcePage(
        title=piece.title,
        slug=piece.slug,
        locale=publication.locales()[language],
        translation_key=publication.key(f"resource:{name}"),
        kind=str(piece.extra["kind"]),
        gate=str(piece.extra["gate"]),
        abstract=piece.standfirst,
        n_pages=int(str(piece.extra["pages"])),
        document_id=_file(language, name, day),
        body=json.dumps(Fitter(source, {}, Gallery()).body(piece)),
        is_sample=True,
    )
    Page.objects.get(pk=LibraryPage.objects.get(locale__language_code=language).pk).add_child(instance=page)
    page.topics.set(Topic.objects.filter(locale=page.locale, name__in=[term.name for term in piece.terms]))
    page.save_revision().publish(skip_permission_checks=True)
    return page


def _file(language: str, name: str, day: date) -> int:
    _source, piece = texts.one(language, "files", name, day)
    content = papers.of(name, piece)
    document = get_document_model()(title=piece.title, collection=collection())
    document.file.save(f"{publication.slug_of(piece.title)}.pdf", ContentFile(content), save=False)
    document.file_size = len(content)
    document.save()
    document.get_file_hash()
    return int(document.pk)
