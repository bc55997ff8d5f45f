"""The sample's film, drawn frame by frame: a pyramid of strangers turns over and becomes a round. Silent, 36 seconds.

Its words are captions, so that one file serves every language. The finished file lies in `texts/films`; after a change
here it is made anew, by whoever has ffmpeg (nobody else needs it):

    python -m campaigns.sample.film campaigns/sample/texts/films/piramide.mp4
"""

import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw

from content.covers.chance import Chance
from content.covers.palettes import blend, named

SIZE = (1280, 720)
FINER = 2  # drawn so many times larger, then reduced
RATE = 25  # frames a second
SECONDS = 36
ROWS = (9, 7, 5, 3, 1)  # from the ground up
APART = (98, 104)  # between dots of a row, between rows
MIDDLE = (640.0, 330.0)
DOT = 27.0
RING = 232.0
OPENING = (-74.5, -15.5)  # degrees, clockwise from the right: where the publication's own ring is open
GROUND, CREAM, CORAL, VIOLET = named("night", "").light
FAINT = blend(GROUND, VIOLET, 0.55)
ENCODER = "-c:v libx264 -preset veryslow -crf 24 -tune animation -pix_fmt yuv420p -movflags +faststart -an"


@dataclass(frozen=True)
class Dot:
    """One person of the pyramid."""

    row: int
    place: int  # within the row, from the left
    number: int  # of all

    @property
    def stands(self) -> tuple[float, float]:
        """Where it stands in the pyramid, from the middle of the picture."""
        x = (self.place - (ROWS[self.row] - 1) / 2) * APART[0]
        return x, ((len(ROWS) - 1) / 2 - self.row) * APART[1]

    @property
    def is_central(self) -> bool:
        """Whether it stands on the line from the ground to the tip."""
        return self.place == ROWS[self.row] // 2


DOTS = [Dot(row, place, sum(ROWS[:row]) + place) for row, n_in_row in enumerate(ROWS) for place in range(n_in_row)]


def frames() -> Iterator[Image.Image]:
    """Every picture of the film."""
    for number in range(SECONDS * RATE):
        yield frame(number / RATE)


def frame(at: float) -> Image.Image:
    """The picture at a moment, in seconds."""
    image = Image.new("RGB", (SIZE[0] * FINER, SIZE[1] * FINER), ImageColor.getrgb(GROUND))
    sheet = Sheet(ImageDraw.Draw(image))
    sheet.disc((1120, 90), 420, blend(GROUND, VIOLET, 0.16))
    _ripples(sheet, at)
    for dot in DOTS:
        _dot(sheet, dot, at)
    _round(sheet, at)
    _guest(sheet, at)
    return image.reduce(FINER)


@dataclass(frozen=True)
class Sheet:
    """What is drawn on, in the film's own measures."""

    draw: ImageDraw.ImageDraw

    def disc(self, at: tuple[float, float], radius: float, colour: str) -> None:
        """A full circle."""
        x, y, size = at[0] * FINER, at[1] * FINER, radius * FINER
        self.draw.ellipse((x - size, y - size, x + size, y + size), fill=colour)

    def arc(self, at: tuple[float, float], radius: float, turn: tuple[float, float], thick: float, colour: str) -> None:
        """A piece of a ring with round ends, from `turn[0]` degrees clockwise over `turn[1]`."""
        start, sweep = turn
        if sweep <= 0 or radius <= 0:
            return
        x, y, outer = at[0] * FINER, at[1] * FINER, (radius + thick / 2) * FINER
        box = (x - outer, y - outer, x + outer, y + outer)
        self.draw.arc(box, start, start + sweep, fill=colour, width=round(thick * FINER))
        for angle in (start, start + sweep):
            self.disc(_on_ring(at, radius, angle), thick / 2, colour)


def _dot(sheet: Sheet, dot: Dot, at: float) -> None:
    comes = _eased(at, 0.6 + dot.row * 0.95 + dot.place * 0.06, 0.5)
    joins = _eased(at, 28.5 + (len(DOTS) - 1 - dot.number) * 0.12, 0.6)  # becomes part of the ring
    radius = DOT * comes * (1 - joins)
    if radius < 1:
        return
    colour, is_full = _colour(dot, at)
    where = _where(dot, at)
    if is_full:
        sheet.disc(where, radius, colour)
    else:
        start = Chance("film", str(dot.number)).number(0, 360)
        sheet.arc(where, radius - 3, (start, 300 * comes), 6, colour)


