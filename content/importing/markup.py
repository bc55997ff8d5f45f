"""Which HTML may come in at all, and which may stand in a text block."""

import re

import nh3
from bs4 import BeautifulSoup, NavigableString, Tag

from content.importing.wordlists import wordlist

SCHEMES = {"http", "https", "mailto", "tel"}
# What the block builder knows how to read; everything else is taken off around its text.
READABLE = wordlist(
    "a abbr article aside audio b blockquote br caption center cite code dd del details div dl dt em figcaption figure "
    "footer h1 h2 h3 h4 h5 h6 header hr i iframe img ins kbd li main mark ol p pre q s samp section small source span "
    "strong sub summary sup table tbody td tfoot th thead tr tt u ul var video"
)
ATTRIBUTES = {
    "a": {"href"},
    "audio": {"src"},
    "blockquote": {"cite"},
    "iframe": {"src", "title"},
    "img": {"src", "alt"},
    "source": {"src"},
    "video": {"src"},
}
DROPPED_WHOLE = {
    "button",
    "form",
    "math",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
}
# The features of a text block, as Wagtail stores them.
KEPT = {"a", "b", "br", "code", "h3", "hr", "i", "li", "ol", "p", "sup", "ul"}
RENAMED = {"strong": "b", "em": "i", "cite": "i", "kbd": "code", "samp": "code", "tt": "code", "var": "i"}
BLANKS = re.compile(r"[ \t\r\n\f]+")


def tree(html: str) -> BeautifulSoup:
    """The readable part of any HTML as a tree without scripts, comments, handlers and odd addresses."""
    clean = nh3.clean(
        html,
        tags=READABLE,
        attributes=ATTRIBUTES,
        clean_content_tags=DROPPED_WHOLE,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    soup = BeautifulSoup(clean, "html.parser")
    for tag in soup.find_all(list(RENAMED)):
        tag.name = RENAMED[tag.name]
    return soup


def inline(tag: Tag | BeautifulSoup) -> str:
    """The inside of an element as rich text on one line, anything a text block cannot hold taken off."""
    for string in list(tag.find_all(string=True)):
        if string.find_parent("code") is None:
            string.replace_with(NavigableString(BLANKS.sub(" ", string)))
    html = tag.decode_contents().strip()
    return keep(html if "<code" in html else re.sub(" {2,}", " ", html))


def keep(html: str) -> str:
    """Rich text reduced to what a text block holds."""
    clean = nh3.clean(
        html,
        tags=KEPT,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return _without_empty(clean)


def _without_empty(html: str) -> str:
    """Links and marks around nothing: what is left where an image was taken out."""
    before = ""
    while before != html:
        before, html = html, re.sub(r"<(a|b|i|code|sup)(?: [^<>]*)?>\s*</\1>", "", html)
    return html


def words(tag: Tag | BeautifulSoup) -> str:
    """The text of an element on one line."""
    return BLANKS.sub(" ", tag.get_text()).replace("\N{NO-BREAK SPACE}", " ").strip()


def words_with_links(tag: Tag) -> str:
    """The text of an element, each link followed by its address: for places that hold no links."""
    for link in tag.find_all("a"):
        href, text = str(link.get("href", "")), words(link)
        link.replace_with(f"{text} ({href})" if href.startswith("http") and href != text else text)
    for line_end in tag.find_all("br"):
        line_end.replace_with("\n")
    lines = (BLANKS.sub(" ", line).strip() for line in tag.get_text().split("\n"))
    return "\n".join(lines).strip()
