"""The admin's first page: what needs somebody, what runs now, what to do next."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from campaigns import attention
from campaigns.models import Account, ArchivePage, IssuePage, Mailing, Run
from campaigns.office.monitor import OPEN
from campaigns.reports import home as numbers
from campaigns.reports import mailing as report
from content.models import ArticlePage, MagazinePage

# What is scheduled stands among what comes.
RUNNING = [state for state in (*OPEN, Mailing.State.PAUSED) if state != Mailing.State.SCHEDULED]
KEPT_SECONDS = 60  # the four numbers; with a million readers counting them takes a while


class OfficePanel(Component):
    """Above Wagtail's own panels, for those who may see mailings."""

    name = "circolare_office"
    template_name = "office/home_panel.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """What needs somebody, what runs, what comes, what to begin, four numbers; about twenty queries."""
        now = timezone.now()
        user = parent_context["request"].user
        figures, figures_at = kept_figures(now)
        running = Mailing.objects.filter(is_standing=False, state__in=RUNNING)
        return {
            "notices": attention.notices(now),
            "running": [(mailing, report.progress(mailing, now=now)) for mailing in running[:6]],
            "held": Mailing.objects.filter(state=Mailing.State.HELD)[:6],
            "accounts": Account.objects.filter(paused_at__isnull=False),
            "n_failed_runs": Run.objects.filter(state=Run.State.FAILED).count(),
            "walking": numbers.walking(),
            "coming": numbers.coming(now),
            "acts": acts(user),
            "figures": figures,
            "figures_at": figures_at,
            "width": numbers.WIDTH,
            "height": numbers.HEIGHT,
            "request": parent_context["request"],
        }


def kept_figures(now: datetime) -> tuple[list[numbers.Figure], datetime]:
    """The four numbers, and the moment they were counted."""
    key = f"office-home:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        kept = numbers.figures(now), now
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def acts(user: User) -> list[tuple[str, str]]:
    """What this colleague may begin here: (label, address)."""
    found = []
    for home, child, label in (
        (MagazinePage, ArticlePage, _("New article")),
        (ArchivePage, IssuePage, _("New issue")),
    ):
        parent = _parent(home)
        if parent and parent.permissions_for_user(user).can_add_subpage():
            kind = child._meta
            found.append((label, reverse("wagtailadmin_pages:add", args=[kind.app_label, kind.model_name, parent.pk])))
    if user.has_perm("campaigns.add_journey"):
        found.append((_("New journey"), reverse("journeys:add")))
    return found


def _parent(model: type[Page]) -> Page | None:
    """Where a new piece goes: in the colleague's own language where there is such a place."""
    pages = model.objects.select_related("locale")
    return pages.filter(locale__language_code=get_language()).first() or pages.first()
