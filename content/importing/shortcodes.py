"""WordPress's own writing habits turned into plain HTML: shortcodes, and paragraphs made of empty lines."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape, unescape

from content.importing.wordlists import wordlist

GUTENBERG = re.compile(r"<!--\s*/?wp:.*?-->", re.DOTALL)
SHORTCODE = re.compile(
    r"(?<!\[)\[(?P<name>[a-zA-Z][\w-]*)(?P<rest>(?:\s[^\[\]]*?)?)\s*(?:/\]|\](?:(?P<inner>.*?)\[/(?P=name)\])?)",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'\]]+))")
ADDRESS = re.compile(r"https?://[^\s\"'<>\[\]]+")
PLAYERS = wordlist("embed youtube vimeo audio video soundcloud spotify tweet dailymotion wpvideo")
CODE = wordlist("code sourcecode highlight php css html javascript python bash")
MAX_ROUNDS = 6  # shortcodes inside shortcodes
# Elements that make a paragraph of their own; text between them is parted at empty lines.
BLOCK = (
    "address article aside blockquote details dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "iframe li main nav ol p pre section summary table tbody td tfoot th thead tr ul video audio"
)
BLOCK_TAG = re.compile(rf"(</?(?:{'|'.join(BLOCK.split())})\b[^>]*>)", re.IGNORECASE)
WHOLE = re.compile(r"(<pre\b.*?</pre>|<script\b.*?</script>|<style\b.*?</style>)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Attachment:
    """A file of the export's media library."""

    url: str
    alt: str = ""
    caption: str = ""


FindAttachment = Callable[[str], Attachment | None]  # by its id


def to_html(content: str, find: FindAttachment) -> tuple[str, list[str]]:
    """A post's content as HTML with paragraphs, and the shortcodes that could not be carried over."""
    lost: list[str] = []
    is_blocks = "<!-- wp:" in content
    html = GUTENBERG.sub("", content)
    for _round in range(MAX_ROUNDS):
        before, html = html, SHORTCODE.sub(lambda match: _replaced(match, find, lost), html)
        if before == html:
            break
    return (html if is_blocks else paragraphs(html)), list(dict.fromkeys(lost))


def _replaced(match: re.Match[str], find: FindAttachment, lost: list[str]) -> str:
    name, inner = match["name"].lower(), match["inner"] or ""
    attributes = {key: unescape(a or b or c) for key, a, b, c in ATTRIBUTE.findall(match["rest"] or "")}
    if name in ("caption", "wp_caption"):
        return _caption(inner, attributes.get("caption", ""))
    if name == "gallery":
        return _gallery(attributes, find, lost)
    if name in PLAYERS:
        return _player(name, match, lost)
    if name in CODE and inner:
        return f"<pre>{escape(unescape(inner.strip()), quote=False)}</pre>"
    if not attributes and match["inner"] is None and not match[0].endswith("/]"):
        return match[0]  # "[sic]", "[1]": somebody's own brackets
    lost.append(name)
    return inner


def _caption(inner: str, named: str) -> str:
    image = re.search(r"(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?", inner)
    if image is None:
        return inner
    words = named or (inner[: image.start()] + inner[image.end() :]).strip()
    return f"\n<figure>{image[0]}<figcaption>{words}</figcaption></figure>\n"


def _gallery(attributes: dict[str, str], find: FindAttachment, lost: list[str]) -> str:
    ids = re.findall(r"\d+", attributes.get("ids", "") or attributes.get("include", ""))
    figures = []
    for number in ids:
        found = find(number)
        if found is None:
            lost.append(f"gallery:{number}")
            continue
        caption = f"<figcaption>{escape(found.caption)}</figcaption>" if found.caption else ""
        figures.append(f'<figure><img src="{escape(found.url)}" alt="{escape(found.alt)}">{caption}</figure>')
    if not ids:
        lost.append("gallery")
    return "\n" + "\n".join(figures) + "\n"


def _player(name: str, match: re.Match[str], lost: list[str]) -> str:
    found = ADDRESS.search(unescape(match[0]))
    if found is None:
        lost.append(name)
        return ""
    url = escape(found[0])
    return f'\n<p><a href="{url}">{url}</a></p>\n'


def paragraphs(text: str) -> str:
    """Text as the classic editor stored it: an empty line ends a paragraph, a line end is a line end."""
    return "".join(
        part if number % 2 else _between_blocks(part)
        for number, part in enumerate(WHOLE.split(text.replace("\r\n", "\n")))
    )


def _between_blocks(text: str) -> str:
    """Wrap loose text; inside elements of a block's rank nothing is wrapped twice."""
    parts, depth, out = BLOCK_TAG.split(text), 0, []
    for number, part in enumerate(parts):
        if number % 2:
            depth = max(0, depth + _step(part))
            out.append(part)
        elif depth:
            out.append(part)
        else:
            out += [f"<p>{_lines(piece)}</p>" for piece in re.split(r"\n\s*\n", part) if piece.strip()]
    return "".join(out)


def _step(tag: str) -> int:
    if tag.startswith("</"):
        return -1
    return 0 if tag.endswith("/>") or tag.lower().startswith("<hr") else 1


def _lines(piece: str) -> str:
    return re.sub(r"(?<!<br>)(?<!<br/>)(?<!<br />)\n", "<br>", piece.strip())
