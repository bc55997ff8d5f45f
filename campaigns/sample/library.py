"""The sample's free resources: papers made here, a series of them, a film, a tool; each a page of the library."""

import json
from datetime import date

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page

from campaigns.sample import papers, publication, texts
from content.importing import bodies
from content.importing.drafts import Text
from content.importing.fitting import Fitter
from content.importing.images import Gallery
from content.importing.pieces import Piece
from content.models import LibraryPage, ResourcePage, SeriesPage, Topic

COLLECTION = "Circolare: sample"  # holds the files, so that clearing finds them


def make(day: date) -> dict[str, int]:
    """Every resource in both languages; gives {address of a resource's text: id of its page}."""
    films = {name: _film_files(name, day) for name in texts.names("films")}
    found = {}
    for language in texts.LANGUAGES:
        series = {name: _series(language, name, day) for name in texts.names("series")}
        for name, files in films.items():
            _film(language, name, files, day)
        for name in texts.names("tools"):
            _tool(language, name, day)
        for name in texts.names("resources"):
            found[f"/{language}/resources/{name}"] = _paper(language, name, series, day).pk
    return found


def collection() -> Collection:
    """Where the sample's files lie."""
    existing = Collection.objects.filter(name=COLLECTION).first()
    return existing or Collection.get_first_root_node().add_child(name=COLLECTION)


def _series(language: str, name: str, day: date) -> SeriesPage:
    """A series, or the one that an earlier clearing had to keep."""
    _source, piece = texts.one(language, "series", name, day)
    key, locale = publication.key(f"series:{name}"), publication.locales()[language]
    kept = SeriesPage.objects.filter(translation_key=key, locale=locale).first()
    if kept is not None:
        return kept
    page = SeriesPage(
        title=piece.title,
        slug=piece.slug,
        locale=locale,
        translation_key=key,
        introduction=piece.standfirst,
        marks=str(piece.extra["marks"]),
        is_sample=True,
    )
    _publish(page, _library(language), piece)
    return page


def _paper(language: str, name: str, series: dict[str, SeriesPage], day: date) -> ResourcePage:
    source, piece = texts.one(language, "resources", name, day)
    page = _resource(language, f"resource:{name}", piece)
    page.n_pages = int(str(piece.extra["pages"]))
    page.document_id = _paper_file(language, name, day)
    page.body = json.dumps(Fitter(source, {}, Gallery()).body(piece))
    _publish(page, series.get(str(piece.extra.get("series"))) or _library(language), piece)
    return page


def _film(language: str, name: str, files: dict[str, int], day: date) -> None:
    _source, piece = texts.one(language, "films", name, day)
    page = _resource(language, f"film:{name}", piece)
    page.n_seconds = int(str(piece.extra["seconds"]))
    for field, document_id in files.items():
        setattr(page, f"{field}_id", document_id)
    blocks, _notes = bodies.read(piece.html)
    page.transcript = "".join(block.html for block in blocks if isinstance(block, Text))
    _publish(page, _library(language), piece)


def _tool(language: str, name: str, day: date) -> None:
    source, piece = texts.one(language, "tools", name, day)
    page = _resource(language, f"tool:{name}", piece)
    page.tool = str(piece.extra["tool"])
    page.body = json.dumps(Fitter(source, {}, Gallery()).body(piece))
    _publish(page, _library(language), piece)


def _resource(language: str, key: str, piece: Piece) -> ResourcePage:
    """A resource with what all of them have, not saved yet."""
    return ResourcePage(
        title=piece.title,
        slug=piece.slug,
        locale=publication.locales()[language],
        translation_key=publication.key(key),
        kind=str(piece.extra["kind"]),
        gate=str(piece.extra["gate"]),
        abstract=piece.standfirst,
        is_sample=True,
    )


def _library(language: str) -> LibraryPage:
    return LibraryPage.objects.get(locale__language_code=language)


def _publish(page: ResourcePage | SeriesPage, parent: Page, piece: Piece) -> None:
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.topics.set(Topic.objects.filter(locale=page.locale, name__in=[term.name for term in piece.terms]))
    page.save_revision().publish(skip_permission_checks=True)


def _paper_file(language: str, name: str, day: date) -> int:
    _source, piece = texts.one(language, "files", name, day)
    return _store(piece.title, f"{publication.slug_of(piece.title)}.pdf", papers.of(name, piece))


def _film_files(name: str, day: date) -> dict[str, int]:
    """{field of the page: id of its file}. The film has no words in it, so that one serves every language."""
    _source, piece = texts.one(texts.LANGUAGES[0], "films", name, day)
    film = (texts.ROOT / "films" / f"{name}.mp4").read_bytes()
    files = {"document": _store(piece.title, f"{name}.mp4", film)}
    for language in texts.LANGUAGES:
        captions = (texts.ROOT / language / "films" / f"{name}.vtt").read_bytes()
        files[f"captions_{language}"] = _store(f"{piece.title} ({language})", f"{name}-{language}.vtt", captions)
    return files


def _store(title: str, name: str, content: bytes) -> int:
    document = get_document_model()(title=title, collection=collection())
    document.file.save(name, ContentFile(content), save=False)
    document.file_size = len(content)
    document.save()
    document.get_file_hash()
    return int(document.pk)
