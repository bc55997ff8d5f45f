"""The pairs of type a publisher may choose from: one for titles, one for running text, from our own files alone."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FOLDER = "circolare/fonts/"


@dataclass(frozen=True)
class Face:
    """One file of a family."""

    family: str
    path: str  # below FOLDER
    weights: str = "400 700"
    style: str = "normal"


@dataclass(frozen=True)
class StandIn:
    """A face that readers have already, stretched to the widths and heights of ours so that nothing jumps."""

    family: str
    local: tuple[str, ...]
    size: float  # percent, as all below
    ascent: float
    descent: float


@dataclass(frozen=True)
class Pair:
    """Two families with what stands in for them; `titles` and `text` are CSS lists of families."""

    key: str
    label: str | Promise
    titles: str
    text: str
    initial: str = ""  # face of the large first letter of an article; empty: that of titles
    first: tuple[str, ...] = ()  # files that every page needs at once, below FOLDER
    faces: tuple[Face, ...] = ()
    stand_ins: tuple[StandIn, ...] = ()

    @property
    def files(self) -> list[str]:
        """What every page needs at once, as the static files are named."""
        return [FOLDER + path for path in self.first]


GEORGIA = ("Georgia", "Gelasio")
TIMES = ("Times New Roman", "Liberation Serif", "Tinos")
ARIAL = ("Arial", "Liberation Sans", "Arimo")
# Its faces stand in css/site.css itself.
OURS = Pair(
    key="brygada-vollkorn",
    label=_("Brygada 1918 and Vollkorn: a printed letter"),
    titles='"Brygada 1918", "Titles before", "Titles before too", serif',
    text='Vollkorn, "Text before", "Text before too", serif',
    first=("vollkorn/roman.woff2", "brygada-1918/roman.woff2"),
)
# Sizes of the stand-ins: mean width of two sentences, Italian and English, measured in the files (2026-11).
FAMILJEN_NEWSREADER = Pair(
    key="familjen-newsreader",
    label=_("Familjen Grotesk and Newsreader: a daily paper"),
    titles='"Familjen Grotesk", "Familjen before", sans-serif',
    text='Newsreader, "Newsreader before", "Newsreader before too", serif',
    initial="var(--text)",  # a grotesque's capital I is a bar
    first=("newsreader/roman.woff2", "familjen-grotesk/roman.woff2"),
    faces=(
        Face("Familjen Grotesk", "familjen-grotesk/roman.woff2"),
        Face("Newsreader", "newsreader/roman.woff2"),
        Face("Newsreader", "newsreader/italic.woff2", weights="400", style="italic"),
    ),
    stand_ins=(
        StandIn("Familjen before", ARIAL, size=93.9, ascent=109.1, descent=24),
        StandIn("Newsreader before", GEORGIA, size=94.6, ascent=77.7, descent=28),
        StandIn("Newsreader before too", TIMES, size=104.8, ascent=70.1, descent=25.3),
    ),
)
PAIRS = {pair.key: pair for pair in (OURS, FAMILJEN_NEWSREADER)}
