"""A cover as SVG for the site and as PNG for mail and link previews, from one list of shapes."""

import hashlib
import io
import math
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw

from content.covers import palettes
from content.covers.chance import Chance
from content.covers.compositions import ALL, STRONG, Arc, Disc, Frame, Shape, grain

WIDE = Frame(1200, 630)  # the shape that link previews ask for
TALL = Frame(900, 1200)  # a booklet in the library
EDITION = "1"  # change it when the drawing changes, so that stored pictures are drawn anew
SPECK = 1.0  # radius in units of the drawing
SPECK_OPACITY = 0.32
FINER = 2  # the raster is drawn this many times larger, then reduced


@dataclass(frozen=True)
class Subject:
    """What a cover is drawn from."""

    title: str
    topic: str = ""  # the topic's translation key; may be empty
    piece: str = ""  # tells two pieces of the same title apart
    palette: str = ""  # name of the topic's palette; empty lets topic or title choose

    @property
    def digest(self) -> str:
        """Twelve hex digits that change when the picture does."""
        words = "\x1f".join((EDITION, self.title, self.topic, self.piece, self.palette))
        return hashlib.blake2b(words.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True)
class Picture:
    """Everything to be drawn, in order."""

    frame: Frame
    palette: palettes.Palette
    shapes: list[Shape]
    specks: list[tuple[float, float]]


def compose(subject: Subject, frame: Frame = WIDE) -> Picture:
    """The picture of a subject; equal subjects give equal pictures."""
    chance = Chance(EDITION, subject.title, subject.topic, subject.piece)
    composition = chance.one_of(ALL)
    return Picture(
        frame=frame,
        palette=palettes.named(subject.palette, subject.topic or subject.title),
        shapes=composition(chance, frame),
        specks=grain(chance, frame),
    )


def svg(subject: Subject, frame: Frame = WIDE) -> str:
    """SVG text whose colours follow the reader's scheme."""
    picture = compose(subject, frame)
    light, dark = picture.palette.tones(), picture.palette.tones(is_dark=True)
    body = "".join(_svg_shape(shape) for shape in picture.shapes)
    specks = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in picture.specks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width} {frame.height}" '
        f'width="{frame.width}" height="{frame.height}" preserveAspectRatio="xMidYMid slice" fill="none">'
        f"<style>{_rules(light)}@media (prefers-color-scheme:dark){{{_rules(dark)}}}</style>"
        f'<path class="g" fill="{light[0]}" d="M0 0h{frame.width}v{frame.height}H0z"/>'
        f'<g stroke-linecap="round">{body}'
        f'<path class="s1" stroke="{light[STRONG]}" stroke-opacity="{SPECK_OPACITY}" '
        f'stroke-width="{SPECK * 2}" d="{specks}"/></g></svg>'
    )


def _rules(tones: tuple[str, ...]) -> str:
    strokes = "".join(f".s{n}{{stroke:{tones[n]}}}.f{n}{{fill:{tones[n]}}}" for n in range(1, len(tones)))
    return f".g{{fill:{tones[0]}}}{strokes}"


def _svg_shape(shape: Shape) -> str:
    if isinstance(shape, Disc):
        return f'<circle class="f{shape.tone}" cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="{shape.radius:.1f}"/>'
    (x1, y1), (x2, y2) = _end(shape, shape.start), _end(shape, shape.start + shape.sweep)
    large = int(shape.sweep > 180)
    return (
        f'<path class="s{shape.tone}" stroke-width="{shape.stroke:.1f}" '
        f'd="M{x1:.1f} {y1:.1f}A{shape.radius:.1f} {shape.radius:.1f} 0 {large} 1 {x2:.1f} {y2:.1f}"/>'
    )


def _end(arc: Arc, angle: float) -> tuple[float, float]:
    turned = math.radians(angle)
    return arc.x + arc.radius * math.cos(turned), arc.y + arc.radius * math.sin(turned)


def png(subject: Subject, frame: Frame = WIDE) -> bytes:
    """PNG bytes of the light picture, `frame` pixels large, 64 colours (about 20 kB)."""
    picture = compose(subject, frame)
    tones = [ImageColor.getrgb(tone) for tone in picture.palette.tones()]
    image = Image.new("RGB", (frame.width * FINER, frame.height * FINER), tones[0])
    draw = ImageDraw.Draw(image)
    for shape in picture.shapes:
        _raster_shape(draw, shape, tones[shape.tone])
    _raster_specks(image, picture.specks, tones[STRONG])
    small = image.resize((frame.width, frame.height), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.quantize(colors=64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _raster_shape(draw: ImageDraw.ImageDraw, shape: Shape, colour: tuple[int, ...]) -> None:
    if isinstance(shape, Disc):
        _dot(draw, (shape.x, shape.y), shape.radius, colour)
        return
    outer = (shape.radius + shape.stroke / 2) * FINER
    x, y = shape.x * FINER, shape.y * FINER
    draw.arc(
        (x - outer, y - outer, x + outer, y + outer),
        shape.start,
        shape.start + shape.sweep,
        fill=colour,
        width=round(shape.stroke * FINER),
    )
    for angle in (shape.start, shape.start + shape.sweep):
        _dot(draw, _end(shape, angle), shape.stroke / 2, colour)


def _dot(draw: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, colour: tuple[int, ...]) -> None:
    x, y, size = at[0] * FINER, at[1] * FINER, radius * FINER
    draw.ellipse((x - size, y - size, x + size, y + size), fill=colour)


def _raster_specks(image: Image.Image, specks: list[tuple[float, float]], colour: tuple[int, ...]) -> None:
    """Lay the grain over the picture, half transparent."""
    layer = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(layer)
    for speck in specks:
        _dot(draw, speck, SPECK, (round(255 * SPECK_OPACITY),))
    image.paste(Image.new("RGB", image.size, colour), mask=layer)
