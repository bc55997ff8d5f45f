"""Colours of covers, in light and in dark; each topic keeps one."""

from dataclasses import dataclass

from content.covers.chance import Chance

VEIL_SHARE = 0.34  # of the soft tone in the veil


@dataclass(frozen=True)
class Palette:
    """A ground and three tones on it: the strong one, its counterpart, the soft one."""

    name: str
    light: tuple[str, str, str, str]
    dark: tuple[str, str, str, str]

    def tones(self, *, is_dark: bool = False) -> tuple[str, ...]:
        """Ground, strong, counterpart, soft, and a veil between ground and soft; as #rrggbb."""
        given = self.dark if is_dark else self.light
        return (*given, blend(given[0], given[3], VEIL_SHARE))


PALETTES = (
    Palette("indigo", ("#dcd8f3", "#3a31b8", "#cf4f2c", "#a79fe0"), ("#1f1a4a", "#a9a6ff", "#f59a77", "#4a43a0")),
    Palette("brick", ("#f5d2bf", "#b93d25", "#332b96", "#e59a7c"), ("#3d170f", "#ff9274", "#b9b6ff", "#853523")),
    Palette("olive", ("#dee2ba", "#4e5a17", "#c24e2e", "#a9b368"), ("#20260e", "#c2cf7a", "#f59a77", "#545f24")),
    Palette("rose", ("#f4cdd6", "#9c2b55", "#3a31b8", "#db8da3"), ("#3c1023", "#ff9fbd", "#bdbaff", "#82304f")),
    Palette("petrol", ("#cde2df", "#0d5f66", "#d65f3e", "#83b8b4"), ("#0b2a2e", "#7fcac6", "#ffa98a", "#1f6166")),
    Palette("ochre", ("#f3dca2", "#8a5a08", "#b93d25", "#ddb559"), ("#35260a", "#f0bf57", "#ff9274", "#7a5717")),
    Palette("night", ("#2a2472", "#f3dca2", "#f59a77", "#6f68c9"), ("#16123c", "#f3dca2", "#f59a77", "#453d96")),
    Palette("paper", ("#ecdfcd", "#231b18", "#3a31b8", "#c4ae93"), ("#2b2320", "#efe5d9", "#b3b4ff", "#6b5a4d")),
)


def blend(first: str, second: str, share: float) -> str:
    """The colour `share` of the way from the first to the second; all as #rrggbb."""
    pairs = [(int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def named(name: str, words: str) -> Palette:
    """The palette of that name or, where the name is empty or unknown, one that the words choose."""
    by_name = {palette.name: palette for palette in PALETTES}
    return by_name.get(name) or Chance("palette", words).one_of(PALETTES)
