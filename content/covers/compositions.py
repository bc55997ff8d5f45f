"""Where rings, arcs and discs stand. Each composition is a pure function of chance and frame."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from content.covers.chance import Chance

STRONG, COUNTER, SOFT, VEIL = 1, 2, 3, 4  # positions in a palette; 0 is the ground


@dataclass(frozen=True)
class Frame:
    """The picture's size in units of the drawing."""

    width: int
    height: int

    @property
    def short(self) -> int:
        """The shorter side, to which sizes relate."""
        return min(self.width, self.height)


@dataclass(frozen=True)
class Arc:
    """A piece of a ring; angles in degrees, clockwise from the right."""

    x: float
    y: float
    radius: float
    start: float
    sweep: float
    stroke: float
    tone: int


@dataclass(frozen=True)
class Disc:
    """A full circle."""

    x: float
    y: float
    radius: float
    tone: int


Shape = Arc | Disc
Composition = Callable[[Chance, Frame], list[Shape]]


def veil(chance: Chance, frame: Frame) -> list[Shape]:
    """A great pale disc behind the rest, half out of the picture; missing one time in three."""
    if chance.number() < 1 / 3:
        return []
    side = frame.width * (chance.number(-0.1, 0.2) if chance.number() < 0.5 else chance.number(0.8, 1.1))
    return [Disc(side, frame.height * chance.number(0, 1), frame.short * chance.number(0.5, 0.85), VEIL)]


def echo(chance: Chance, frame: Frame) -> list[Shape]:
    """Rings round one centre, each opening a little further on."""
    count, size = chance.whole(4, 7), frame.short
    x, y = frame.width * chance.number(0.2, 0.8), frame.height * chance.number(0.34, 0.66)
    first, step = chance.number(0.07, 0.14) * size, chance.number(0.1, 0.14) * size
    phase, turn, opening = chance.number(0, 360), chance.number(-42, 42), chance.number(24, 80)
    odd = chance.whole(0, count - 1)
    shapes = veil(chance, frame)
    for number in range(count):
        tone = COUNTER if number == odd else (SOFT if number % 3 == 2 else STRONG)
        stroke = step * (0.66 if number == odd else chance.number(0.2, 0.5))
        shapes.append(
            Arc(x, y, first + step * number, phase + turn * number + opening / 2, 360 - opening, stroke, tone)
        )
    return shapes


def orbit(chance: Chance, frame: Frame) -> list[Shape]:
    """One great open ring with discs travelling on it."""
    radius = frame.short * chance.number(0.33, 0.46)
    x, y = frame.width * chance.number(0.28, 0.72), frame.height * chance.number(0.44, 0.56)
    phase, opening = chance.number(0, 360), chance.number(34, 70)
    shapes: list[Shape] = [
        Disc(x, y, radius * chance.number(1.3, 1.7), VEIL),
        Disc(x, y, radius * chance.number(0.34, 0.66), SOFT),
        Arc(x, y, radius, phase + opening / 2, 360 - opening, radius * chance.number(0.12, 0.28), STRONG),
    ]
    for number in range(chance.whole(1, 3)):
        angle = math.radians(phase + 180 + (number - 1) * chance.number(38, 62))
        size = radius * chance.number(0.12, 0.22) * (1.5 if number == 0 else 1)
        shapes.append(Disc(x + radius * math.cos(angle), y + radius * math.sin(angle), size, COUNTER))
    return shapes


def chain(chance: Chance, frame: Frame) -> list[Shape]:
    """Open rings linked across the width."""
    count = chance.whole(3, 5)
    radius = frame.short * chance.number(0.25, 0.36)
    gap = radius * chance.number(1.1, 1.5)
    left, y = (frame.width - gap * (count - 1)) / 2, frame.height * chance.number(0.44, 0.56)
    phase, turn, slope = chance.number(0, 360), chance.number(50, 140), chance.number(-0.2, 0.2)
    stroke, odd = radius * chance.number(0.14, 0.3), chance.whole(0, count - 1)
    rings: list[Shape] = [
        Arc(
            left + gap * number,
            y + slope * gap * (number - (count - 1) / 2),
            radius,
            phase + turn * number,
            360 - chance.number(26, 74),
            stroke,
            COUNTER if number == odd else (STRONG if number % 2 else SOFT),
        )
        for number in range(count)
    ]
    return veil(chance, frame) + rings


def spiral(chance: Chance, frame: Frame) -> list[Shape]:
    """Half rings that grow and never close: a loop that leads on."""
    count = chance.whole(5, 8)
    step = frame.short * chance.number(0.13, 0.19)
    x, y = frame.width * chance.number(0.3, 0.7), frame.height * chance.number(0.44, 0.56)
    tilt, stroke = chance.number(0, 360), step * chance.number(0.26, 0.5)
    along = (math.cos(math.radians(tilt)), math.sin(math.radians(tilt)))
    odd = chance.whole(1, count - 1)
    shapes = veil(chance, frame)
    for number in range(count):
        shift = step / 2 if number % 2 else 0.0
        start = tilt + (180 if number % 2 else 0)
        tone = COUNTER if number == odd else STRONG
        radius = step * (number + 1) / 2
        shapes.append(Arc(x + along[0] * shift, y + along[1] * shift, radius, start, 180, stroke, tone))
    return shapes


