"""A small writer of PDF files: text in the fonts every reader has, lines, arcs and colours. Same input, same bytes.

Source: ISO 32000-1:2008, 7.5 (file structure), 8 (graphics), 9 (text), Annex D (WinAnsiEncoding).
Widths: Adobe's font metrics for the standard 14 fonts, in thousandths of the size.
"""

import math
from dataclasses import dataclass, field
from enum import Enum

A4 = (595.28, 841.89)  # points
Colour = tuple[float, float, float]  # red, green, blue from 0 to 1
KAPPA = 0.5522847498  # of a quarter circle drawn as one Bézier curve


class Font(Enum):
    """The faces used here, by their name in the file."""

    SERIF = "Times-Roman"
    BOLD = "Times-Bold"
    ITALIC = "Times-Italic"


# From the space (32) to the tilde (126).
WIDTHS = {
    Font.SERIF: (
        "250 333 408 500 500 833 778 180 333 333 500 564 250 333 250 278 500 500 500 500 500 500 500 500 500 "
        "500 278 278 564 564 564 444 921 722 667 667 722 611 556 722 722 333 389 722 611 889 722 722 556 722 "
        "667 556 611 722 722 944 722 722 611 333 278 333 469 500 333 444 500 444 500 444 333 500 500 278 278 "
        "500 278 778 500 500 500 500 333 389 278 500 500 722 500 500 444 480 200 480 541"
    ),
    Font.BOLD: (
        "250 333 555 500 500 1000 833 278 333 333 500 570 250 333 250 278 500 500 500 500 500 500 500 500 "
        "500 500 333 333 570 570 570 500 930 722 667 722 722 667 611 778 778 389 500 778 667 944 722 778 611 "
        "778 722 556 667 722 722 1000 722 722 667 333 278 333 581 500 333 500 556 444 556 444 333 500 556 "
        "278 333 556 278 833 556 500 556 556 444 389 333 556 500 722 500 500 444 394 220 394 520"
    ),
    Font.ITALIC: (
        "250 333 420 500 500 833 778 214 333 333 500 675 250 333 250 278 500 500 500 500 500 500 500 500 500 "
        "500 333 333 675 675 675 500 920 611 611 667 722 611 611 722 722 333 444 667 556 833 667 722 611 722 "
        "611 500 556 722 611 833 611 556 556 389 278 389 422 500 333 500 500 444 500 444 278 500 500 278 278 "
        "444 278 722 500 500 500 500 389 389 278 500 444 667 444 444 389 400 275 400 541"
    ),
}
# Signs beyond ASCII that texts use; accented letters are as wide as their base.
MORE = {"‘": 333, "’": 333, "“": 444, "”": 444, "«": 500, "»": 500, "–": 500, "—": 1000, "…": 1000, "•": 350, "€": 500}
BOLD_QUOTES = {"“": 500, "”": 500}
BASES = str.maketrans("àáâäèéêëìíîïòóôöùúûüÀÈÉÌÒÙçñ", "aaaaeeeeiiiioooouuuuAEEIOUcn")
_TABLES = {font: [int(width) for width in line.split()] for font, line in WIDTHS.items()}


def width(text: str, font: Font, size: float) -> float:
    """How wide a text is, in points."""
    table = _TABLES[font]
    total = 0
    for letter in text.translate(BASES):
        code = ord(letter)
        extra = BOLD_QUOTES.get(letter) if font is Font.BOLD else None
        total += extra or MORE.get(letter) or (table[code - 32] if 32 <= code < 127 else 500)
    return total * size / 1000


