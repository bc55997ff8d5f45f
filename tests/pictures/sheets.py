"""Lays the eight variants of a view on one sheet, and cuts the pictures of the README."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw

from tests.pictures.shooting import Taken

SHOWN = {1440: 560, 360: 240}  # width of a picture on the sheet, by its own
MOST = 1500  # height of a row of the sheet; what is longer is cut
GAP, LINE = 24, 28
PAPER, INK = "#e8e4de", "#231b18"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "pictures"
# The six of the README: (view, language, scheme, width) and how much of it, in CSS pixels.
README = {
    "home": (("home", "it", "light", 1440), 900),
    "article": (("article", "en", "dark", 1440), 900),
    "library": (("library", "en", "light", 1440), 900),
    "office": (("office-home", "it", "light", 1440), 900),
    "journey": (("office-journey", "en", "dark", 1440), 900),
    "phone": (("article", "it", "light", 360), 740),
}


def lay(taken: Sequence[Taken], folder: Path) -> list[Path]:
    """One sheet a view, `sheet-NAME.png`; gives their files."""
    ordered = sorted(taken, key=lambda one: (one.view, -one.width, one.language, one.scheme))
    made = []
    for view, variants in groupby(ordered, key=lambda one: one.view):
        rows = [list(row) for _width, row in groupby(variants, key=lambda one: one.width)]
        made.append(folder / f"sheet-{view}.png")
        sheet(rows).save(made[-1], optimize=True)
    return made


def sheet(rows: Sequence[Sequence[Taken]]) -> Image.Image:
    """The wide ones above, the narrow ones below, each with its language and scheme."""
    pictures = [[(one, small(one)) for one in row] for row in rows]
    width = max(sum(picture.width + GAP for _one, picture in row) for row in pictures) + GAP
    height = sum(max(picture.height for _one, picture in row) + LINE + GAP for row in pictures) + GAP
    paper = Image.new("RGB", (width, height), PAPER)
    pen, top = ImageDraw.Draw(paper), GAP
    for row in pictures:
        left = GAP
        for one, picture in row:
            pen.text((left, top), f"{one.language} {one.scheme} {one.width}", fill=INK)
            paper.paste(picture, (left, top + LINE))
            left += picture.width + GAP
        top += max(picture.height for _one, picture in row) + LINE + GAP
    return paper


def small(one: Taken) -> Image.Image:
    """A picture at the sheet's size."""
    with Image.open(one.file) as picture:
        shown = SHOWN[one.width]
        scaled = picture.convert("RGB").resize((shown, round(picture.height * shown / picture.width)))
    return scaled.crop((0, 0, shown, min(scaled.height, MOST)))


def for_readme(taken: Sequence[Taken]) -> None:
    """Cut and pack the pictures that the README shows."""
    files = {(one.view, one.language, one.scheme, one.width): one.file for one in taken}
    DOCS.mkdir(exist_ok=True)
    for name, (key, height) in README.items():
        with Image.open(files[key]) as picture:
            cut = picture.convert("RGB").crop((0, 0, picture.width, min(height, picture.height)))
        cut.quantize(192, dither=Image.Dither.NONE).save(DOCS / f"{name}.png", optimize=True)
