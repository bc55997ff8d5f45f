"""A WordPress export as pieces: posts and pages, with their authors, topics, dates, images and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from content.importing import dates, shortcodes, values, wxr
from content.importing.findings import Place
from content.importing.images import Shelf
from content.importing.pieces import Kind, Piece, Term, Unusable, Wish
from content.importing.shortcodes import Attachment

KINDS = {"post": Kind.ARTICLE, "page": Kind.PAGE}
QUIET = frozenset({"attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "wp_global_styles"})
WISHES = {"publish": Wish.LIVE, "draft": Wish.DRAFT, "pending": Wish.DRAFT, "private": Wish.DRAFT, "future": Wish.DRAFT}
UNSORTED = frozenset({"uncategorized", "uncategorised", "senza-categoria", "non-categorizzato"})
TITLE_WORDS = 8  # of the text, where an entry has no title


@dataclass
class WordPressFile:
    """One export; `check` reads it once for its structure, its authors and its media library."""

    path: Path
    shelf: Shelf
    encoding: str = ""  # the file names its own
    base_url: str = ""
    language: str = ""  # of the whole site, as its channel says
    authors: dict[str, str] = field(default_factory=dict)  # {login: display name}
    media: dict[str, Attachment] = field(default_factory=dict)  # {post id: file}

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def check(self) -> int:
        """Read the whole file; raises Broken before anything is written."""
        n_pieces = 0
        for channel, entry in wxr.stream(self.path, self.name):
            self._learn(channel)
            if entry.tag == "wp:author":
                login = entry.texts.get("wp:author_login", "")
                self.authors[login] = entry.texts.get("wp:author_display_name", "") or login
            elif entry.texts.get("wp:post_type") == "attachment":
                self._keep(entry)
            elif entry.texts.get("wp:post_type") not in QUIET:
                n_pieces += 1
        return n_pieces

    def _learn(self, channel: wxr.Channel) -> None:
        facts = channel.facts
        self.base_url = facts.get("wp:base_blog_url") or facts.get("link") or facts.get("wp:base_site_url") or ""
        self.language = values.language(facts.get("language", ""))

    def _keep(self, entry: wxr.Entry) -> None:
        url = entry.texts.get("wp:attachment_url") or entry.texts.get("guid", "")
        alt = entry.fields.get("_wp_attachment_image_alt", "")
        caption = strip_tags(entry.texts.get("excerpt:encoded", ""))
        self.media[entry.texts.get("wp:post_id", "")] = Attachment(url, alt, caption)

    def pieces(self) -> Iterator[Piece | Unusable]:
        """Posts and pages in the file's order; to be called after `check`."""
        for _channel, entry in wxr.stream(self.path, self.name):
            if entry.tag == "item" and entry.texts.get("wp:post_type") not in QUIET:
                yield self._piece(entry)

    def _piece(self, entry: wxr.Entry) -> Piece | Unusable:
        texts, place = entry.texts, Place(self.name, entry.line)
        if reason := _unusable(texts):
            return Unusable(place, reason)
        html, lost = shortcodes.to_html(texts.get("content:encoded", ""), self.media.get)
        title, notes = _title(texts.get("title", ""), html)
        if not title:
            return Unusable(place, _("There is no title and no text."))
        authors, terms = self._authors(entry), _terms(entry)
        return Piece(
            key=f"wxr:{self._key(texts)}",
            place=place,
            title=title,
            html=html,
            kind=KINDS[texts["wp:post_type"]],
            slug=unquote(texts.get("wp:post_name", "")),
            standfirst=_one_line(strip_tags(texts.get("excerpt:encoded", ""))),
            authors=authors,
            terms=terms,
            published_at=_date(texts),
            wish=Wish.DRAFT if texts.get("wp:post_password") else WISHES.get(texts.get("wp:status", ""), Wish.UNSAID),
            cover=self._cover(entry),
            addresses=self._addresses(texts),
            notes=(*notes, *_missing(texts), *_kept_back(texts), *_lost(lost)),
        )

    def _key(self, texts: dict[str, str]) -> str:
        """The guid; else the link; else the number on this site, or in a file of this name."""
        number = f"{self.base_url or self.name}#{texts.get('wp:post_id') or texts.get('title', '')}"
        return texts.get("guid") or texts.get("link") or number

    def _authors(self, entry: wxr.Entry) -> tuple[str, ...]:
        """Co-authors where the plug-in of that name wrote them, else the creator, each by display name."""
        several = [name for domain, _nicename, name in entry.categories if domain == "author"]
        login = entry.texts.get("dc:creator", "")
        named = several or ([self.authors.get(login, login)] if login else [])
        return tuple(dict.fromkeys(_one_line(name) for name in named if name.strip()))

    def _cover(self, entry: wxr.Entry) -> str:
        found = self.media.get(entry.fields.get("_thumbnail_id", ""))
        return found.url if found else ""

    def _addresses(self, texts: dict[str, str]) -> tuple[str, ...]:
        number = texts.get("wp:post_id", "")
        numbered = (f"{self.base_url.rstrip('/')}/?p={number}", f"{self.base_url.rstrip('/')}/?page_id={number}")
        written = (texts.get("link", ""), texts.get("guid", ""), *(numbered if number and self.base_url else ()))
        return tuple(dict.fromkeys(found for url in written if (found := bare(url))))

    def resolve(self, href: str, piece: Piece) -> str:
        """The comparable form of an address, relative ones read from the site's."""
        return bare(urljoin(self.base_url.rstrip("/") + "/", href)) if not href.startswith("#") else ""

    def absolute(self, href: str) -> str:
        """A relative address read from the site's."""
        whole = urljoin(self.base_url.rstrip("/") + "/", href)
        return whole if whole.startswith(("http://", "https://")) else ""

    def image(self, reference: str, piece: Piece) -> Path | None:
        """A file of the uploads folder, or any like-named one beside the export."""
        return self.shelf.find(reference)