def _where(dot: Dot, at: float) -> tuple[float, float]:
    """In the pyramid, which turns over, and then on the ring."""
    turn = _eased(at, 12.4, 2.6)
    angle, nearer = math.pi * turn, 1 - 0.3 * math.sin(math.pi * turn)  # it draws together to keep inside the picture
    x, y = (side * nearer for side in dot.stands)
    turned = (
        MIDDLE[0] + x * math.cos(angle) - y * math.sin(angle),
        MIDDLE[1] + x * math.sin(angle) + y * math.cos(angle),
    )
    share = _eased(at, 24.6 + dot.row * 0.18, 2.8)
    goal = _on_ring(MIDDLE, RING, _seat(dot))
    return turned[0] + (goal[0] - turned[0]) * share, turned[1] + (goal[1] - turned[1]) * share


def _seat(dot: Dot) -> float:
    """Its angle on the ring: those at the tip sit beside the opening."""
    whole = 360 - (OPENING[1] - OPENING[0])
    return OPENING[1] + whole * (len(DOTS) - 1 - dot.number) / (len(DOTS) - 1)


def _colour(dot: Dot, at: float) -> tuple[str, bool]:
    """Strangers are violet rings; those who were reached are cream and full; the first is coral."""
    lit_at = 17.6 + (len(ROWS) - 1 - dot.row) * 1.45 + abs(dot.place - ROWS[dot.row] // 2) * 0.09
    is_tip = dot.row == len(ROWS) - 1
    if at >= lit_at - 1.4 and is_tip:
        return blend(CREAM, CORAL, _eased(at, lit_at - 1.4, 0.7)), True
    if at >= lit_at:
        return blend(VIOLET, CREAM, _eased(at, lit_at, 0.3)), True
    if is_tip:
        return blend(VIOLET, CREAM, _eased(at, 5.6, 0.6)), at > 5.9
    lost = 0.0 if dot.is_central else _eased(at, 8.0 + Chance("lost", str(dot.number)).number(0, 1.8), 0.7)
    return blend(VIOLET, FAINT, lost), False


def _ripples(sheet: Sheet, at: float) -> None:
    """What goes out from the one person: rings that widen and fade."""
    tip = (MIDDLE[0], MIDDLE[1] + (len(ROWS) - 1) / 2 * APART[1])
    for begins in (17.4, 18.9, 20.4, 21.9):
        share = (at - begins) / 3.6
        if 0 < share < 1:
            colour = blend(GROUND, CORAL, 0.6 * (1 - share))
            sheet.arc(tip, DOT + 490 * _smooth(share), (0, 360), 4, colour)


def _round(sheet: Sheet, at: float) -> None:
    """The ring draws itself through those who sit on it, and stays open."""
    share = _eased(at, 28.4, 3.6)
    sheet.arc(MIDDLE, RING, (OPENING[1], share * (360 - (OPENING[1] - OPENING[0]))), 20, CREAM)


def _guest(sheet: Sheet, at: float) -> None:
    """Somebody new comes in by the opening."""
    share = _eased(at, 32.2, 2.2)
    if share <= 0:
        return
    angle = sum(OPENING) / 2
    sheet.disc(_on_ring(MIDDLE, 620 * (1 - share) + 26 * share, angle), DOT, CORAL)


def _on_ring(middle: tuple[float, float], radius: float, degrees: float) -> tuple[float, float]:
    turned = math.radians(degrees)
    return middle[0] + radius * math.cos(turned), middle[1] + radius * math.sin(turned)


def _eased(at: float, begins: float, lasts: float) -> float:
    """How far a movement has come, from 0 to 1, slow at both ends."""
    return _smooth(min(1.0, max(0.0, (at - begins) / lasts)))


def _smooth(share: float) -> float:
    return share * share * (3 - 2 * share)


def encode(target: Path) -> None:
    """Write the film as MP4, which every browser plays."""
    size = f"{SIZE[0]}x{SIZE[1]}"
    given = f"ffmpeg -y -loglevel error -f rawvideo -pix_fmt rgb24 -s {size} -r {RATE} -i - {ENCODER}"
    with subprocess.Popen([*given.split(), str(target)], stdin=subprocess.PIPE) as encoder:  # noqa: S603 — our own words
        for picture in frames():
            assert encoder.stdin is not None
            encoder.stdin.write(picture.tobytes())


if __name__ == "__main__":
    encode(Path(sys.argv[1]))
