"""Markdown files and WordPress exports as pieces."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from content.importing import markdown, wordpress, wxr
from content.importing.findings import Broken, Place
from content.importing.images import Shelf
from content.importing.pieces import Kind, Piece, Term, Unusable, Wish
from content.importing.wordpress import WordPressFile


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Refusals are read in the words of the sources."""
    with translation.override("en"):
        yield


CORPORA = Path("../shared/corpora")
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss xmlns:wp="http://wordpress.org/export/1.2/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/">\n<channel><title>Blog</title>'
    "<link>https://www.old.example</link><language>it-IT</language><wp:wxr_version>1.2</wp:wxr_version>\n"
    "<wp:author><wp:author_login>ada</wp:author_login>"
    "<wp:author_display_name>Ada Neri</wp:author_display_name></wp:author>\n"
)
ENTRY = (
    "<item><title>{title}</title><link>https://old.example/{slug}/</link><dc:creator>ada</dc:creator>"
    "<guid>https://old.example/?p={number}</guid><content:encoded><![CDATA[{html}]]></content:encoded>"
    "<excerpt:encoded><![CDATA[{excerpt}]]></excerpt:encoded><wp:post_id>{number}</wp:post_id>"
    "<wp:post_date_gmt>{date}</wp:post_date_gmt><wp:post_name>{slug}</wp:post_name><wp:status>{status}</wp:status>"
    "<wp:post_type>{kind}</wp:post_type><wp:post_password>{password}</wp:post_password>{more}</item>\n"
)


def entry(**given: object) -> str:
    values = {"title": "Uno", "slug": "uno", "number": 1, "html": "<p>testo</p>", "excerpt": "", "status": "publish"}
    values |= {"date": "2024-06-05 16:04:48", "kind": "post", "password": "", "more": ""}
    return ENTRY.format(**(values | given))


def export(tmp_path: Path, *entries: str, head: str = HEAD, tail: str = "</channel></rss>") -> WordPressFile:
    path = tmp_path / "export.xml"
    path.write_text(head + "".join(entries) + tail, encoding="utf-8")
    return WordPressFile(path, Shelf(tmp_path))


def pieces(source: WordPressFile) -> list[Piece | Unusable]:
    source.check()
    return list(source.pieces())


def test_a_markdown_file_is_a_piece_with_all_its_head_says() -> None:
    text = (
        "---\ntitle: Il cerchio\nslug: /2026/cerchio/\nsummary: Due righe.\nauthor: Ada Neri\ntags: [A, B]\n"
        "date: 2026-03-01T08:00:00Z\nlang: it\ndraft: true\nimage: img/c.png\ntranslationKey: cerchio\nmood: lieto\n"
        "further_reading:\n- title: T\n  url: https://a.example\n---\n# Il cerchio\n\nCorpo **qui**.\n"
    )

    assert markdown.read(text, "bozze/uno.md", "sito/bozze/uno.md") == Piece(
        key="markdown:sito/bozze/uno.md",
        place=Place("bozze/uno.md", 1),
        title="Il cerchio",
        html="<p>Corpo <strong>qui</strong>.</p>\n",
        slug="cerchio",
        standfirst="Due righe.",
        authors=("Ada Neri",),
        terms=(Term("A"), Term("B")),
        published_at=datetime(2026, 3, 1, 8, tzinfo=UTC),
        wish=Wish.DRAFT,
        language="it",
        cover="img/c.png",
        twin="cerchio",
        further_reading=({"title": "T", "url": "https://a.example", "source": "", "reason": ""},),
        addresses=("/bozze/uno",),
        extra={"mood": "lieto"},
    )


def test_title_date_and_language_are_found_where_the_head_is_silent() -> None:
    piece = markdown.read("# Dal titolo *vero*\n\nx", "2026-03-01-nota.en.md", "k")

    assert isinstance(piece, Piece)
    assert (piece.title, piece.language, piece.published_at) == (
        "Dal titolo vero",
        "en",
        datetime(2026, 2, 28, 23, tzinfo=UTC),
    )


def test_a_file_without_any_title_cannot_come_in() -> None:
    assert isinstance(markdown.read("solo testo", "a.md", "k"), Unusable)


def test_a_wordpress_entry_is_a_piece_with_all_its_export_says(tmp_path: Path) -> None:
    more = (
        '<category domain="category" nicename="senza-categoria">Senza categoria</category>'
        '<category domain="category" nicename="citta">Città</category>'
        '<category domain="post_tag" nicename="x">X</category>'
        "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>9</wp:meta_value></wp:postmeta>"
        "<wp:comment><wp:comment_content>no</wp:comment_content></wp:comment>"
    )
    media = entry(
        number=9,
        kind="attachment",
        more="<wp:attachment_url>https://old.example/wp-content/uploads/c.jpg</wp:attachment_url>",
    )

    found = pieces(export(tmp_path, media, entry(title="Uno &amp; due", excerpt="<p>Breve</p>", more=more)))

    assert found == [
        Piece(
            key="wxr:https://old.example/?p=1",
            place=Place("export.xml", 6),
            title="Uno & due",
            html="<p>testo</p>",
            slug="uno",
            standfirst="Breve",
            authors=("Ada Neri",),
            terms=(Term("Città", "citta"), Term("X", "x")),
            published_at=datetime(2024, 6, 5, 16, 4, 48, tzinfo=UTC),
            wish=Wish.LIVE,
            cover="https://old.example/wp-content/uploads/c.jpg",
            addresses=("old.example/uno", "old.example?p=1", "old.example?page_id=1"),
        )
    ]


