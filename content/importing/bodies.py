"""Any HTML as a list of our body blocks: heading, text, figure, quote, code. No other kind is invented."""

from dataclasses import dataclass, field

from bs4 import BeautifulSoup, NavigableString, Tag
from django.utils.html import escape
from django.utils.translation import gettext as _

from content.importing import markup
from content.importing.drafts import Block, Code, Figure, Heading, Quote, Text
from content.importing.wordlists import wordlist

MAX_DEPTH = 50  # of nested containers; below, only the text is taken
MAX_HEADING = 160  # characters, as the heading block asks
MAX_SOURCE = 160  # of a quote
CONTAINERS = wordlist("article aside center dd details div footer header main section")
LISTS = frozenset({"ul", "ol"})
PLAYERS = frozenset({"iframe", "video", "audio"})
BLOCKS = (
    CONTAINERS
    | LISTS
    | PLAYERS
    | wordlist("blockquote dl dt figure h1 h2 h3 h4 h5 h6 hr img p pre summary table ul ol")
)
DASHES = ("—", "–", "--", "― ")


@dataclass
class _Writer:
    """Blocks so far, and the rich text of the block being gathered."""

    blocks: list[Block] = field(default_factory=list)
    rich: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)  # loose inline pieces outside any paragraph
    notes: list[str] = field(default_factory=list)

    def end_line(self) -> None:
        html = markup.keep("".join(self.line).strip())
        self.line.clear()
        self.paragraph(html)

    def paragraph(self, html: str) -> None:
        if html.replace("\N{NO-BREAK SPACE}", "").replace("&nbsp;", "").replace("<br>", "").strip():
            self.rich.append(f"<p>{html.replace('<br>', '<br/>')}</p>")

    def put(self, html: str) -> None:
        self.end_line()
        self.rich.append(html)

    def add(self, block: Block) -> None:
        self.end_line()
        if self.rich:
            self.blocks.append(Text("".join(self.rich)))
            self.rich.clear()
        self.blocks.append(block)

    def end(self) -> list[Block]:
        self.end_line()
        if self.rich:
            self.blocks.append(Text("".join(self.rich)))
            self.rich.clear()
        return self.blocks


def read(html: str) -> tuple[list[Block], list[str]]:
    """The blocks of a text in its order, and notes on what had to change its form."""
    writer = _Writer()
    _walk(writer, markup.tree(html), 0)
    return writer.end(), writer.notes


def _walk(writer: _Writer, parent: Tag | BeautifulSoup, depth: int) -> None:
    for node in list(parent.children):
        if isinstance(node, NavigableString):
            writer.line.append(escape(str(node)) if node.strip() else " ")
        elif isinstance(node, Tag):
            _element(writer, node, depth)


def _element(writer: _Writer, tag: Tag, depth: int) -> None:
    """One element: a block of its own, a container to look into, or part of a loose line."""
    if depth > MAX_DEPTH:
        writer.put(f"<p>{escape(markup.words(tag))}</p>")
    elif tag.name in CONTAINERS or (tag.name not in BLOCKS and _holds_blocks(tag)):
        writer.end_line()
        _walk(writer, tag, depth + 1)
        writer.end_line()
    elif tag.name in BLOCKS:
        _block(writer, tag, depth)
    else:
        writer.line.append(f"{tag}")


def _holds_blocks(tag: Tag) -> bool:
    return tag.find(list(BLOCKS)) is not None


def _block(writer: _Writer, tag: Tag, depth: int) -> None:
    match tag.name:
        case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            _heading(writer, tag)
        case "p" | "dt" | "summary":
            _paragraph(writer, tag)
        case "ul" | "ol":
            _list(writer, tag)
        case "img":
            _figure(writer, tag, "")
        case "hr":
            writer.put("<hr/>")
        case "pre":
            writer.add(Code(tag.get_text().strip("\n")))
        case "blockquote":
            _quote(writer, tag)
        case _:
            _odd_block(writer, tag, depth)


def _odd_block(writer: _Writer, tag: Tag, depth: int) -> None:
    if tag.name == "table":
        _table(writer, tag, depth)
    elif tag.name in PLAYERS:
        _player(writer, tag)
    elif tag.name == "figure":
        _figure_element(writer, tag, depth)
    else:
        _walk(writer, tag, depth + 1)


def _heading(writer: _Writer, tag: Tag) -> None:
    """First and second rank become heading blocks; one with a link stays rich text, so that the link lives."""
    images = _take_images(tag)
    text = markup.words(tag)
    is_block = tag.name in ("h1", "h2") and tag.find("a") is None and len(text) <= MAX_HEADING
    if text and is_block:
        writer.add(Heading(text))
    elif text and tag.name in ("h1", "h2", "h3"):
        writer.put(f"<h3>{markup.inline(tag)}</h3>")
    elif text:
        writer.put(f"<p><b>{markup.inline(tag)}</b></p>")
    _put_images(writer, images)


def _paragraph(writer: _Writer, tag: Tag) -> None:
    images = _take_images(tag)
    players = [found.extract() for found in tag.find_all(list(PLAYERS))]
    writer.end_line()
    html = markup.inline(tag)
    writer.paragraph(f"<b>{html}</b>" if tag.name in ("dt", "summary") and html else html)
    _put_images(writer, images)
    for player in players:
        _player(writer, player)


