"""Setting text on paper: words with their face broken into lines, and lines down a column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag

from campaigns.sample.pdf import Colour, Font, Page, width

FACES = {"b": Font.BOLD, "i": Font.ITALIC}


@dataclass(frozen=True)
class Word:
    """Letters without a blank, in one face; `is_tight` sticks to the word before."""

    text: str
    font: Font
    is_tight: bool = False


@dataclass(frozen=True)
class Style:
    """How a paragraph looks."""

    size: float
    leading: float  # from baseline to baseline
    colour: Colour
    font: Font = Font.SERIF
    before: float = 0.0  # space above, in points
    indent: float = 0.0


def words(html: str, font: Font = Font.SERIF) -> list[Word]:
    """The words of one paragraph of rich text, bold and italic kept."""
    found: list[Word] = []
    for text, face in _runs(BeautifulSoup(html, "html.parser"), font):
        is_open = bool(found) and not text[:1].isspace()
        for number, word in enumerate(text.split()):
            found.append(Word(word, face, is_tight=is_open and number == 0))
        if found and text[-1:].isspace():
            found.append(Word("", face))
    return _joined(found)


def _runs(parent: Tag | BeautifulSoup, font: Font) -> Iterator[tuple[str, Font]]:
    for node in parent.children:
        if isinstance(node, NavigableString):
            yield str(node), font
        elif isinstance(node, Tag) and node.name == "br":
            yield "\n", font
        elif isinstance(node, Tag):
            yield from _runs(node, FACES.get(node.name, font))


def _joined(found: list[Word]) -> list[Word]:
    """Drop the empty words that only mark a blank; the word after one is not tight."""
    result: list[Word] = []
    is_apart = True
    for word in found:
        if word.text:
            result.append(Word(word.text, word.font, is_tight=word.is_tight and not is_apart))
        is_apart = not word.text
    return result


def lines(paragraph: Iterable[Word], style: Style, measure: float) -> Iterator[list[Word]]:
    """A paragraph broken into lines no wider than the measure."""
    line: list[Word] = []
    used = 0.0
    for word in paragraph:
        blank = 0.0 if word.is_tight or not line else width(" ", word.font, style.size)
        wide = width(word.text, word.font, style.size)
        if line and used + blank + wide > measure and not word.is_tight:
            yield line
            line, used, blank = [], 0.0, 0.0
        line.append(word)
        used += blank + wide
    if line:
        yield line


def draw(page: Page, x: float, y: float, line: list[Word], style: Style) -> None:
    """One line on its baseline."""
    for number, word in enumerate(line):
        if number and not word.is_tight:
            x += width(" ", word.font, style.size)
        page.text(x, y, word.text, word.font, style.size, style.colour)
        x += width(word.text, word.font, style.size)


def height(paragraph: list[Word], style: Style, measure: float) -> float:
    """How much of a column a paragraph takes, the space above it included."""
    return style.before + style.leading * sum(1 for _line in lines(paragraph, style, measure - style.indent))


def put(page: Page, x: float, top: float, paragraph: list[Word], style: Style, measure: float) -> float:
    """Draw a paragraph below `top`; gives where the next one may begin."""
    y = top - style.before
    for line in lines(paragraph, style, measure - style.indent):
        y -= style.leading
        draw(page, x + style.indent, y, line, style)
    return y
