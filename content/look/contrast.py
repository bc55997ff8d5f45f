"""How far two colours stand apart, and the shade next to one that stands far enough. Colours are "#rrggbb"."""

from collections.abc import Callable

ENOUGH = 4.5  # to 1, for text. Source: WCAG 2.2, 1.4.3
BLACK, WHITE = "#000000", "#ffffff"


def ratio(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio" and "relative luminance"."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """How bright a colour is, 0 to 1."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(colour: str, other: str, share: float) -> str:
    """The colour with a share (0 to 1) of another in it."""
    pairs = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(one + (two - one) * share):02x}" for one, two in pairs)


def nearest(colour: str, is_good: Callable[[str], bool]) -> str | None:
    """The good shade that takes the least black or white; None where no shade is good."""
    for percent in range(1, 101):
        for end in (BLACK, WHITE):
            shade = mix(colour, end, percent / 100)
            if is_good(shade):
                return shade
    return None


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
