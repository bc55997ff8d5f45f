"""Pieces dressed for three places: MJML for the mail, plain text beside it, HTML for the web archive."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from campaigns.rendering import theme
from campaigns.rendering.braces import markup
from campaigns.rendering.links import Destination, LinkTable, Target, from_rich_text
from campaigns.rendering.pictures import Picture
from campaigns.rendering.pieces import Link, Piece, Value, Words
from campaigns.rendering.richtext import Paragraph, Run
from content.look.shown import Look

LISTS = {"ul": "margin:0 0 18px;padding:0 0 0 24px;", "ol": "margin:0 0 18px;padding:0 0 0 28px;"}


def _safe(source: str) -> SafeString:
    """Says that this text was escaped, or needs no escaping where it goes."""
    return mark_safe(source)  # noqa: S308 -- callers pass escaped or plain-text sources alone


class Dress(ABC):
    """Writes pieces with the partials that end in `suffix`."""

    suffix: str

    def __init__(self, table: LinkTable, look: Look | None = None) -> None:
        self.table = table
        self.look = look or Look()

    def write(self, piece: Piece) -> str:
        """The piece as template source in this dress's own language."""
        self.table.begin(piece.block_id)
        context: dict[str, object] = {name: self._value(value) for name, value in piece.values.items()}
        context |= theme.context(self.look)
        return render_to_string(f"mail/blocks/{piece.kind}.{self.suffix}", context)

    def _value(self, value: Value) -> object:
        if isinstance(value, Words):
            return self.words(value)
        if isinstance(value, Link):
            return self.link(value)
        if isinstance(value, Picture):
            return self.picture(value)
        if isinstance(value, list):
            return self._listed(value)
        return value

    def _listed(self, values: list[Paragraph] | list[Words]) -> object:
        if values and isinstance(values[0], Paragraph):
            return self.rich([value for value in values if isinstance(value, Paragraph)])
        return [self.words(value) for value in values if isinstance(value, Words)]

    def words(self, source: str) -> SafeString:
        """Text as it may stand in a partial."""
        return markup(source)

    def picture(self, picture: Picture) -> dict[str, object]:
        """A picture as partials see it."""
        return {
            "src": markup(picture.src),
            "width": picture.width,
            "height": picture.height,
            "alt": markup(picture.alt),
        }

    def link(self, link: Link) -> dict[str, object]:
        """A link as partials see it: label, and href, which may be empty."""
        row = self.table.row(link.target, link.label)
        return {"label": self.words(link.label), "href": _safe(self.href(link.target, row))}

    @abstractmethod
    def href(self, target: Target, row: Destination | None) -> str:
        """The address as template source, escaped for this dress; empty where there is none."""

    @abstractmethod
    def rich(self, paragraphs: list[Paragraph]) -> SafeString:
        """Paragraphs, lists and links."""

    def _target(self, link: tuple[str, str]) -> Target:
        return from_rich_text(*link, self.table.troubles, self.table.block_id)


@dataclass
class _Html:
    """Builds nested lists and paragraphs of HTML from flat ones."""

    styles: dict[str, str]
    out: list[str] = field(default_factory=list)
    open_lists: list[str] = field(default_factory=list)

    def add(self, paragraph: Paragraph, content: str) -> None:
        """Append a paragraph or list item with its finished content."""
        self._close_to(paragraph.depth)
        if not paragraph.list_kind:
            self.out.append(f"<p{self._style('p')}>{content}</p>")
            return
        if len(self.open_lists) == paragraph.depth and paragraph.number > 1:
            self.out.append("</li>")
        elif len(self.open_lists) == paragraph.depth:
            self._close_to(paragraph.depth - 1)
        while len(self.open_lists) < paragraph.depth:
            self.open_lists.append(paragraph.list_kind)
            self.out.append(f"<{paragraph.list_kind}{self._style(paragraph.list_kind)}>")
            if len(self.open_lists) < paragraph.depth:
                self.out.append("<li>")
        self.out.append(f"<li{self._style('li')}>{content}")

    def _close_to(self, depth: int) -> None:
        while len(self.open_lists) > depth:
            self.out.append(f"</li></{self.open_lists.pop()}>")

    def _style(self, tag: str) -> str:
        return f' style="{self.styles[tag]}"' if tag in self.styles else ""

    def finish(self) -> SafeString:
        """The whole HTML."""
        self._close_to(0)
        return _safe("".join(self.out))


