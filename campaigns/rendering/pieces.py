"""The blocks of a mail read into pieces: what each says, before it is dressed as mail, page or plain text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.models import Page

from campaigns.rendering import pictures, richtext, wrapping
from campaigns.rendering.braces import literal, split
from campaigns.rendering.links import Target, from_anchor, from_text
from campaigns.rendering.pictures import Picture
from campaigns.rendering.trouble import Troubles
from content import reading
from content.models import ColumnPage

TAG_COLUMNS = 6


class Words(str):
    """Template source: text that may hold tags. Data goes through `braces.literal` first."""

    __slots__ = ()


@dataclass(frozen=True)
class Link:
    """A link that stands for a whole line, button or card."""

    label: Words
    target: Target


Value = Words | Link | Picture | list[richtext.Paragraph] | list[Words] | None


@dataclass(frozen=True)
class Piece:
    """One block: its kind names the partials in site/templates/mail/blocks/."""

    kind: str
    block_id: str
    values: dict[str, Value]


@dataclass(frozen=True)
class Reader:
    """Reads blocks under the active language; what is missing is noted as a trouble."""

    troubles: Troubles
    block_id: str

    def heading(self, value: str) -> dict[str, Value]:
        return {"text": Words(value), "rule": Words("-" * _length(value))}

    def text(self, value: Any) -> dict[str, Value]:  # Any: Wagtail's RichText or its source
        return {"paragraphs": richtext.read(getattr(value, "source", value))}

    def article(self, value: dict[str, Any]) -> dict[str, Value]:
        return self._card(value["article"], value["lead"], "standfirst", gettext("Read on"))

    def resource(self, value: dict[str, Any]) -> dict[str, Value]:
        return self._card(value["resource"], value["lead"], "abstract", gettext("Open it"))

    def button(self, value: dict[str, Any]) -> dict[str, Value]:
        place = value.get("place") or ""
        if value["page"] is not None:
            target = Target(page=value["page"])
        elif place:
            target = from_anchor(place, self.troubles, self.block_id)
        else:
            target = from_text(value["url"] or "", self.troubles, self.block_id)
        if target.is_empty:
            self.troubles.stop(_("the button leads nowhere"), self.block_id)
        return {"link": Link(Words(value["label"]), target)}

    def figure(self, value: dict[str, Any]) -> dict[str, Value]:
        image = value["image"]
        if image is None:
            self.troubles.stop(_("an image is gone"), self.block_id)
            return {"picture": None, "caption": Words(value["caption"])}
        alt = "" if image.decorative else image.contextual_alt_text or image.description
        if not alt and not image.decorative:
            self.troubles.warn(_("the image says nothing to those who cannot see it"), self.block_id)
        return {
            "picture": pictures.of_image(image, literal(alt), self.troubles, self.block_id),
            "caption": Words(value["caption"]),
        }

    def quote(self, value: dict[str, Any]) -> dict[str, Value]:
        return {"lines": _lines(value["text"]), "source": Words(value["source"])}

    def divider(self, value: object) -> dict[str, Value]:
        return {}

    def signature(self, value: str) -> dict[str, Value]:
        return {"lines": _lines(value)}

    def _card(self, page: Page | None, lead: str, own_lead: str, action: str) -> dict[str, Value]:
        if page is None:
            self.troubles.stop(_("a page shown here is gone"), self.block_id)
            return {"title": None}
        shown = page.localized.specific
        return {
            "title": Link(Words(literal(shown.title)), Target(page=shown)),
            "lead": Words(lead or literal(getattr(shown, own_lead, ""))),
            "meta": Words(literal(_about(shown))),
            "action": Words(action),
            "picture": pictures.cover(shown, self.troubles, self.block_id),
        }


def read(body: StreamValue, troubles: Troubles) -> Iterator[Piece]:
    """The blocks as pieces, in order. Call under `translation.override`: cards follow the active language."""
    for child in body:
        reader = Reader(troubles, child.id or "")
        make: Callable[[Any], dict[str, Value]] = getattr(reader, child.block_type)
        yield Piece(child.block_type, child.id or "", make(child.value))


def _length(source: str) -> int:
    """Columns that a line will take, a tag guessed as a short name."""
    length = sum(TAG_COLUMNS if piece.is_tag else len(piece.text) for piece in split(source))
    return min(length, wrapping.COLUMNS)


def _lines(text: str) -> list[Words]:
    return [Words(line.rstrip()) for line in text.strip().splitlines()]


def _about(page: Page) -> str:
    """Column, author and minutes, as far as the page has them: `Giro di boa · Anna Serra · 6 min`."""
    facts = []
    parent = page.get_parent()
    if parent is not None and parent.specific_class is ColumnPage:
        facts.append(parent.title)
    author = getattr(page, "author", None)
    if author is not None:
        facts.append(author.name)
    if hasattr(page, "get_kind_display"):
        facts.append(page.get_kind_display())
    minutes = reading.minutes(getattr(page, "reading_seconds", 0))
    if minutes:
        facts.append(gettext("%(n)d min") % {"n": minutes})
    return " · ".join(facts)
