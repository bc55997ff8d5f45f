"""How mails look: the site's paper and ink (see static/circolare/css/site.css), with fallbacks for type."""

from dataclasses import asdict, dataclass

WIDTH = 600  # CSS pixels of the column; narrower screens shrink it
INNER = 536  # of what stands in it


@dataclass(frozen=True)
class Tones:
    """One scheme; each text colour has at least 4.5:1 on `paper`."""

    paper: str
    raised: str
    ink: str
    quiet: str
    line: str
    accent: str
    on_accent: str


LIGHT = Tones(
    paper="#fbf3ea",
    raised="#fffaf3",
    ink="#231b18",
    quiet="#6b5c53",
    line="#e3d5c5",
    accent="#3a31b8",
    on_accent="#fffaf3",
)
DARK = Tones(
    paper="#181413",
    raised="#221d1b",
    ink="#efe5d9",
    quiet="#b3a597",
    line="#3d3430",
    accent="#b3b4ff",
    on_accent="#17123f",
)
# No web font: each is a download that tells somebody the mail was opened, and most clients drop it.
TITLES = "Georgia, 'Times New Roman', serif"
TEXT = "Georgia, 'Times New Roman', serif"


def context() -> dict[str, object]:
    """The theme as templates see it."""
    return {
        "light": asdict(LIGHT),
        "dark": asdict(DARK),
        "font_titles": TITLES,
        "font_text": TEXT,
        "width": WIDTH,
        "inner": INNER,
    }