def _take_images(tag: Tag) -> list[Tag]:
    return [image.extract() for image in tag.find_all("img")]


def _put_images(writer: _Writer, images: list[Tag]) -> None:
    for image in images:
        _figure(writer, image, "")


def _figure(writer: _Writer, image: Tag, caption: str) -> None:
    src = str(image.get("src", "")).strip()
    if src:
        writer.add(Figure(src, markup.BLANKS.sub(" ", str(image.get("alt", ""))).strip(), caption))
    else:
        writer.notes.append(_("an image without an address, or embedded in the text, was left out"))


def _figure_element(writer: _Writer, tag: Tag, depth: int) -> None:
    """A figure with one image takes its caption along; any other is read as what it holds."""
    images = tag.find_all("img")
    caption = tag.find("figcaption")
    if len(images) == 1 and tag.find(["table", "pre", "blockquote"]) is None:
        html = markup.inline(caption) if isinstance(caption, Tag) else ""
        _figure(writer, images[0], f"<p>{html}</p>" if html else "")
        return
    if isinstance(caption, Tag):
        caption.name = "p"
    writer.end_line()
    _walk(writer, tag, depth + 1)
    writer.end_line()


def _list(writer: _Writer, tag: Tag) -> None:
    images = _take_images(tag)
    for item in tag.find_all("li"):
        _flatten(item)
    writer.put(_tight(markup.inline(tag), tag.name))
    _put_images(writer, images)


def _flatten(item: Tag) -> None:
    """Paragraphs, code and quotes inside a list item become lines of it: a text block has nothing deeper."""
    for inner in item.find_all(["p", "pre", "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6"]):
        if inner.find_parent("li") is not item:
            continue
        if inner.find_previous_sibling() is not None or (
            inner.previous_sibling and str(inner.previous_sibling).strip()
        ):
            inner.insert_before(BeautifulSoup("<br/>", "html.parser"))
        inner.unwrap()


def _tight(html: str, name: str) -> str:
    for tag in ("<li>", "</li>", "<ul>", "</ul>", "<ol>", "</ol>"):
        html = html.replace(f" {tag}", tag).replace(f"{tag} ", tag)
    return f"<{name}>{html.replace('<br>', '<br/>')}</{name}>"


def _quote(writer: _Writer, tag: Tag) -> None:
    images = _take_images(tag)
    source = _named_source(tag)
    parts = [markup.words_with_links(part) for part in _parts(tag)]
    lines = [part for part in parts if part]
    if not source and len(lines) > 1 and lines[-1].startswith(DASHES):
        source = lines.pop().lstrip("—–-― ")
    if len(source) > MAX_SOURCE:
        lines.append(f"— {source}")
        source = ""
    if lines:
        writer.add(Quote("\n\n".join(lines), source.replace("\n", " ")))
    _put_images(writer, images)


def _named_source(tag: Tag) -> str:
    """The words of the last `<footer>`; a `<cite>` has been read as emphasis where it stands in a sentence."""
    footer = tag.find("footer")
    return markup.words_with_links(footer.extract()).lstrip("—–-― ") if isinstance(footer, Tag) else ""


def _parts(tag: Tag) -> list[Tag]:
    """The paragraphs and items of a quote, or the quote itself where it has none."""
    parts = [part for part in tag.find_all(["p", "li", "pre", "h1", "h2", "h3", "h4"]) if not part.find(["p", "li"])]
    return parts or [tag]


def _player(writer: _Writer, tag: Tag) -> None:
    """Sound and film are not carried over: the reader gets their address."""
    inner = tag.find("source")
    src = str(tag.get("src") or (inner.get("src") if isinstance(inner, Tag) else "") or "")
    if src.startswith("//"):
        src = f"https:{src}"
    if not src.startswith("http"):
        writer.notes.append(_("a player without an address was left out"))
        return
    label = str(tag.get("title") or src)
    writer.put(f'<p><a href="{escape(src)}">{escape(label)}</a></p>')
    writer.notes.append(_("a player became a link: %(src)s") % {"src": src})


def _table(writer: _Writer, tag: Tag, depth: int) -> None:
    """A table becomes a list, a row an item; one with a single column is a container."""
    rows = [row.find_all(["td", "th"]) for row in tag.find_all("tr")]
    if all(len(row) < 2 for row in rows):
        for row in rows:
            for cell in row:
                _walk(writer, cell, depth + 1)
                writer.end_line()
        return
    images = _take_images(tag)
    names = [markup.words(cell) for cell in rows[0]] if all(cell.name == "th" for cell in rows[0]) else []
    items = "".join(f"<li>{_row(row, names)}</li>" for row in (rows[1:] if names else rows) if row)
    writer.put(f"<ul>{items}</ul>")
    writer.notes.append(_("a table became a list"))
    _put_images(writer, images)


def _row(cells: list[Tag], names: list[str]) -> str:
    shown = []
    for number, cell in enumerate(cells):
        html = markup.inline(cell).replace("<p>", "").replace("</p>", " ").replace("<br>", "<br/>").strip()
        label = names[number] if number < len(names) else ""
        if html:
            shown.append(f"{escape(label)}: {html}" if label else html)
    return "; ".join(shown)
