"""HTML and WordPress's habits as blocks."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.importing import bodies, shortcodes
from content.importing.drafts import Code, Figure, Heading, Quote, Text
from content.importing.shortcodes import Attachment

HOSTILE = Path("../shared/corpora/hostile-input")


def blocks(html: str) -> list[object]:
    return bodies.read(html)[0]


def test_headings_texts_and_figures_keep_their_order() -> None:
    text = "<p>Testo <strong>forte</strong> e <em>piano</em>.</p>"
    html = f"<h2>Uno</h2>{text}<p><img src='a.jpg' alt='Gatto'></p><h3>Due</h3>"

    assert blocks(html) == [
        Heading("Uno"),
        Text("<p>Testo <b>forte</b> e <i>piano</i>.</p>"),
        Figure("a.jpg", "Gatto"),
        Text("<h3>Due</h3>"),
    ]


def test_a_heading_with_a_link_or_too_long_stays_rich_text() -> None:
    assert blocks("<h2>Vedi <a href='https://a.example/'>qui</a></h2>") == [
        Text('<h3>Vedi <a href="https://a.example/">qui</a></h3>')
    ]
    assert blocks(f"<h1>{'x' * 161}</h1>") == [Text(f"<h3>{'x' * 161}</h3>")]
    assert blocks("<h5>Piccolo</h5>") == [Text("<p><b>Piccolo</b></p>")]


def test_a_figure_takes_its_caption_and_a_picture_splits_its_paragraph() -> None:
    assert blocks("<figure><a href='/big'><img src='b.png'></a><figcaption>Di <em>lei</em></figcaption></figure>") == [
        Figure("b.png", "", "<p>Di <i>lei</i></p>")
    ]
    assert blocks("<p>prima <img src=c.png alt=''> dopo</p>") == [Text("<p>prima dopo</p>"), Figure("c.png")]


def test_quotes_name_their_source_and_keep_their_links_as_words() -> None:
    html = "<blockquote><p>Detto <a href='https://a.example/x'>qui</a>.</p><p>— Ada Neri</p></blockquote>"

    assert blocks(html) == [Quote("Detto qui (https://a.example/x).", "Ada Neri")]
    assert blocks("<blockquote>Solo<footer>Ugo</footer></blockquote>") == [Quote("Solo", "Ugo")]


def test_code_keeps_its_letters_and_lines() -> None:
    assert blocks("<pre><code>if a &lt; b:\n    go()\n</code></pre>") == [Code("if a < b:\n    go()")]


def test_lists_lose_what_no_text_block_holds_and_keep_their_depth() -> None:
    html = "<ul><li><p>uno</p><p>due</p></li><li>tre<ol><li>quattro</li></ol></li></ul>"

    assert blocks(html) == [Text("<ul><li>uno<br/>due</li><li>tre<ol><li>quattro</li></ol></li></ul>")]


def test_a_table_becomes_a_list_that_names_its_columns_and_says_so() -> None:
    found, notes = bodies.read(
        "<table><tr><th>Città</th><th>Lettori</th></tr><tr><td>Forlì</td><td>12</td></tr></table>"
    )

    assert found == [Text("<ul><li>Città: Forlì; Lettori: 12</li></ul>")]
    assert len(notes) == 1


def test_a_player_becomes_a_link_and_says_so() -> None:
    found, notes = bodies.read('<iframe src="//player.example/1" title="Puntata 1" onload="x()"></iframe>')

    assert found == [Text('<p><a href="https://player.example/1">Puntata 1</a></p>')]
    assert len(notes) == 1


def test_loose_text_between_blocks_becomes_paragraphs() -> None:
    assert blocks("uno<b>!</b><p>due</p>tre<br>quattro") == [Text("<p>uno<b>!</b></p><p>due</p><p>tre<br/>quattro</p>")]


def test_a_thousand_nested_boxes_do_no_harm() -> None:
    assert blocks("<div>" * 3000 + "in fondo" + "</div>" * 3000) == [Text("<p>in fondo</p>")]


def everything(found: list[object]) -> str:
    return " ".join(block.html for block in found if isinstance(block, Text))


def is_inert(html: str) -> bool:
    """No tag but ours, no attribute but an address of an allowed kind."""
    rest = html
    for tag in ("a", "b", "br", "code", "h3", "hr", "i", "li", "ol", "p", "sup", "ul"):
        rest = rest.replace(f"</{tag}>", "").replace(f"<{tag}>", "").replace(f"<{tag}/>", "")
    pieces = rest.split('<a href="')
    hrefs = [piece.partition('">')[0].lower() for piece in pieces[1:]]
    rest = pieces[0] + "".join(piece.partition('">')[2] for piece in pieces[1:])
    return "<" not in rest and not any(href.startswith(("javascript:", "data:", "vbscript:")) for href in hrefs)


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the corpora lie beside the repository")
def test_hostile_markup_comes_in_inert() -> None:
    lines = (HOSTILE / "xss.txt").read_text(encoding="utf-8").splitlines()
    records = json.loads((HOSTILE / "dompurify.json").read_text(encoding="utf-8"))
    payloads = [*lines, *(str(record.get("payload", "")) for record in records if isinstance(record, dict))]

    loud = [payload for payload in payloads if not is_inert(everything(blocks(f"<p>sano</p>{payload}")))]

    assert len(payloads) > 300
    assert loud == []


@given(st.text(alphabet="<>/pabliuh123\"'= &;-![]()\n", max_size=200))
def test_any_markup_gives_blocks_and_nothing_else(html: str) -> None:
    assert is_inert(everything(blocks(html)))


def nothing(_number: str) -> Attachment | None:
    return None


def test_classic_text_is_parted_at_empty_lines() -> None:
    html, lost = shortcodes.to_html("uno\nancora uno\n\ndue\n<ul>\n<li>a</li>\n</ul>\ntre", nothing)

    assert blocks(html) == [Text("<p>uno<br/>ancora uno</p><p>due</p><ul><li>a</li></ul><p>tre</p>")]
    assert lost == []


def test_gutenberg_marks_vanish_and_blocks_stay() -> None:
    html, _lost = shortcodes.to_html('<!-- wp:paragraph {"a":"b"} -->\n<p>uno</p>\n<!-- /wp:paragraph -->', nothing)

    assert blocks(html) == [Text("<p>uno</p>")]


def test_captions_galleries_and_players_are_carried_over() -> None:
    def find(number: str) -> Attachment | None:
        return Attachment("https://old.example/u/g.jpg", "Mare", "Ieri") if number == "7" else None

    html, lost = shortcodes.to_html(
        '[caption id="x" width="3"]<a href="/b"><img src="a.jpg" alt="A"></a> Una didascalia[/caption]\n'
        '[gallery ids="7,8"]\n[embed]https://video.example/1?a=1&amp;b=2[/embed]\nlui [sic] disse [1]\n'
        '[contact-form to="a@b.example"]dentro[/contact-form]',
        find,
    )

    assert blocks(html) == [
        Figure("a.jpg", "A", "<p>Una didascalia</p>"),
        Figure("https://old.example/u/g.jpg", "Mare", "<p>Ieri</p>"),
        Text(
            '<p><a href="https://video.example/1?a=1&amp;b=2">https://video.example/1?a=1&amp;b=2</a></p>'
            "<p>lui [sic] disse [1]<br/>dentro</p>"
        ),
    ]
    assert lost == ["gallery:8", "contact-form"]


def test_code_shortcodes_keep_their_lines() -> None:
    html, _lost = shortcodes.to_html("[sourcecode]a &lt; b\n\nc[/sourcecode]", nothing)

    assert blocks(html) == [Code("a < b\n\nc")]
