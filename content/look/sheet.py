"""The small style sheet of a publisher's own colours and type; css/site.css says the rest."""

from collections.abc import Iterator
from dataclasses import asdict

from django.templatetags.static import static

from content.look import tones
from content.look.tones import Tones
from content.look.typefaces import FOLDER, OURS, Face, Pair, StandIn


def write(light: Tones, dark: Tones, pair: Pair) -> str:
    """CSS for the layer `tokens`; "" where everything is ours."""
    return "\n".join([*_type(pair), *_colours(light, dark)])


def _type(pair: Pair) -> Iterator[str]:
    if pair == OURS:
        return
    yield from map(_face, pair.faces)
    yield from map(_stand_in, pair.stand_ins)
    initial = f" --initial: {pair.initial};" if pair.initial else ""
    yield f"@layer tokens {{ :root {{ --serif: {pair.titles}; --text: {pair.text};{initial} }} }}"


def _face(face: Face) -> str:
    return (
        f'@font-face {{ font-family: "{face.family}"; font-weight: {face.weights}; font-style: {face.style}; '
        f'font-display: swap; src: url("{static(FOLDER + face.path)}") format("woff2"); }}'
    )


def _stand_in(face: StandIn) -> str:
    sources = ", ".join(f'local("{name}")' for name in face.local)
    return (
        f'@font-face {{ font-family: "{face.family}"; src: {sources}; size-adjust: {face.size}%; '
        f"ascent-override: {face.ascent}%; descent-override: {face.descent}%; line-gap-override: 0%; }}"
    )


def _colours(light: Tones, dark: Tones) -> Iterator[str]:
    if (light, dark) == (tones.LIGHT, tones.DARK):
        return
    yield f"@layer tokens {{ :root {{ {_tokens(light, dark, tones.LIGHT, tones.DARK)} }} }}"
    if (light.quiet, dark.quiet) == (tones.LIGHT.quiet, tones.DARK.quiet):
        return
    strong = _tokens(tones.stronger(light), tones.stronger(dark), light, dark)
    yield f"@layer tokens {{ @media (prefers-contrast: more) {{ :root {{ {strong} }} }} }}"


def _tokens(light: Tones, dark: Tones, light_before: Tones, dark_before: Tones) -> str:
    """Those tokens that differ from what stood there before, in either scheme."""
    before = {name: (asdict(light_before)[name], asdict(dark_before)[name]) for name in asdict(light)}
    now = {name: (asdict(light)[name], asdict(dark)[name]) for name in asdict(light)}
    differing = (name for name in now if now[name] != before[name])
    return " ".join(f"--{name.replace('_', '-')}: light-dark({', '.join(now[name])});" for name in differing)