class _HtmlDress(Dress):
    paragraph_styles: dict[str, str] = {}
    link_attributes = ""

    def rich(self, paragraphs: list[Paragraph]) -> SafeString:
        html = _Html(self.paragraph_styles)
        for paragraph in paragraphs:
            html.add(paragraph, "".join(self._stretch(link, runs) for link, runs in paragraph.stretches()))
        return html.finish()

    def _stretch(self, link: tuple[str, str] | None, runs: list[Run]) -> str:
        content = "".join(map(self._run, runs))
        if link is None:
            return content
        target = self._target(link)
        href = self.href(target, self.table.row(target, _words(runs)))
        return f'<a href="{href}"{self.link_attributes}>{content}</a>' if href else content

    def _run(self, run: Run) -> str:
        content = markup(run.text).replace("\n", "<br />")
        if run.style.is_italic:
            content = f"<em>{content}</em>"
        if run.style.is_bold:
            content = f"<strong>{content}</strong>"
        return content


class Mail(_HtmlDress):
    """MJML, with styles inline: many mail programs drop style sheets."""

    suffix = "mjml"
    paragraph_styles = {"p": "margin:0 0 18px;", "li": "margin:0 0 8px;", **LISTS}

    def __init__(self, table: LinkTable, look: Look) -> None:
        super().__init__(table, look)
        self.link_attributes = f' class="link" style="color:{look.light.accent};text-decoration:underline;"'

    def href(self, target: Target, row: Destination | None) -> str:
        if row is not None:
            return row.source
        return target.href or markup(self.table.address(target)[0])


class Web(_HtmlDress):
    """HTML of the web archive: destinations as they are, nothing personal."""

    suffix = "html"

    def href(self, target: Target, row: Destination | None) -> str:
        return target.href or markup(self.table.address(target)[0])


class Text(Dress):
    """Plain text, not wrapped yet; each link carries the number under which its address stands at the end."""

    suffix = "txt"

    def __init__(self, table: LinkTable) -> None:
        super().__init__(table)
        self.numbers: dict[str, int] = {}  # of addresses as template source, in the order of the text

    def link(self, link: Link) -> dict[str, object]:
        """A link as partials see it: label, and number, which is empty where it leads nowhere."""
        shown = super().link(link)
        return {"label": shown["label"], "number": self._number(str(shown["href"]))}

    def _number(self, href: str) -> int | str:
        return self.numbers.setdefault(href, len(self.numbers) + 1) if href else ""

    def words(self, source: str) -> SafeString:
        return _safe(source)

    def href(self, target: Target, row: Destination | None) -> str:
        if row is not None:
            return row.source
        return target.href or self.table.address(target)[0]

    def rich(self, paragraphs: list[Paragraph]) -> SafeString:
        lines: list[str] = []
        for paragraph in paragraphs:
            if lines and not (paragraph.list_kind and paragraph.number > 1):
                lines.append("")
            content = "".join(self._stretch(link, runs) for link, runs in paragraph.stretches()).strip()
            lead = self._lead(paragraph)
            lines.append(lead + content.replace("\n", "\n" + " " * len(lead)))
        return _safe("\n".join(lines))

    def _lead(self, paragraph: Paragraph) -> str:
        if not paragraph.list_kind:
            return ""
        mark = "* " if paragraph.list_kind == "ul" else f"{paragraph.number}. "
        return "   " * (paragraph.depth - 1) + mark

    def _stretch(self, link: tuple[str, str] | None, runs: list[Run]) -> str:
        words = _words(runs)
        if link is None:
            return words
        target = self._target(link)
        number = self._number(self.href(target, self.table.row(target, words)))
        return f"{words} [{number}]" if number else words


def _words(runs: list[Run]) -> str:
    return "".join(run.text for run in runs)


def write_all(dress: Dress, pieces: Iterable[Piece]) -> str:
    """All pieces, one after the other."""
    return "\n".join(dress.write(piece) for piece in pieces)