@pytest.mark.parametrize(
    ("given", "wish"),
    [({"status": "draft"}, Wish.DRAFT), ({"status": "private"}, Wish.DRAFT), ({"password": "x"}, Wish.DRAFT)],
)
def test_nothing_hidden_in_wordpress_becomes_public(tmp_path: Path, given: dict[str, object], wish: Wish) -> None:
    (found,) = pieces(export(tmp_path, entry(**given)))

    assert isinstance(found, Piece)
    assert found.wish is wish


def test_pages_bins_and_odd_kinds_are_told_apart(tmp_path: Path) -> None:
    found = pieces(
        export(tmp_path, entry(kind="page"), entry(status="trash"), entry(kind="ricetta"), entry(kind="revision"))
    )

    assert [getattr(one, "kind", None) for one in found] == [Kind.PAGE, None, None]
    assert [one.place.line for one in found] == [5, 6, 7]


def test_an_entry_without_title_takes_its_first_words_and_says_so(tmp_path: Path) -> None:
    (found,) = pieces(export(tmp_path, entry(title="", html="<p>una due tre quattro cinque sei sette otto nove</p>")))

    assert isinstance(found, Piece)
    assert (found.title, len(found.notes)) == ("una due tre quattro cinque sei sette otto…", 1)


@pytest.mark.parametrize(
    ("head", "tail", "place"),
    [
        (HEAD, "</channel>", Place("export.xml", 5, 11)),
        (HEAD, "<item>&nope;</item></channel></rss>", Place("export.xml", 5, 7)),
        (HEAD.replace("<rss", "<!DOCTYPE rss>\n<rss"), "</channel></rss>", Place("export.xml", 2, 14)),
        (HEAD.replace("wp:wxr_version", "wp:versione"), "</channel></rss>", Place("export.xml", 1, 1)),
    ],
)
def test_a_broken_export_is_refused_with_line_and_column(tmp_path: Path, head: str, tail: str, place: Place) -> None:
    with pytest.raises(Broken) as caught:
        export(tmp_path, head=head, tail=tail).check()

    assert caught.value.place == place


def test_bytes_that_are_no_utf8_are_refused_with_their_place(tmp_path: Path) -> None:
    source = export(tmp_path, entry(html="Perché"))
    raw = source.path.read_bytes().replace("é".encode(), b"\xe9")
    source.path.write_bytes(raw)

    with pytest.raises(Broken) as caught:
        source.check()

    assert caught.value.place.byte == raw.index(b"\xe9")


def test_an_entry_of_many_millions_of_letters_is_refused_in_little_memory(tmp_path: Path) -> None:
    source = export(tmp_path, entry(html="x" * (wxr.MAX_ENTRY + 1)))

    with pytest.raises(Broken, match="larger than 8 million"):
        source.check()


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")
def test_bombs_are_refused_before_they_unfold() -> None:
    for path in sorted((CORPORA / "feeds/xml-bombs").iterdir()):
        with pytest.raises(Broken):
            WordPressFile(path, Shelf(path.parent)).check()


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora lie beside the repository")
def test_hundreds_of_authors_of_a_real_export_are_known_by_display_name() -> None:
    path = CORPORA / "platform-exports/wordpress-wxr/large-authors.xml"
    source = WordPressFile(path, Shelf(path.parent))

    assert source.check() == 0
    assert len(source.authors) == 300


def test_addresses_of_one_post_are_comparable() -> None:
    same = [
        "https://www.old.example/uno/",
        "http://old.example/uno",
        "https://OLD.example/Uno/#p2",
        "http://old.example/uno?a=1",
    ]

    assert {wordpress.bare(url) for url in same} == {"old.example/uno"}
    assert [wordpress.bare(url) for url in ("mailto:a@b.example", "//x/y", "http://[bad", "")] == ["", "", "", ""]


def test_images_are_found_beside_by_the_longest_like_named_end(tmp_path: Path) -> None:
    names = ("uploads/2024/a.jpg", "uploads/2023/a.jpg", "bozze/img/b.png", "c.webp")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "out").symlink_to("/etc")
    shelf, near = Shelf(tmp_path), Path("bozze")

    def find(reference: str) -> str | None:
        found = shelf.find(reference, near)  # type: ignore[arg-type]
        return found.relative_to(tmp_path.resolve()).as_posix() if found else None

    assert find("https://old.example/wp-content/uploads/2023/a.jpg?w=3") == "uploads/2023/a.jpg"
    assert find("https://old.example/uploads/2024/a-300x200.jpg") == "uploads/2024/a.jpg"
    assert find("img/b.png") == "bozze/img/b.png"
    assert find("../c.webp") == "c.webp"
    assert find("a.jpg") is None  # two could be meant
    assert find("../../../etc/passwd") is None
    assert find("out/hostname.png") is None


def test_a_packed_export_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(gzip.compress(b"<rss/>" * 100_000))

    with pytest.raises(Broken):
        WordPressFile(path, Shelf(tmp_path)).check()
