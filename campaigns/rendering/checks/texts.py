"""The texts of a message that may hold tags, each with its place, and what is wrong in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.blocks import StreamValue
from wagtail.rich_text import RichText

from campaigns.rendering import links, richtext, syntax
from campaigns.rendering.trouble import Troubles

ADDRESSES = frozenset({"url"})  # fields of blocks that hold an address, not a text
HEAD = ("subject", "preheader")


class Message(Protocol):
    """An issue or an email."""

    subject: str
    preheader: str
    body: StreamValue


@dataclass(frozen=True)
class Text:
    """One text as somebody typed it; in rich text a line is a paragraph."""

    field: str  # subject, preheader, body
    source: str
    place: str = ""  # “Block 3, Text”; empty outside the body
    block_id: str = ""
    is_cut: bool = False  # formatting begins or ends inside a tag


@dataclass(frozen=True)
class Complaint:
    """A problem and where it stands."""

    text: Text
    problem: str

    def __str__(self) -> str:
        return f"{self.text.place}: {self.problem}" if self.text.place else self.problem


def of_message(message: Message) -> Iterator[Text]:
    """Every text, in the order of reading."""
    for name in HEAD:
        yield Text(name, getattr(message, name))
    for number, child in enumerate(message.body, start=1):
        place = _("Block %(number)d, %(kind)s") % {"number": number, "kind": capfirst(str(child.block.label))}
        yield from _of_block(child.block, child.value, place, child.id or "")


def _of_block(block: blocks.Block, value: Any, place: str, block_id: str) -> Iterator[Text]:  # Any: as blocks have it
    if isinstance(value, RichText):
        paragraphs = richtext.read(value.source)
        is_cut = any(paragraph.has_cut_tag() for paragraph in paragraphs)
        yield Text("body", "\n".join(paragraph.source for paragraph in paragraphs), place, block_id, is_cut)
    elif isinstance(block, blocks.StructBlock) and isinstance(value, blocks.StructValue):
        for name, child in block.child_blocks.items():
            if name not in ADDRESSES and value.get(name) is not None:
                yield from _of_block(child, value[name], place, block_id)
    elif isinstance(block, blocks.CharBlock | blocks.TextBlock):
        yield Text("body", str(value), place, block_id)


def complaints(message: Message, vocabulary: syntax.Vocabulary) -> list[Complaint]:
    """What must be mended before this can be saved: by block, line and column."""
    found = []
    for text in of_message(message):
        if text.is_cut:
            found.append(Complaint(text, _("formatting begins or ends inside the braces; clear it there")))
        else:
            found += [Complaint(text, str(problem)) for problem in syntax.problems(text.source, vocabulary)]
    return found + list(_bad_addresses(message, vocabulary))


def _bad_addresses(message: Message, vocabulary: syntax.Vocabulary) -> Iterator[Complaint]:
    """Tags in addresses; that an address leads somewhere is asked later, at the review."""
    for number, child in enumerate(message.body, start=1):
        url = child.value.get("url") if isinstance(child.value, blocks.StructValue) else None
        if not url or "{" not in url:
            continue
        text = Text("body", url, _("Block %(number)d, address") % {"number": number}, child.id or "")
        troubles = Troubles()
        links.from_text(url, troubles, text.block_id)
        words = [finding.text for finding in troubles.found] or [str(p) for p in syntax.problems(url, vocabulary)]
        yield from (Complaint(text, word) for word in words)


def errors(message: Message, vocabulary: syntax.Vocabulary) -> dict[str, list[str]]:
    """The complaints as a form shows them: {field: messages}."""
    found: dict[str, list[str]] = {}
    for complaint in complaints(message, vocabulary):
        found.setdefault(complaint.text.field, []).append(str(complaint))
    return found
