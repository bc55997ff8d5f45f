"""Plain links that share a page: no script of anybody's, only our own redirect, which counts nothing about who."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

NETWORKS = {
    "mastodon": _("Mastodon"),
    "linkedin": _("LinkedIn"),
    "facebook": _("Facebook"),
    "whatsapp": _("WhatsApp"),
    "telegram": _("Telegram"),
    "email": _("Email"),
}


@dataclass(frozen=True)
class Share:
    """One way to pass a page on."""

    network: str
    label: str
    url: str


def links(page_id: int | None) -> list[Share]:
    """One link a network; [] for a page that was never saved or where the redirect is not installed."""
    if not page_id:
        return []
    try:
        return [Share(key, str(label), reverse("share", args=[page_id, key])) for key, label in NETWORKS.items()]
    except NoReverseMatch:
        return []
