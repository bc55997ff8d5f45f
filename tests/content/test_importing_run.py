"""Whole imports: what stands in the database afterwards, and what the command says."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone, translation
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.models import Locale, Page

from content.importing import run
from content.importing.images import Gallery
from content.importing.names import Names
from content.importing.writing import Desk, Wishes
from content.models import ArticlePage, Author, ColumnPage, MagazinePage, PlainPage, Topic
from tests.content.test_importing_sources import CORPORA, entry, export

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english_words() -> object:
    with translation.override("en"):
        yield


def call(path: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_content", str(path), *options, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def folder(tmp_path: Path, **files: str) -> Path:
    root = tmp_path / "sito"
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def picture(path: Path, colour: str = "red") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pillow.new("RGB", (8, 6), colour).save(path)


def test_a_folder_comes_in_with_links_images_and_topics(tmp_path: Path, italian: Locale) -> None:
    root = folder(
        tmp_path,
        uno="Title: Uno\nAuthor: Ada Neri\nTags: Cerchi\nStatus: published\n\n"
        "Vedi [due](b/due.md) e [tre](tre.md).\n\n![Mare](m.png)",
        b__due="Title: Due\n\nTorna a [uno](../uno.md#su). ![Mare ancora](../copia.png)",
    )
    picture(root / "m.png")
    picture(root / "copia.png")

    said = call(root, "--language", "it", "--author", "Ugo Blu", "--topic", "Altro")

    uno, due = ArticlePage.objects.get(slug="uno"), ArticlePage.objects.get(slug="due")
    image = get_image_model().objects.get()
    assert "2 pieces: 1 published, 1 drafts, 0 already here, 0 left out." in said
    assert "tre.md leads nowhere" in said
    assert (uno.live, due.live, uno.author.name, due.author.name) == (True, False, "Ada Neri", "Ugo Blu")
    assert [topic.name for topic in (*uno.topics.all(), *due.topics.all())] == ["Cerchi", "Altro"]
    assert uno.body.raw_data[0]["value"] == f'<p>Vedi <a linktype="page" id="{due.pk}">due</a> e tre.</p>'
    assert uno.body.raw_data[1]["value"]["image"] == {"image": image.pk, "alt_text": "Mare", "decorative": False}
    assert due.get_latest_revision_as_object().body.raw_data[1]["value"]["image"]["image"] == image.pk
    assert uno.reading_seconds > 0
    assert uno.get_parent().specific == MagazinePage.objects.get(locale=italian)


def test_a_second_import_changes_nothing_not_even_what_an_editor_mended(tmp_path: Path) -> None:
    root = folder(tmp_path, uno="Title: Uno\n\nx", due="Title: Due\n\ny")
    call(root, "--publish")
    mended = ArticlePage.objects.get(slug="uno")
    mended.title = "Uno, corretto"
    mended.save_revision().publish()

    said = call(root, "--publish")

    assert "2 pieces: 0 published, 0 drafts, 2 already here, 0 left out." in said
    assert sorted(ArticlePage.objects.values_list("title", flat=True)) == ["Due", "Uno, corretto"]
    assert call(root / "due.md").startswith("1 pieces: 0 published, 0 drafts, 1 already here")


def test_a_rehearsal_writes_nothing_and_says_the_same_numbers(tmp_path: Path) -> None:
    root = folder(tmp_path, uno="Title: Uno\nTags: Nuovo\n\n[due](due.md)![m](m.png)", due="Title: Due\n\ny")
    picture(root / "m.png")
    before = Page.objects.count()

    rehearsed = call(root, "--publish", "--dry-run")

    assert (Page.objects.count(), Topic.objects.count(), get_image_model().objects.count()) == (before, 0, 0)
    assert rehearsed.splitlines()[1:3] == call(root, "--publish").splitlines()[:2]


def test_a_broken_file_is_refused_whole_while_others_come_in(tmp_path: Path) -> None:
    root = folder(tmp_path, uno="Title: Uno\n\nx", due="---\ntitle: [\n---\ny")
    report = tmp_path / "report.csv"

    with pytest.raises(CommandError, match="refused whole"):
        call(root, "--report", str(report))

    rows = list(csv.reader(io.StringIO(report.read_text("utf-8-sig"))))
    assert list(ArticlePage.objects.values_list("slug", flat=True)) == ["uno"]
    assert [row[:4] for row in rows] == [["what", "file", "line", "column"], ["refused", "due.md", "2", "9"]]


def test_an_export_s_posts_pages_and_links_find_their_places(tmp_path: Path, italian: Locale) -> None:
    html = '<a href="http://www.old.example/?p=2">due</a> <a href="/chi">chi</a> <a href="/altro">altro</a>'
    source = export(
        tmp_path,
        entry(html=html),
        entry(number=2, slug="due", title="Due", status="draft"),
        entry(number=3, slug="chi", title="Chi", kind="page"),
    )

    said = call(source.path)

    uno, due, chi = (ArticlePage.objects.get(slug="uno"), ArticlePage.objects.get(slug="due"), PlainPage.objects.get())
    assert "3 pieces: 2 published, 1 drafts, 0 already here, 0 left out." in said
    assert "Links led to our pages: 2." in said
    assert uno.body.raw_data[0]["value"] == (
        f'<p><a linktype="page" id="{due.pk}">due</a> <a linktype="page" id="{chi.pk}">chi</a> '
        '<a href="https://www.old.example/altro">altro</a></p>'
    )
    assert (uno.author, uno.published_at.isoformat()) == (
        Author.objects.get(name="Ada Neri"),
        "2024-06-05T16:04:48+00:00",
    )
    assert (uno.live, due.live, chi.live, chi.get_parent().locale) == (True, False, True, italian)


def test_twins_in_two_languages_are_translations_of_each_other(tmp_path: Path) -> None:
    root = folder(
        tmp_path,
        it__c="Title: Cerchio\nLang: it\nAuthor: Ada Neri\nTranslation: c\n\nx",
        en__c="Title: Circle\nLang: en\nAuthor: Ada Neri\nTranslation: c\n\nx",
        fr__c="Title: Cercle\nLang: fr\n\nx",
    )

    said = call(root, "--publish")

    one, other = ArticlePage.objects.order_by("locale__language_code")
    assert (one.locale.language_code, one.translation_key) == ("en", other.translation_key)
    assert one.author.translation_key == other.author.translation_key
    assert "It is in “fr”; the site has en, it." in said


def test_under_a_column_pieces_stand_in_their_language_s_column(
    tmp_path: Path, italian: Locale, english: Locale
) -> None:
    column = ColumnPage(title="Rubrica", slug="rubrica", locale=italian)
    MagazinePage.objects.get(locale=italian).add_child(instance=column)
    root = folder(tmp_path, uno="Title: Uno\n\nx", due="Title: Due\nLang: en\n\nx")

    said = call(root, "--under", "/it/articoli/rubrica/")

    assert ArticlePage.objects.get().get_parent().specific == column
    assert "There is no page to put it under in “en”." in said
    with pytest.raises(CommandError, match="names 0"):
        call(root, "--under", "nessuna")


def test_a_stop_leaves_no_empty_page_and_the_next_run_goes_on(tmp_path: Path) -> None:
    root = folder(tmp_path, uno="Title: Uno\n\nx", due="Title: Due\n\ny", tre="Title: Tre\n\nz")

    def stop(done: int, total: int, what: str) -> None:
        if what == "writing" and done == 2:
            raise KeyboardInterrupt

    desk = Desk(Wishes(), timezone.now(), Names())
    with pytest.raises(KeyboardInterrupt):
        run.Import(run.look(root), desk, Gallery(), stop).run()

    assert ArticlePage.objects.count() == 2
    assert "3 pieces: 0 published, 1 drafts, 2 already here" in call(root)


def test_a_page_left_empty_by_a_kill_is_filled_by_the_next_run(tmp_path: Path) -> None:
    root = folder(tmp_path, uno="Title: Uno\n\nil testo")
    load = run.look(root)
    desk = Desk(Wishes(), timezone.now(), Names())
    (piece,) = load.sources[0].pieces()
    desk.open(piece, desk.locale(piece, load.sources[0]))  # type: ignore[arg-type]

    call(root)

    assert ArticlePage.objects.get().body.raw_data[0]["value"] == "<p>il testo</p>"


def test_an_image_that_is_none_leaves_its_words(tmp_path: Path) -> None:
    root = folder(tmp_path, uno="Title: Uno\nCover: rotta.png\n\n![Il mare](rotta.png)")
    (root / "rotta.png").write_bytes(b"no image")

    said = call(root)

    page = ArticlePage.objects.get()
    assert (page.cover, page.body.raw_data[0]["value"]) == (None, "<p><i>Il mare</i></p>")
    assert "the image rotta.png was left out: the file is no image that can be read" in said


def test_two_pieces_with_one_slug_both_find_a_place(tmp_path: Path) -> None:
    root = folder(tmp_path, a__x="Title: Uguale\n\nx", b__x="Title: Uguale\n\ny", c="Title: 漢字\n\nz")

    call(root)

    assert sorted(ArticlePage.objects.values_list("slug", flat=True)) == ["uguale", "uguale-2", "漢字"]


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")
def test_a_real_weekly_newsletter_is_readable_after_import(english: Locale) -> None:
    path = CORPORA / "newsletters-text/2026-08-12-this-week-in-rust.md"

    call(path, "--publish", "--language", "en", "--author", "The editors", "--topic", "Rust")

    page = ArticlePage.objects.get()
    kinds = [block.block_type for block in page.body]
    assert (page.title, page.live, page.locale) == ("This Week in Rust 664", True, english)
    assert page.url == "/en/articles/this-week-in-rust-664/"
    assert kinds.count("heading") == 8
    assert set(kinds) == {"heading", "text", "quote"}
    assert str(page.body).count("<a href=") > 150
    assert "<!--" not in str(page.body)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")
def test_real_wordpress_exports_come_in_and_broken_ones_are_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call(CORPORA / "platform-exports/wordpress-wxr", "--language", "en", "--report", str(tmp_path / "r.csv"))

    rows = list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text("utf-8-sig"))))
    refused = sorted(row[1] for row in rows if row[0] == "refused")
    assert refused == ["crazy-cdata.xml", "malformed-simple.xml", "malformed.xml", "missing-version-tag.xml"]
    assert ArticlePage.objects.filter(title="Comprehensive Post", live=True).exists()
    assert any(row[1] == "missing-tags.xml" for row in rows)
