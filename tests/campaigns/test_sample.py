"""The sample publication: whole, the same each time, and gone without a trace."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation
from wagtail.models import Page

from campaigns.models import Delivery, Email, Journey, Run
from campaigns.sample import clear, fill, film, papers, pdf, texts, words
from campaigns.sample.model import readers
from content.models import ArticlePage, Author, ColumnPage, MagazinePage, ResourcePage, Topic
from subscribers import addresses, consent
from subscribers.models import Consent, Event, Grant, Purpose, State, Subscriber
from tests import databases, samples
from tests.factories import subscribers as make
from tests.samples import DAY, NOW, Filled
from tests.short import ONCE

# Left behind by any page that was ever there: Wagtail's own memory and keys of counts.
MEMORIES = {"PageLogEntry", "ModelLogEntry", "Revision", "ContentType", "Permission", "IndexEntry", "ReferenceIndex"}


@pytest.fixture(autouse=True)
def italian_words() -> Iterator[None]:
    with translation.override("it"):
        yield


def counts() -> dict[str, int]:
    """Rows of every table but those that only remember."""
    found = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    return {label: n_rows for label, n_rows in found.items() if label.split(".")[1] not in MEMORIES}


def rows(model: Any, order: tuple[str, ...], *columns: str) -> list[Any]:
    """Columns of the sample's rows of a table."""
    return list(model.objects.filter(is_sample=True).order_by(*order).values_list(*columns))


def story() -> list[Any]:
    """All that a reader or marketer could see of the sample, without numbers of the database."""
    pages = ArticlePage.objects.filter(is_sample=True).order_by("locale", "slug", "published_at")
    person = "subscriber__address_key"
    return [
        [
            (page.slug, page.title, page.published_at, re.sub(r'id="\d+"|: \d+', "", str(page.body.raw_data)))
            for page in pages
        ],
        rows(Subscriber, ("address_key",), "address", "name", "locale", "state", "created_at"),
        rows(Consent, (person, "id"), "purpose__key", "step", "at"),
        rows(Email, ("translation_key", "locale"), "name", "subject"),
        rows(Event, ("occurred_at", "kind", person, "payload__url"), "kind", person, "occurred_at", "evidence"),
        rows(
            Delivery,
            ("mailing__title", "address_key", "intent_key", "done_at"),
            *("mailing__title", "address_key", "state", "reason", "code", "done_at"),
        ),
        list(Journey.objects.filter(state="live").order_by("name").values_list("name", "graph")),
    ]