def moons(chance: Chance, frame: Frame) -> list[Shape]:
    """A field of small open rings that turn as they go, one of them full."""
    rows = chance.whole(2, 3) if frame.width > frame.height else chance.whole(3, 4)
    cell = frame.height / (rows + 0.3)
    columns = max(2, int(frame.width / cell))
    left, top = (frame.width - cell * (columns - 1)) / 2, (frame.height - cell * (rows - 1)) / 2
    radius, stroke = cell * chance.number(0.27, 0.36), cell * chance.number(0.07, 0.16)
    phase, turn, lean = chance.number(0, 360), chance.number(14, 46), chance.number(-40, 40)
    opening, full = chance.number(40, 110), (chance.whole(0, rows - 1), chance.whole(0, columns - 1))
    shapes: list[Shape] = []
    for row in range(rows):
        for column in range(columns):
            x, y = left + cell * column, top + cell * row
            if (row, column) == full:
                shapes.append(Disc(x, y, radius + stroke / 2, COUNTER))
                continue
            start = phase + turn * column + lean * row
            tone = SOFT if (row + column) % 3 == 0 else STRONG
            shapes.append(Arc(x, y, radius, start, 360 - opening, stroke, tone))
    return shapes


def ripple(chance: Chance, frame: Frame) -> list[Shape]:
    """Two centres send out arcs that meet: the one who writes, the one who reads."""
    size, count = frame.short, chance.whole(4, 6)
    step, stroke = frame.width * chance.number(0.085, 0.105), size * chance.number(0.028, 0.06)
    centres = (
        (frame.width * chance.number(0.04, 0.2), frame.height * chance.number(0.3, 0.7)),
        (frame.width * chance.number(0.8, 0.96), frame.height * chance.number(0.3, 0.7)),
    )
    lean = chance.number(-24, 24)
    shapes: list[Shape] = []
    for side, (x, y) in enumerate(centres):
        shapes.append(Disc(x, y, step * chance.number(0.4, 0.7), COUNTER if side else STRONG))
        middle = (180 if side else 0) + lean
        for number in range(1, count + 1):
            reach = chance.number(80, 170)
            tone = SOFT if number % 2 == side else (COUNTER if side else STRONG)
            shapes.append(Arc(x, y, step * (number + 0.3), middle - reach / 2, reach, stroke, tone))
    return shapes


def tide(chance: Chance, frame: Frame) -> list[Shape]:
    """A large disc behind arcs that rise over it."""
    radius = frame.short * chance.number(0.32, 0.48)
    x, y = frame.width * chance.number(0.26, 0.74), frame.height * chance.number(0.4, 0.6)
    count, step = chance.whole(3, 5), frame.short * chance.number(0.08, 0.11)
    way, opening = chance.number(0, 360), chance.number(120, 190)
    shift = frame.short * chance.number(0.1, 0.3)
    cx, cy = x + math.cos(math.radians(way)) * shift, y + math.sin(math.radians(way)) * shift
    shapes: list[Shape] = [Disc(x, y, radius, SOFT)]
    for number in range(count):
        tone = COUNTER if number == count - 1 else STRONG
        stroke = step * chance.number(0.25, 0.6)
        start = way + opening / 2 + 9 * number
        shapes.append(Arc(cx, cy, radius * 0.6 + step * number, start, 360 - opening, stroke, tone))
    return shapes


def wheel(chance: Chance, frame: Frame) -> list[Shape]:
    """A few very broad rings seen so near that they leave the picture."""
    x = frame.width * (chance.number(0.04, 0.3) if chance.number() < 0.5 else chance.number(0.7, 0.96))
    y = frame.height * chance.number(0.1, 0.9)
    stroke = frame.short * chance.number(0.15, 0.22)
    gap = stroke * chance.number(1.12, 1.5)
    phase, turn = chance.number(0, 360), chance.number(60, 150)
    tones = (COUNTER, STRONG, SOFT, VEIL) if chance.number() < 0.5 else (STRONG, SOFT, COUNTER, VEIL)
    shapes: list[Shape] = []
    for number, tone in enumerate(tones):
        radius = gap * (number + 0.86)
        opening = math.degrees(stroke * chance.number(1.7, 2.6) / radius)  # wider than the round ends
        shapes.append(Arc(x, y, radius, phase + turn * number, 360 - opening, stroke, tone))
    return shapes


def winding(chance: Chance, frame: Frame) -> list[Shape]:
    """Tiles of quarter rings, turned by chance: paths that wander, meet and come back."""
    rows = chance.whole(2, 3) if frame.width > frame.height else chance.whole(3, 4)
    cell = frame.height / rows
    columns = math.ceil(frame.width / cell)
    layers = chance.whole(2, 3)
    stroke, odd = cell / layers * chance.number(0.2, 0.42), chance.whole(0, rows * columns - 1)
    soft_every = chance.whole(2, 4)
    shapes: list[Shape] = []
    for number in range(rows * columns):
        row, column = divmod(number, columns)
        corner = chance.whole(0, 3)  # clockwise from the upper left
        x = (column + (corner in (1, 2))) * cell
        y = (row + (corner in (2, 3))) * cell
        tone = COUNTER if number == odd else (SOFT if number % soft_every == 1 else STRONG)
        shapes.extend(
            Arc(x, y, cell * (layer + 0.5) / layers, 90 * corner, 90, stroke, tone) for layer in range(layers)
        )
    return shapes


ALL: tuple[Composition, ...] = (echo, orbit, chain, spiral, moons, ripple, tide, wheel, winding)


def grain(chance: Chance, frame: Frame, n_specks: int = 280) -> list[tuple[float, float]]:
    """Specks as of recycled paper, spread evenly by jitter in a grid."""
    columns = max(1, round(math.sqrt(n_specks * frame.width / frame.height)))
    rows = max(1, round(n_specks / columns))
    width, height = frame.width / columns, frame.height / rows
    return [
        ((column + chance.number()) * width, (row + chance.number()) * height)
        for row in range(rows)
        for column in range(columns)
    ]