@dataclass
class Page:
    """One page as a list of drawing operators; the origin is the lower left corner."""

    size: tuple[float, float] = A4
    operators: list[str] = field(default_factory=list)

    def fill(self, colour: Colour) -> None:
        """Paint the whole page."""
        self.operators.append(f"{_rgb(colour)} rg 0 0 {_n(self.size[0])} {_n(self.size[1])} re f")

    def text(self, x: float, y: float, text: str, font: Font, size: float, colour: Colour) -> None:
        """One line of text from its left end on the baseline."""
        name = list(Font).index(font) + 1
        self.operators.append(
            f"BT /F{name} {_n(size)} Tf {_rgb(colour)} rg 1 0 0 1 {_n(x)} {_n(y)} Tm ({_escaped(text)}) Tj ET"
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, thick: float, colour: Colour) -> None:
        """A straight line."""
        self.operators.append(f"{_rgb(colour)} RG {_n(thick)} w {_n(x1)} {_n(y1)} m {_n(x2)} {_n(y2)} l S")

    def polygon(self, points: list[tuple[float, float]], thick: float, colour: Colour) -> None:
        """A closed outline."""
        first, *others = (f"{_n(x)} {_n(y)}" for x, y in points)
        lines = " ".join(f"{point} l" for point in others)
        self.operators.append(f"{_rgb(colour)} RG {_n(thick)} w {first} m {lines} s")

    def arc(self, x: float, y: float, radius: float, start: float, sweep: float, thick: float, colour: Colour) -> None:
        """Part of a circle round (x, y), from `start` degrees counter-clockwise over `sweep`, with round ends."""
        n_parts = max(1, math.ceil(sweep / 90))
        step = math.radians(sweep / n_parts)
        handle = radius * KAPPA * (step / (math.pi / 2))
        angle = math.radians(start)
        path = [f"{_n(x + radius * math.cos(angle))} {_n(y + radius * math.sin(angle))} m"]
        for _part in range(n_parts):
            path.append(_curve(x, y, radius, angle, angle + step, handle))
            angle += step
        self.operators.append(f"1 J {_rgb(colour)} RG {_n(thick)} w {' '.join(path)} S 0 J")


def _curve(x: float, y: float, radius: float, start: float, end: float, handle: float) -> str:
    from_x, from_y = x + radius * math.cos(start), y + radius * math.sin(start)
    to_x, to_y = x + radius * math.cos(end), y + radius * math.sin(end)
    first = (from_x - handle * math.sin(start), from_y + handle * math.cos(start))
    second = (to_x + handle * math.sin(end), to_y - handle * math.cos(end))
    return " ".join(f"{_n(value)}" for value in (*first, *second, to_x, to_y)) + " c"


@dataclass(frozen=True)
class Document:
    """A whole file."""

    title: str
    language: str  # it, en: for reading aloud
    pages: list[Page]

    def write(self) -> bytes:
        """The bytes of the file; no date and no chance in them."""
        n_pages = len(self.pages)
        fonts = {number: f"/F{number} {2 + number} 0 R" for number in range(1, len(Font) + 1)}
        first_page = 3 + len(Font)
        kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(n_pages))
        objects = [
            f"<< /Type /Catalog /Pages 2 0 R /Lang ({self.language}) /ViewerPreferences << /DisplayDocTitle true >> >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {n_pages} >>",
            *(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font.value} /Encoding /WinAnsiEncoding >>" for font in Font),
        ]
        for number, page in enumerate(self.pages):
            objects += _page_objects(page, first_page + 2 * number, " ".join(fonts.values()))
        return _file(objects, self.title)


def _page_objects(page: Page, number: int, fonts: str) -> list[str]:
    content = "\n".join(page.operators)
    return [
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_n(page.size[0])} {_n(page.size[1])}] "
        f"/Resources << /Font << {fonts} >> >> /Contents {number + 1} 0 R >>",
        f"<< /Length {len(content.encode('latin-1'))} >>\nstream\n{content}\nendstream",
    ]


def _file(objects: list[str], title: str) -> bytes:
    """Objects, their table of places, and the trailer."""
    info = "<< /Title <FEFF" + title.encode("utf-16-be").hex().upper() + "> /Producer (Circolare) >>"
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, text in enumerate([*objects, info], start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    size = len(places) + 1
    out += f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(places)} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _escaped(text: str) -> str:
    """A text as the inside of a PDF string in WinAnsi; latin-1 carries its bytes through."""
    raw = text.encode("cp1252", errors="replace").decode("latin-1")
    return raw.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _rgb(colour: Colour) -> str:
    return " ".join(_n(part) for part in colour)


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
