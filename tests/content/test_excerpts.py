"""The first pages of a file as pictures: as many as the page says, never all of what is given for an address."""

import io
import json
import os
import re
from tempfile import TemporaryFile

import pytest
from django.test import Client
from PIL import Image
from wagtail.models import Locale, PageViewRestriction

from campaigns.sample.pdf import A4, Document, Page
from content.excerpts import making
from content.models import ResourcePage
from tests import caching
from tests.content.test_pages import count_queries, dangers
from tests.factories import content as make

N_QUERIES_RESOURCE = 12


def pdf(n_pages: int, size: tuple[float, float] = A4) -> bytes:
    """A file whose pages are filled with one colour each, so that pictures can be told apart."""
    pages = [Page(size=size) for _number in range(n_pages)]
    for number, page in enumerate(pages):
        page.fill((number / 10, 0.5, 0.5))
    return Document("La guida", "it", pages).write()


def resource(locale: Locale, content: bytes | None = None, name: str = "guida.pdf", **fields: object) -> ResourcePage:
    document = make.document(name, pdf(5) if content is None else content)
    return make.resource(locale, "La guida", document=document, **fields)


def shown(client: Client, page: ResourcePage) -> list[tuple[str, str, str, str]]:
    """Address, width, height and alternative text of each picture in the page."""
    answer = client.get(page.url)
    assert (answer.status_code, dangers(answer)) == (200, [])
    pattern = r'<img src="(/excerpts/[^"?]+)\?v=[^"]+" width="(\d+)" height="(\d+)" alt="([^"]+)" loading="lazy"'
    return re.findall(pattern, answer.content.decode())


def doors(client: Client, page: ResourcePage) -> list[int]:
    """What each picture's address answers, from the page before the first to the sixth."""
    return [client.get(f"/excerpts/{page.pk}-{number}.webp").status_code for number in range(7)]


@pytest.mark.django_db
def test_the_first_pages_stand_before_the_gate_and_can_be_fetched(english: Locale, client: Client) -> None:
    page = resource(english)

    assert shown(client, page) == [
        (f"/excerpts/{page.pk}-{number}.webp", "640", "905", f"Page {number} of “La guida”") for number in (1, 2)
    ]
    words = client.get(page.url).content.decode()
    assert words.index('id="excerpt"') < words.index('id="gate"')
    assert doors(client, page) == [404, 200, 200, 404, 404, 404, 404]


@pytest.mark.django_db
def test_a_picture_is_that_page_and_is_kept_long(italian: Locale, client: Client) -> None:
    page = resource(italian)
    [stamp] = set(re.findall(r"\.webp\?v=([^\"]+)", client.get(page.url).content.decode()))

    first, second = (client.get(f"/excerpts/{page.pk}-{number}.webp", {"v": stamp}) for number in (1, 2))

    pictures = [Image.open(io.BytesIO(answer.content)) for answer in (first, second)]
    assert [(picture.format, picture.size) for picture in pictures] == [("WEBP", (640, 905))] * 2
    assert [round(picture.getpixel((300, 300))[0] / 25.5) for picture in pictures] == [0, 1]
    assert first["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (first["Content-Type"], first["X-Robots-Tag"]) == ("image/webp", "noindex")
    again = client.get(f"/excerpts/{page.pk}-1.webp", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "public, max-age=3600")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("n_pages", "gate", "asked", "seen"),
    [
        (5, "mail", 4, 4),
        (3, "mail", 4, 2),
        (1, "mail", 2, 0),
        (1, "open", 2, 1),
        (2, "open", 4, 2),
        (5, "mail", 0, 0),
        (5, "open", 1, 1),
    ],
)
def test_never_all_of_a_file_for_an_address_is_seen(
    italian: Locale, client: Client, n_pages: int, gate: str, asked: int, seen: int
) -> None:
    page = resource(italian, pdf(n_pages), gate=gate, n_excerpt_pages=asked)

    assert len(shown(client, page)) == seen
    assert doors(client, page) == [404, *[200] * seen, *[404] * (6 - seen)]


