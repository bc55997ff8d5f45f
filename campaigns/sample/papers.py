"""The sample's two papers: a guide of some pages and a canvas of one, set from their texts."""

import re
from collections.abc import Callable

from campaigns.sample import setting
from campaigns.sample.pdf import A4, Colour, Document, Font, Page
from campaigns.sample.setting import Style, Word
from content.importing import bodies
from content.importing.drafts import Block, Heading, Quote, Text
from content.importing.pieces import Piece

# The publication's own colours, by day: paper, ink, the quiet second, lines, the accent.
PAPER: Colour = (0.984, 0.953, 0.918)
INK: Colour = (0.137, 0.106, 0.094)
QUIET: Colour = (0.42, 0.361, 0.325)
LINE: Colour = (0.72, 0.64, 0.57)
ACCENT: Colour = (0.227, 0.192, 0.722)
LEFT, TOP, BOTTOM = 92.0, 760.0, 84.0
MEASURE = A4[0] - 2 * LEFT
BODY = Style(13, 19.5, INK, before=7)
HEADING = Style(18, 23, ACCENT, Font.BOLD, before=26)
QUOTE = Style(12.5, 18, QUIET, before=8, indent=24)
TITLE = Style(38, 43, INK, Font.BOLD)
LEDE = Style(15, 21, QUIET, Font.ITALIC, before=18)
SMALL = Style(9, 12, QUIET)
RULED = 38.0  # points between lines to write on
KEEP = 90.0  # points a heading needs below it, so that it never stands alone at a page's foot
Paragraph = tuple[list[Word], Style]


def guide(piece: Piece) -> bytes:
    """A cover, then the text; a page number at each foot."""
    pages = [_cover(piece), *_text_pages(piece)]
    for number, page in enumerate(pages[1:], start=2):
        setting.draw(page, LEFT, 46, [Word(piece.title, Font.SERIF)], SMALL)
        setting.draw(page, A4[0] - LEFT - 6, 46, [Word(str(number), Font.SERIF)], SMALL)
    return Document(piece.title, piece.language, pages).write()


def _cover(piece: Piece) -> Page:
    page = _sheet()
    for number, radius in enumerate((196, 158, 120, 82)):
        page.arc(A4[0] - 150, 250, radius, 62 + 47 * number, 312 - 14 * number, 9 - 1.6 * number, ACCENT)
    top = setting.put(page, LEFT, 720, _words(piece.title, Font.BOLD), TITLE, MEASURE)
    top = setting.put(page, LEFT, top, _words(piece.standfirst, Font.ITALIC), LEDE, MEASURE)
    if piece.authors:
        setting.put(page, LEFT, top - 8, _words(piece.authors[0], Font.SERIF), Style(11.5, 16, QUIET), MEASURE)
    setting.draw(page, LEFT, 46, [Word("Circolare", Font.SERIF)], SMALL)
    return page


def _text_pages(piece: Piece) -> list[Page]:
    blocks, _notes = bodies.read(piece.html)
    pages, top = [_sheet()], TOP
    for block in blocks:
        paragraphs = _paragraphs(block)
        if top - _needed(block, paragraphs) < BOTTOM:
            pages.append(_sheet())
            top = TOP
        for paragraph, style in paragraphs:
            top = _put(pages, top, paragraph, style)
    _room_to_write(pages[-1], top, str(piece.extra.get("answers", "")))
    return pages


def _room_to_write(page: Page, top: float, title: str) -> None:
    """Seven ruled lines for the reader's own answers, where the last page has room for them."""
    if not title or top - BOTTOM < 7 * RULED + 80:
        return
    y = setting.put(page, LEFT, top - 14, _words(title, Font.BOLD), HEADING, MEASURE) - 10
    for number in range(1, 8):
        y -= RULED
        setting.draw(page, LEFT, y + 3, _words(f"{number}.", Font.SERIF), BODY)
        page.line(LEFT + 22, y, A4[0] - LEFT, y, 0.7, LINE)


