"""Rich text of a mail: read once into paragraphs, written as mail HTML, page HTML or plain text.

Only what MAIL_FEATURES allow survives: paragraphs, lists, bold, italic, links. Anything else gives its text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import groupby

from campaigns.rendering import braces

BOLD = frozenset({"b", "strong"})
ITALIC = frozenset({"i", "em"})
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
LISTS = frozenset({"ul", "ol"})
SILENT = frozenset({"script", "style", "title"})


@dataclass(frozen=True)
class Style:
    """How a run of text looks and where it leads: (linktype, id or address) as the rich text says, or None."""

    is_bold: bool = False
    is_italic: bool = False
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class Run:
    """A stretch of text of one style; `text` is template source, a line break is `\\n`."""

    text: str
    style: Style


@dataclass
class Paragraph:
    """A paragraph, or one item of a list."""

    runs: list[Run] = field(default_factory=list)
    list_kind: str = ""  # ul, ol, or empty
    depth: int = 0  # of lists around it
    number: int = 0  # in its list, from 1

    def add(self, text: str, style: Style) -> None:
        """Append text, joined with what stands before where it looks the same."""
        if self.runs and self.runs[-1].style == style:
            self.runs[-1] = replace(self.runs[-1], text=self.runs[-1].text + text)
        else:
            self.runs.append(Run(text, style))

    def stretches(self) -> Iterator[tuple[tuple[str, str] | None, list[Run]]]:
        """Neighbouring runs that lead to the same place, with that place: a link may hold several styles."""
        for link, runs in groupby(self.runs, key=lambda run: run.style.link):
            yield link, list(runs)

    @property
    def source(self) -> str:
        """The text of all runs."""
        return "".join(run.text for run in self.runs)

    def has_cut_tag(self) -> bool:
        """Whether formatting begins or ends inside `{{ … }}` or `{% … %}`."""
        alone = [piece.text for run in self.runs for piece in braces.split(run.text) if piece.is_tag]
        return alone != [piece.text for piece in braces.split(self.source) if piece.is_tag]


def read(html: str) -> list[Paragraph]:
    """The paragraphs of rich text as Wagtail stores it, in order; empty ones left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [paragraph for paragraph in reader.paragraphs if paragraph.source.strip()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[Paragraph] = []
        self.styles: list[tuple[str, Style]] = []
        self.lists: list[tuple[str, int]] = []  # (kind, items so far)
        self.silent = 0

    @property
    def style(self) -> Style:
        return self.styles[-1][1] if self.styles else Style()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.silent += 1
        elif tag in BLOCKS or tag == "li":
            self._begin(tag)
        elif tag in LISTS:
            self.lists.append((tag, 0))
        elif tag == "br":
            self.handle_data("\n")
        elif tag in BOLD:
            self.styles.append(("b", replace(self.style, is_bold=True)))
        elif tag in ITALIC:
            self.styles.append(("i", replace(self.style, is_italic=True)))
        elif tag == "a":
            self.styles.append(("a", replace(self.style, link=_link(dict(attrs)))))

    def handle_endtag(self, tag: str) -> None:
        name = "b" if tag in BOLD else "i" if tag in ITALIC else tag
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        elif name in {"a", "b", "i"}:
            self._leave(name)
        elif tag in LISTS and self.lists:
            self.lists.pop()
            self.paragraphs.append(Paragraph())
        elif tag in BLOCKS and not self.lists:
            self.paragraphs.append(Paragraph())

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        if not self.paragraphs:
            self._begin("p")
        self.paragraphs[-1].add(data, self.style)

    def _begin(self, tag: str) -> None:
        if not self.lists:
            self.paragraphs.append(Paragraph())
            return
        if tag != "li":  # a paragraph inside an item is a line of it
            if self.paragraphs and self.paragraphs[-1].source.strip():
                self.handle_data("\n")
            return
        kind, n_items = self.lists[-1]
        self.lists[-1] = (kind, n_items + 1)
        self.paragraphs.append(Paragraph(list_kind=kind, depth=len(self.lists), number=n_items + 1))

    def _leave(self, name: str) -> None:
        for at in range(len(self.styles) - 1, -1, -1):
            if self.styles[at][0] == name:
                del self.styles[at]
                return


def _link(attributes: dict[str, str | None]) -> tuple[str, str] | None:
    kind = attributes.get("linktype") or "url"
    target = attributes.get("href") if kind == "url" else attributes.get("id")
    return (kind, target) if target else None
