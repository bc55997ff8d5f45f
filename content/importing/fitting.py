"""Blocks of a piece as the raw data of our StreamField: links led to our pages, images brought in."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape, unescape

from django.utils.translation import gettext as _

from content.importing import bodies
from content.importing.drafts import Block, Code, Figure, Heading, Quote, Text
from content.importing.images import Gallery, UnusableImage
from content.importing.pieces import Piece, Source

LINK = re.compile(r'<a(?: href="([^"]*)")?>(.*?)</a>', re.DOTALL)
IDS = uuid.UUID("6f1d1f60-54a5-4d0c-9d6b-3f0a7c1e5b11")  # ours: block ids are the same at every import
RawBlock = dict[str, object]


@dataclass
class Fitter:
    """Fits the pieces of one source; gathers notes and counts on the way."""

    source: Source
    targets: Mapping[str, int]  # {address of a piece: id of its page}
    gallery: Gallery
    notes: list[str] = field(default_factory=list)
    n_links: int = 0  # led to our own pages

    def body(self, piece: Piece) -> list[RawBlock]:
        """The raw stream of a piece."""
        blocks, notes = bodies.read(piece.html)
        self.notes += notes
        raw = [found for block in blocks for found in self._raw(block, piece)]
        for number, block in enumerate(raw):
            block["id"] = str(uuid.uuid5(IDS, f"{piece.key}#{number}"))
        return raw

    def _raw(self, block: Block, piece: Piece) -> list[RawBlock]:
        match block:
            case Heading():
                return [{"type": "heading", "value": block.text}]
            case Text():
                return [{"type": "text", "value": self.links(block.html, piece)}]
            case Quote():
                return [{"type": "quote", "value": {"text": block.text, "source": block.source}}]
            case Code():
                return [{"type": "code", "value": block.text}]
            case Figure():
                return [self._figure(block, piece)]

    def _figure(self, figure: Figure, piece: Piece) -> RawBlock:
        image_id = self.image_id(figure.src, figure.alt, piece)
        if image_id is None:
            return {"type": "text", "value": self._instead(figure, piece)}
        image = {"image": image_id, "alt_text": figure.alt, "decorative": not figure.alt}
        return {
            "type": "figure",
            "value": {"image": image, "caption": self.links(figure.caption, piece), "credit": ""},
        }

    def image_id(self, src: str, alt: str, piece: Piece) -> int | None:
        """The image a text means, brought in from beside the source; None, with a note, where there is none."""
        path = self.source.image(src, piece)
        if path is None:
            self.notes.append(_("the image %(src)s was not found beside the source") % {"src": src[:200]})
            return None
        try:
            return self.gallery.take(path, alt).pk or 0  # 0: a dry run makes none
        except UnusableImage as error:
            self.notes.append(_("the image %(src)s was left out: %(why)s") % {"src": src[:200], "why": error})
            return None

    def _instead(self, figure: Figure, piece: Piece) -> str:
        """Where an image is missing its words stay, with a link to where it was."""
        url = figure.src if figure.src.startswith("http") else self.source.absolute(figure.src)
        words = escape(figure.alt or _("Image"))
        shown = f'<a href="{escape(url)}">{words}</a>' if url else f"<i>{words}</i>"
        return f"<p>{shown}</p>{self.links(figure.caption, piece)}"

    def links(self, html: str, piece: Piece) -> str:
        """Rich text with each link led to our page, made absolute, or, where it leads nowhere, taken off."""
        return LINK.sub(lambda match: self._link(unescape(match[1] or ""), match[2], piece), html)

    def _link(self, href: str, words: str, piece: Piece) -> str:
        address = self.source.resolve(href, piece) if href else ""
        if address in self.targets:
            self.n_links += 1
            return f'<a linktype="page" id="{self.targets[address]}">{words}</a>'
        if href.startswith(("http://", "https://", "mailto:", "tel:")):
            return f'<a href="{escape(href)}">{words}</a>'
        whole = self.source.absolute(href) if href and not href.startswith("#") else ""
        if whole:
            return f'<a href="{escape(whole)}">{words}</a>'
        if href and not href.startswith("#"):
            self.notes.append(_("the link to %(href)s leads nowhere here and was taken off") % {"href": href[:200]})
        return words
