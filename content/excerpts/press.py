"""A program of its own: a PDF on its standard input, the pictures of its first pages on its standard output.

`python -I press.py N WIDTH`. It reads files that anybody may have made, with a library that is not made of Python. So
it stands alone: it imports nothing of ours, gets neither settings nor keys, and first of all takes limits upon itself.
Whoever starts it ends it (`content.excerpts.making`).

Writes one line of JSON, {"n_pages": pages of the file, "sheets": [[width, height, bytes], …]}, and then the pictures
(WebP) one after the other. Ends with UNREADABLE where the file is broken, locked by a password, or no PDF.
"""

import io
import json
import os
import resource
import sys
from contextlib import suppress
from typing import BinaryIO

from pypdfium2 import PdfDocument, PdfiumError, PdfPage

UNREADABLE = 3  # exit status
LIMITS = {
    "RLIMIT_CPU": 6,  # seconds; starting takes 0.3 of one, a page of text 0.05
    "RLIMIT_AS": 1024**3,  # bytes; this program starts with 0.1 GB, a file may have 0.05
    "RLIMIT_FSIZE": 4 * 1024**2,  # bytes of the answer; four sheets have about 0.2 MB
    "RLIMIT_NPROC": 0,
}
LONGEST = 3  # times as high as wide, or as wide as high; anything beyond is no sheet of paper
QUALITY = 78  # of WebP: small letters stay crisp, a page has about 45 kB
Sheet = tuple[int, int, bytes]  # width and height in pixels, WebP


def main(number: int, width: int) -> int:
    """Read, draw, write; gives the exit status."""
    confine()
    try:
        with PdfDocument(sys.stdin.buffer.read()) as pdf:
            n_pages, sheets = len(pdf), draw(pdf, number, width)
    except PdfiumError:
        return UNREADABLE
    write(sys.stdout.buffer, n_pages, sheets)
    return 0


def confine() -> None:
    """Limit time, memory and what is written; a system that lacks one of the limits goes without it."""
    os.nice(10)
    for name, most in LIMITS.items():
        with suppress(AttributeError, ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (most, most))


def draw(pdf: PdfDocument, number: int, width: int) -> list[Sheet]:
    """The first pages, as far as they have the shape of paper."""
    sheets = []
    for place in range(min(number, len(pdf))):
        page = pdf[place]
        across, down = page.get_size()
        if across <= 0 or down <= 0 or not 1 / LONGEST <= down / across <= LONGEST:
            break
        sheets.append(draw_one(page, width, round(width * down / across)))
    return sheets


def draw_one(page: PdfPage, width: int, height: int) -> Sheet:
    """One page; fields to fill in and scripts are left out."""
    image = page.render(scale=width / page.get_width(), may_draw_forms=False).to_pil()
    image = image.convert("RGB").crop((0, 0, width, min(image.height, height)))  # PDFium rounds up
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY)
    return image.width, image.height, out.getvalue()


def write(out: BinaryIO, n_pages: int, sheets: list[Sheet]) -> None:
    """The line and the pictures."""
    head = {"n_pages": n_pages, "sheets": [[width, height, len(picture)] for width, height, picture in sheets]}
    out.write(json.dumps(head).encode() + b"\n")
    for _width, _height, picture in sheets:
        out.write(picture)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
