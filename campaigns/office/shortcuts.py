"""Keys that lead to our lists from everywhere in the office; Wagtail's own shortcuts stay as they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Shortcut:
    """Two keys pressed one after the other."""

    keys: str
    label: str | Promise
    url_name: str
    permission: str

    @property
    def url(self) -> str:
        """Where it leads."""
        return reverse(self.url_name)


SHORTCUTS = (
    Shortcut("g n", _("Newsletters"), "wagtailsnippets_campaigns_newsletter:list", "campaigns.view_newsletter"),
    Shortcut("g m", _("Mailings"), "office_mailings", "campaigns.view_report"),
    Shortcut("g j", _("Journeys"), "journeys:list", "campaigns.view_journey"),
    Shortcut("g s", _("Subscribers"), "wagtailsnippets_subscribers_subscriber:list", "subscribers.view_subscriber"),
)


def of(user: User | AnonymousUser) -> Iterator[Shortcut]:
    """Those whose list this colleague may see."""
    return (one for one in SHORTCUTS if user.has_perm(one.permission))