@pytest.fixture
def copy(filled_database: Filled, django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[None]:
    """The sample, to do with it what one likes."""
    with django_db_blocker.unblock(), filled_database.copied(tmp_path / "sample"):
        yield


@pytest.fixture
def before(template_database: str, django_db_blocker: Any) -> dict[str, int]:
    """What stands in an installation without the sample."""
    with django_db_blocker.unblock(), samples.copied(template_database) as name, databases.using(name):
        return counts()


@ONCE
def test_clearing_leaves_what_was_there(before: dict[str, int], copy: None) -> None:
    cleared = clear.clear(NOW)

    assert counts() == before
    assert cleared.kept == []
    assert clear.clear(NOW) == clear.Cleared()


@ONCE
def test_clearing_keeps_what_rows_of_real_people_stand_on_and_filling_again_tells_the_same_story(copy: None) -> None:
    first = story()
    reader, letter = make.subscriber("anna@posta.example"), Purpose.objects.get(key="newsletter-lettera")
    consent.give(reader, letter, source="form:lettera", locale="it", now=NOW)
    journey = Journey.objects.get(name="Benvenuto")
    Run.objects.create(
        journey=journey,
        version=journey.versions.get(),
        subscriber=reader,
        entry_key="x",
        step="hello",
        entered_step_at=NOW,
        entered_at=NOW,
    )
    resource = ResourcePage.objects.filter(locale__language_code="it").first()
    grant = Grant.objects.create(subscriber=reader, resource=resource, title="Guida", expires_at=NOW)
    mine = ArticlePage(title="Mio", slug="mio", locale=resource.locale, author=Author.objects.first())
    Page.objects.get(pk=ColumnPage.objects.get(locale=resource.locale).pk).add_child(instance=mine)
    mine.topics.set([Topic.objects.filter(locale=resource.locale).first()])
    mine.save()

    cleared = clear.clear(NOW)

    # The journey, the column, one topic, two authors in both languages, the newsletter.
    assert len(cleared.kept) == 8
    reader.refresh_from_db()
    grant.refresh_from_db()
    journey.refresh_from_db()
    letter.refresh_from_db()
    assert (reader.state, grant.title, grant.resource, journey.state) == (
        State.ACTIVE,
        "Guida",
        None,
        Journey.State.ENDED,
    )
    assert (letter.is_open, Consent.objects.count()) == (False, 1)
    assert list(ArticlePage.objects.values_list("slug", flat=True)) == ["mio"]
    assert (Subscriber.objects.count(), Topic.objects.count(), Author.objects.count()) == (1, 1, 4)
    assert samples.again() == fill.Filled(72, 600)
    assert story() == first
    letter.refresh_from_db()
    assert letter.is_open
    assert not Delivery.objects.filter(subscriber=reader).exists()


@pytest.mark.django_db
def test_names_that_are_taken_are_refused_and_nothing_is_changed() -> None:
    make.purpose("newsletter-lettera")
    before = counts()

    with pytest.raises(CommandError, match="newsletter-lettera"):
        call_command("fill_sample", stdout=io.StringIO(), stderr=io.StringIO())

    assert counts() == before
    assert not MagazinePage.objects.first().get_children().exists()


def test_people_are_drawn_on_reserved_domains_alone() -> None:
    drawn = readers.draw(7, DAY)

    assert len({reader.address for reader in drawn}) == readers.N_READERS == 600
    assert all(addresses.is_reserved(reader.address.rpartition("@")[2]) for reader in drawn)
    assert all(reader.joined_at.date() < DAY for reader in drawn)
    assert {reader.fate for reader in drawn} == set(readers.FATES)


def test_every_text_stands_in_both_languages_and_is_long_enough_to_read() -> None:
    folders = ("articles", "column", "pages", "resources", "files", "mails", "issues")
    for folder in (*folders, "series", "films", "tools", "landing"):
        names = [{path.stem for path in (texts.ROOT / code / folder).glob("*.md")} for code in texts.LANGUAGES]
        assert names[0] == names[1] != set()
    for name in texts.names("articles"):
        for code in texts.LANGUAGES:
            _source, piece = texts.one(code, "articles", name, DAY)
            assert 450 < len(re.sub(r"<[^>]+>", " ", piece.html).split()) < 900
            assert set(piece.authors) <= set(words.authors())


@pytest.mark.parametrize("code", texts.LANGUAGES)
def test_each_paper_has_the_pages_its_resource_promises(code: str) -> None:
    for name in texts.names("resources"):
        _source, promise = texts.one(code, "resources", name, DAY)
        _source, piece = texts.one(code, "files", name, DAY)
        content = papers.of(name, piece)

        assert content == papers.of(name, piece)
        assert content.count(b"/Type /Page /Parent") == int(str(promise.extra["pages"]))
        assert f"/Lang ({code})".encode() in content
        _places_are_true(content)


def _places_are_true(content: bytes) -> None:
    """The table of places leads to each object, and the trailer to the table."""
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    lines = content[start:].split(b"\n")
    n_objects = int(lines[1].split()[1])
    assert lines[0] == b"xref"
    for number in range(1, n_objects):
        place = int(lines[2 + number].split()[0])
        assert content[place:].startswith(f"{number} 0 obj".encode())


@pytest.mark.parametrize("code", texts.LANGUAGES)
def test_each_film_is_small_lasts_as_its_page_says_and_has_captions_to_its_end(code: str) -> None:
    for name in texts.names("films"):
        _source, piece = texts.one(code, "films", name, DAY)
        seconds = int(str(piece.extra["seconds"]))
        content = (texts.ROOT / "films" / f"{name}.mp4").read_bytes()
        at = content.index(b"mvhd") + 16  # version and flags, two dates; then units a second, and how many of them
        units, length = (int.from_bytes(content[at + step : at + step + 4], "big") for step in (0, 4))
        captions = (texts.ROOT / code / "films" / f"{name}.vtt").read_text(encoding="utf-8")
        ends = [float(end) for end in re.findall(r"--> 00:(\d\d\.\d{3})", captions)]

        assert len(content) < 1_500_000
        assert length / units == pytest.approx(seconds, abs=0.1)
        assert captions.startswith("WEBVTT\n\n")
        assert ends == sorted(ends)
        assert seconds - 3 < ends[-1] <= seconds


def test_a_frame_of_the_film_is_the_same_each_time() -> None:
    empty, pyramid = film.frame(0), film.frame(5.5)

    assert pyramid.size == film.SIZE
    assert pyramid.tobytes() == film.frame(5.5).tobytes() != empty.tobytes()


def test_no_line_of_the_guide_runs_over_its_measure() -> None:
    for code in texts.LANGUAGES:
        _source, piece = texts.one(code, "files", "guida", DAY)
        for page in papers._text_pages(piece):
            for line in page.operators:
                found = re.search(r"/F(\d) ([\d.]+) Tf .* 1 0 0 1 ([\d.]+) [\d.]+ Tm \((.*)\) Tj", line)
                if found:
                    font = list(pdf.Font)[int(found[1]) - 1]
                    text = re.sub(r"\\([\\()])", r"\1", found[4]).encode("latin-1").decode("cp1252")
                    end = float(found[3]) + pdf.width(text, font, float(found[2]))
                    assert end < pdf.A4[0] - papers.LEFT + 1


@pytest.mark.parametrize("text", ["perché (così)", "a\\b", "“€” – «ò»"])
def test_text_in_a_pdf_keeps_its_letters(text: str) -> None:
    page = pdf.Page()
    page.text(10, 10, text, pdf.Font.SERIF, 12, (0, 0, 0))

    content = pdf.Document("t", "it", [page]).write()

    inside = re.search(rb"Tm \((.*)\) Tj", content)
    assert inside is not None
    assert re.sub(rb"\\([\\()])", rb"\1", inside[1]).decode("cp1252") == text
