"""The colours of one scheme, those that follow from what a publisher chose, and which of them carry text."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from content.look.contrast import BLACK, ENOUGH, WHITE, luminance, mix, nearest, ratio

STRONG = 7.0  # to 1, of quiet text for readers who ask for more contrast


@dataclass(frozen=True)
class Tones:
    """One scheme, as the tokens of css/site.css name them (with - for _)."""

    paper: str
    raised: str
    ink: str
    quiet: str
    line: str
    accent: str
    on_accent: str
    accent_deep: str
    wash: str
    mark: str
    good: str
    good_wash: str
    bad: str
    bad_wash: str


LIGHT = Tones(
    paper="#fbf3ea",
    raised="#fffaf3",
    ink="#231b18",
    quiet="#6b5c53",
    line="#e3d5c5",
    accent="#3a31b8",
    on_accent="#fffaf3",
    accent_deep="#2a2291",
    wash="#f0eaf2",
    mark="#f6dfae",
    good="#1c6246",
    good_wash="#e7f0e2",
    bad="#9c2616",
    bad_wash="#fbe5dc",
)
DARK = Tones(
    paper="#181413",
    raised="#221d1b",
    ink="#efe5d9",
    quiet="#b3a597",
    line="#3d3430",
    accent="#b3b4ff",
    on_accent="#17123f",
    accent_deep="#cfd0ff",
    wash="#262238",
    mark="#5a4413",
    good="#83d0aa",
    good_wash="#17291f",
    bad="#ff9f8c",
    bad_wash="#351c17",
)
GROUNDS = {
    "ink": ("paper", "raised", "wash", "mark", "good_wash", "bad_wash"),
    "quiet": ("paper", "raised", "wash"),
    "accent": ("paper", "raised", "wash"),
    "on_accent": ("accent", "accent_deep"),
    "good": ("paper", "wash", "good_wash"),
    "bad": ("paper", "raised", "wash", "bad_wash"),
}
NAMES: dict[str, Promise] = {
    "paper": _("paper"),
    "raised": _("raised paper"),
    "wash": _("tinted panels"),
    "ink": _("ink"),
    "quiet": _("quiet text"),
    "accent": _("accent"),
    "on_accent": _("text on buttons"),
    "accent_deep": _("pressed buttons"),
    "mark": _("marked text"),
    "good": _("good news"),
    "good_wash": _("the ground of good news"),
    "bad": _("errors"),
    "bad_wash": _("the ground of errors"),
}


@dataclass(frozen=True)
class Chosen:
    """What a publisher chose for one scheme; empty: ours."""

    accent: str = ""
    paper: str = ""
    ink: str = ""


@dataclass(frozen=True)
class Fault:
    """A text that cannot be read on its ground."""

    field: str  # of `Chosen`: whose colour is to blame
    text: str
    ground: str
    ratio: float


def derive(base: Tones, chosen: Chosen) -> Tones:
    """The scheme with the chosen colours, and with what follows from them; the base itself where none was chosen."""
    tones = base
    has_ground = bool(chosen.paper or chosen.ink)
    if has_ground:
        tones = _on_paper(tones, chosen.paper or base.paper, chosen.ink or base.ink)
    if chosen.accent or chosen.paper:
        tones = _with_accent(tones, chosen.accent or base.accent)
    return replace(tones, quiet=_quiet(tones, ENOUGH)) if has_ground else tones


def stronger(tones: Tones) -> Tones:
    """The same for readers who ask for more contrast."""
    return replace(tones, quiet=_quiet(tones, STRONG), line=mix(tones.paper, tones.ink, 0.5))


def faults(tones: Tones, chosen: Chosen) -> Iterator[Fault]:
    """Every pair that falls short, worst first."""
    colours = asdict(tones)
    pairs = ((text, ground, ratio(colours[text], colours[ground])) for text in GROUNDS for ground in GROUNDS[text])
    for text, ground, seen in sorted(pairs, key=lambda pair: pair[2]):
        if seen < ENOUGH:
            yield Fault(_to_blame(text, ground, chosen), text, ground, seen)


def better(base: Tones, chosen: Chosen, field: str) -> str | None:
    """The shade next to a chosen colour with which nothing is its fault any more; None where there is none."""
    return nearest(getattr(chosen, field), _would_do(base, chosen, field))


def _would_do(base: Tones, chosen: Chosen, field: str) -> Callable[[str], bool]:
    def would_do(shade: str) -> bool:
        tried = replace(chosen, **{field: shade})
        return all(fault.field != field for fault in faults(derive(base, tried), tried))

    return would_do


def _to_blame(text: str, ground: str, chosen: Chosen) -> str:
    if chosen.accent and "accent" in f"{text} {ground}":
        return "accent"
    if chosen.ink and text in ("ink", "quiet"):
        return "ink"
    if chosen.paper:
        return "paper"
    return "ink" if chosen.ink else "accent"


def _on_paper(base: Tones, paper: str, ink: str) -> Tones:
    is_dark = luminance(paper) < luminance(ink)
    raised = mix(paper, ink, 0.05) if is_dark else mix(paper, WHITE, 0.5)
    return replace(base, paper=paper, ink=ink, raised=raised, line=mix(paper, ink, 0.15))


def _with_accent(base: Tones, accent: str) -> Tones:
    # The last always reads: black does on all that white does not.
    candidates = (base.raised, base.ink, WHITE, BLACK)
    on_accent = next(colour for colour in candidates if ratio(colour, accent) >= ENOUGH)
    is_dark = luminance(base.paper) < luminance(base.ink)
    return replace(
        base,
        accent=accent,
        on_accent=on_accent,
        accent_deep=mix(accent, BLACK if luminance(on_accent) > luminance(accent) else WHITE, 0.25),
        wash=mix(base.paper, accent, 0.1 if is_dark else 0.06),
    )


def _quiet(tones: Tones, at_least: float) -> str:
    """The ink with as much paper in it as still reads on every ground of quiet text."""
    grounds = (tones.paper, tones.raised, tones.wash)
    for percent in range(35, 0, -1):
        shade = mix(tones.ink, tones.paper, percent / 100)
        if all(ratio(shade, ground) >= at_least for ground in grounds):
            return shade
    return tones.ink
