"""The ring in a publisher's own accent: PNG for mails, SVG for the browser's tab."""

import io
import math

from PIL import Image, ImageColor, ImageDraw

SIZE = 96  # pixels; mails show a third of it
FINER = 4  # drawn this many times larger, then reduced
RADIUS, STROKE = 9 / 24, 3.2 / 24  # shares of the size, as in img/ring.svg
START, END = -15.5, 285.5  # degrees, clockwise from the right: open at the upper right


def png(colour: str) -> bytes:
    """The ring on nothing, SIZE pixels wide. Takes "#rrggbb"."""
    side = SIZE * FINER
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    ink, middle, half = ImageColor.getrgb(colour), side / 2, STROKE * side / 2
    draw.arc(_round(middle, middle, RADIUS * side + half), START, END, fill=ink, width=round(2 * half))
    for angle in (math.radians(START), math.radians(END)):
        end = (middle + RADIUS * side * math.cos(angle), middle + RADIUS * side * math.sin(angle))
        draw.ellipse(_round(*end, half), fill=ink)
    out = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _round(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    """The box of a circle."""
    return x - radius, y - radius, x + radius, y + radius


def svg(light: str, dark: str) -> str:
    """The ring in the colour of the reader's scheme."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none"><style>'
        f"path{{stroke:{light}}}@media (prefers-color-scheme:dark){{path{{stroke:{dark}}}}}</style>"
        f'<path stroke="{light}" stroke-width="3.2" stroke-linecap="round" d="M14.4 3.34A9 9 0 1 0 20.66 9.6"/></svg>'
    )