def bare(url: str) -> str:
    """An address without scheme, `www.`, fragment, end slash and any query but a post's number."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    if not host or parts.scheme not in ("http", "https"):
        return ""
    query = parse_qs(parts.query)
    number = next((f"?{key}={query[key][0]}" for key in ("p", "page_id") if key in query), "")
    return f"{host}{unquote(parts.path).rstrip('/')}{number}".lower()


def _unusable(texts: dict[str, str]) -> str:
    kind, status = texts.get("wp:post_type", ""), texts.get("wp:status", "")
    if kind not in KINDS:
        return _("It is of the kind “%(kind)s”; posts and pages come in.") % {"kind": kind or "?"}
    if status in ("trash", "auto-draft"):
        return _("It lies in the bin, or was never saved.")
    return ""


def _title(written: str, html: str) -> tuple[str, tuple[str, ...]]:
    title = _one_line(strip_tags(written))
    if title:
        return title, ()
    opening = Truncator(_one_line(strip_tags(html))).words(TITLE_WORDS, truncate="…")
    return opening, (_("it had no title and took its first words"),)


def _terms(entry: wxr.Entry) -> tuple[Term, ...]:
    found = [
        Term(_one_line(name), unquote(nicename))
        for domain, nicename, name in entry.categories
        if domain in ("category", "post_tag") and nicename not in UNSORTED and name.strip()
    ]
    return tuple({term.name.casefold(): term for term in found}.values())


def _date(texts: dict[str, str]) -> datetime | None:
    in_utc = dates.utc(texts.get("wp:post_date_gmt", "0000"))
    return in_utc or dates.read(texts.get("wp:post_date", "")) or dates.read(texts.get("pubDate", ""))


def _missing(texts: dict[str, str]) -> tuple[str, ...]:
    """What every real export has."""
    absent = [tag for tag in ("guid", "link", "dc:creator") if tag not in texts]
    return (_("its entry has no %(tags)s") % {"tags": ", ".join(absent)},) if absent else ()


def _kept_back(texts: dict[str, str]) -> tuple[str, ...]:
    if texts.get("wp:post_password"):
        return (_("it was behind a password and stays a draft"),)
    if texts.get("wp:status") in ("private", "future"):
        return (_("it was %(status)s and stays a draft") % {"status": texts["wp:status"]},)
    return ()


def _lost(names: list[str]) -> tuple[str, ...]:
    return tuple(_("the shortcode [%(name)s] could not be carried over") % {"name": name} for name in names)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(text)).strip()
