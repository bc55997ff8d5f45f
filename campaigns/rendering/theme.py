"""How mails look: the publication's paper and ink in both schemes, with letters that every mail program has."""

from dataclasses import asdict

from django.templatetags.static import static
from django.urls import reverse

from campaigns.rendering.braces import literal, markup
from campaigns.rendering.links import absolute
from content.look.shown import Logo, Look
from content.look.tones import Tones

WIDTH = 600  # CSS pixels of the column; narrower screens shrink it
INNER = 536  # of what stands in it
# No web font: each is a download that tells somebody the mail was opened, and most clients drop it.
TITLES = "Georgia, 'Times New Roman', serif"
TEXT = "Georgia, 'Times New Roman', serif"
RING = "circolare/mail/ring.png"
RING_WIDTH = 32  # CSS pixels


def context(look: Look) -> dict[str, object]:
    """The theme as templates see it."""
    return {
        "light": asdict(look.light),
        "dark": asdict(look.dark),
        "font_titles": TITLES,
        "font_text": TEXT,
        "width": WIDTH,
        "inner": INNER,
    }


def signs(look: Look) -> dict[str, object]:
    """What stands at the head of a mail: a picture `sign`, another for dark mail programs, or our own `ring`."""
    if look.logo:
        return {"sign": _sign(look.logo, look.name), "sign_dark": _sign(look.logo_dark or look.logo)}
    if look.is_recoloured:
        return {"sign": _sign(_ring(look.light)), "sign_dark": _sign(_ring(look.dark))}
    return {"ring": absolute(static(RING))}


def _ring(tones: Tones) -> Logo:
    return Logo(reverse("ring_png", args=[tones.accent[1:]]), RING_WIDTH, RING_WIDTH)


def _sign(logo: Logo, alt: str = "") -> dict[str, object]:
    return {"url": absolute(logo.url), "width": logo.width, "height": logo.height, "alt": markup(literal(alt))}