@pytest.mark.django_db
def test_what_is_not_published_or_has_a_key_shows_no_pages(italian: Locale, client: Client) -> None:
    page = resource(italian)
    key = PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="password", password="apriti")
    assert doors(client, page) == [404] * 7

    session = client.session
    session[key.passed_view_restrictions_session_key] = [key.pk]
    session.save()
    answer = client.get(f"/excerpts/{page.pk}-1.webp")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, max-age=3600")

    key.delete()
    page.unpublish()
    assert doors(client, page) == [404] * 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.4 test",
        pdf(3)[:400],
        b"not a PDF at all" * 100,
        pdf(3, size=(10, 100_000)),
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF",
    ],
    ids=["empty", "head", "cut", "other", "ribbon", "loop"],
)
def test_a_file_that_is_broken_or_hostile_leaves_a_page_without_pictures(
    italian: Locale, client: Client, content: bytes
) -> None:
    page = resource(italian, content)

    assert (shown(client, page), doors(client, page)) == ([], [404] * 7)


@pytest.mark.django_db
def test_a_file_that_is_gone_or_no_pdf_or_too_large_leaves_a_page_without_pictures(
    italian: Locale, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = resource(italian)
    os.unlink(gone.document.file.path)
    other = resource(italian, name="guida.epub", slug="altra")
    large = resource(italian, slug="grande")
    monkeypatch.setattr(making, "MOST_BYTES", 100)

    assert [shown(client, page) for page in (gone, other, large)] == [[], [], []]


@pytest.mark.django_db
def test_a_file_that_takes_too_long_is_given_up_and_left_alone(
    italian: Locale, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(making, "PROGRAM", slow)
    monkeypatch.setattr(making, "SECONDS", 0.5)
    page = resource(italian)

    assert [shown(client, page), shown(client, page)] == [[], []]
    assert [record.getMessage() for record in caplog.records if "pictures" in record.getMessage()] == [
        f"Document {page.document_id} gives no pictures of its pages: it takes too long"
    ]


def test_the_program_knows_nothing_of_ours_and_may_not_grow(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    probe = tmp_path / "probe.py"
    probe.write_text(f"""import json, os, resource, runpy
runpy.run_path({str(making.PROGRAM)!r})["confine"]()
limits = [resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE")]
print(json.dumps([sorted(os.environ), limits]))
""")
    monkeypatch.setattr(making, "PROGRAM", probe)

    with TemporaryFile() as given, TemporaryFile() as answer:
        making._print(given, answer, 1)
        answer.seek(0)
        names, limits = json.loads(answer.read())

    assert set(names) <= {*making.OURS, "LC_CTYPE"}
    assert limits == [6, 1024**3, 4 * 1024**2]


@pytest.mark.django_db
def test_another_file_behind_the_page_shows_its_own_pages(italian: Locale, client: Client) -> None:
    page = resource(italian, pdf(5))
    before = client.get(f"/excerpts/{page.pk}-1.webp")

    ResourcePage.objects.filter(pk=page.pk).update(document=make.document("nuova.pdf", pdf(5, size=(400, 300))))

    after = client.get(f"/excerpts/{page.pk}-1.webp", headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, Image.open(io.BytesIO(after.content)).size) == (200, (640, 480))


@pytest.mark.django_db
def test_pictures_that_the_cache_lost_are_made_again(italian: Locale, client: Client) -> None:
    page = resource(italian)
    shown(client, page)
    caching.empty()

    assert doors(client, page)[1:3] == [200, 200]


@pytest.mark.django_db
def test_a_resource_with_pages_to_look_into_costs_few_queries(italian: Locale, client: Client) -> None:
    page = resource(italian, abstract="Una guida.", topics=[make.topic(italian, "Percorsi")])
    make.article(italian, topics=[make.topic(italian, "Botteghe")])

    assert count_queries(client, page.url) <= N_QUERIES_RESOURCE
