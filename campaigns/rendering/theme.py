"""How mails look: the publication's paper and ink in both schemes, with letters that every mail program has."""

from dataclasses import asdict

from django.templatetags.static import static
from django.urls import reverse

from campaigns.rendering.links import absolute
from content.look.shown import Logo, Look

WIDTH = 600  # CSS pixels of the column; narrower screens shrink it
INNER = 536  # of what stands in it
# No web font: each is a download that tells somebody the mail was opened, and most clients drop it.
TITLES = "Georgia, 'Times New Roman', serif"
TEXT = "Georgia, 'Times New Roman', serif"
RING = "circolare/mail/ring.png"


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
    """What stands at the head of a mail: `logo` and `logo_dark` (None without one), else `ring`."""
    return {
        "logo": _whole(look.logo),
        "logo_dark": _whole(look.logo_dark) if look.logo else None,
        "ring": absolute(reverse("ring_png", args=[look.light.accent[1:]]) if look.is_recoloured else static(RING)),
    }


def _whole(logo: Logo | None) -> dict[str, object] | None:
    return {**asdict(logo), "url": absolute(logo.url)} if logo else None
