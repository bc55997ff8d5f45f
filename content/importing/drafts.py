"""The blocks of a piece before links and images are settled."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """Parts the text."""

    text: str


@dataclass(frozen=True)
class Text:
    """Paragraphs and lists."""

    html: str  # clean rich text; links as written


@dataclass(frozen=True)
class Figure:
    """An image with its words."""

    src: str  # as written
    alt: str = ""
    caption: str = ""  # clean rich text


@dataclass(frozen=True)
class Quote:
    """Somebody's words."""

    text: str
    source: str = ""


@dataclass(frozen=True)
class Code:
    """Lines as they were written."""

    text: str


Block = Heading | Text | Figure | Quote | Code