def _needed(block: Block, paragraphs: list[Paragraph]) -> float:
    """What must fit below: a quote stays together, a heading keeps some lines."""
    heights = [setting.height(paragraph, style, MEASURE) for paragraph, style in paragraphs]
    return sum(heights) if isinstance(block, Quote) else sum(heights[:1]) + (KEEP if isinstance(block, Heading) else 0)


def _put(pages: list[Page], top: float, paragraph: list[Word], style: Style) -> float:
    """One paragraph on the last page, or on a new one where it no longer fits."""
    if top - setting.height(paragraph, style, MEASURE) < BOTTOM:
        pages.append(_sheet())
        top = TOP
    end = setting.put(pages[-1], LEFT, top, paragraph, style, MEASURE)
    if style is QUOTE:
        pages[-1].line(LEFT + 6, top - style.before - 3, LEFT + 6, end - 4, 1.4, ACCENT)
    return end


def _paragraphs(block: Block) -> list[Paragraph]:
    match block:
        case Heading():
            return [(_words(block.text, Font.BOLD), HEADING)]
        case Quote():
            return [(_labelled(part), QUOTE) for part in block.text.split("\n") if part.strip()]
        case Text():
            parts = re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", block.html, re.DOTALL)
            return [(setting.words(part), BODY) for part in parts]
        case _:
            return []


def _labelled(text: str) -> list[Word]:
    """ "Label: the rest", the label in bold."""
    label, colon, rest = text.partition(":")
    return [*_words(label + colon, Font.BOLD), *_words(rest, QUOTE.font)]


def canvas(piece: Piece) -> bytes:
    """Five floors on one sheet, the tip at the bottom, each with room to write."""
    page = _sheet()
    top = setting.put(page, 60, 800, _words(piece.title, Font.BOLD), Style(28, 32, INK, Font.BOLD), A4[0] - 120)
    setting.put(page, 60, top, _words(piece.standfirst, Font.ITALIC), Style(12.5, 17, QUIET, before=4), A4[0] - 120)
    blocks, _notes = bodies.read(piece.html)
    floors = [block.text for block in blocks if isinstance(block, Heading)]
    hints = [block.html for block in blocks if isinstance(block, Text)]
    _floors(page, list(zip(floors, hints, strict=True)))
    page.arc(A4[0] / 2, 62, 13, 62, 310, 3, ACCENT)
    return Document(piece.title, piece.language, [page]).write()


def _floors(page: Page, floors: list[tuple[str, str]]) -> None:
    """Trapezes that narrow downwards, the widest first."""
    high, low, middle = 700.0, 92.0, A4[0] / 2
    step = (high - low) / len(floors)
    half: Callable[[float], float] = lambda y: 78 + (y - low) / (high - low) * 172  # noqa: E731
    for number, (name, hint) in enumerate(floors):
        upper, lower = high - number * step, high - (number + 1) * step
        corners = [
            (middle - half(upper), upper),
            (middle + half(upper), upper),
            (middle + half(lower), lower),
            (middle - half(lower), lower),
        ]
        page.polygon(corners, 1.1, ACCENT if number == len(floors) - 1 else LINE)
        _floor_words(page, name, hint, middle - half(lower) + 14, upper, 2 * half(lower) - 28)


def _floor_words(page: Page, name: str, hint: str, x: float, top: float, measure: float) -> None:
    top = setting.put(page, x, top, _words(name, Font.BOLD), Style(13, 16, ACCENT, Font.BOLD, before=8), measure)
    setting.put(page, x, top, setting.words(hint, Font.ITALIC), Style(9.5, 12.5, QUIET, Font.ITALIC, before=1), measure)


def _sheet() -> Page:
    page = Page()
    page.fill(PAPER)
    return page


def _words(text: str, font: Font) -> list[Word]:
    return [Word(word, font) for word in text.split()]


def of(name: str, piece: Piece) -> bytes:
    """The file of one resource; the canvas is drawn, all others are set as guides."""
    return canvas(piece) if name == "tela" else guide(piece)
