"""The admin's first page: what needs somebody, what runs now, what to do next."""

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
from campaigns.models import Account, ArchivePage, Mailing, Run
from campaigns.office.monitor import OPEN
from campaigns.reports import home as numbers
from campaigns.reports import mailing as report
from content.models import MagazinePage

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
        running = Mailing.objects.filter(is_standing=False, state__in=[*OPEN, Mailing.State.PAUSED])
        return {
            "notices": attention.notices(now),
            "running": [(mailing, report.progress(mailing, now=now)) for mailing in running[:6]],
            "held": Mailing.objects.filter(state=Mailing.State.HELD)[:6],
            "accounts": Account.objects.filter(paused_at__isnull=False),
            "n_failed_runs": Run.objects.filter(state=Run.State.FAILED).count(),
            "walking": numbers.walking(),
            "coming": numbers.coming(now),
            "acts": acts(user),
            "figures_at": now,
            "figures": cache.get_or_set(f"office-home:{get_language()}", lambda: numbers.figures(now), KEPT_SECONDS),
            "width": numbers.WIDTH,
            "height": numbers.HEIGHT,
            "request": parent_context["request"],
        }


def acts(user: User) -> list[tuple[str, str]]:
    """What this colleague may begin here: (label, address)."""
    found = []
    for model, child, label in (
        (MagazinePage, "content/articlepage", _("New article")),
        (ArchivePage, "campaigns/issuepage", _("New issue")),
    ):
        parent = _parent(model)
        if parent and parent.permissions_for_user(user).can_add_subpage():
            app, name = child.split("/")
            found.append((label, reverse("wagtailadmin_pages:add", args=[app, name, parent.pk])))
    if user.has_perm("campaigns.add_journey"):
        found.append((_("New journey"), reverse("journeys:add")))
    return found


def _parent(model: type[Page]) -> Page | None:
    """Where a new piece goes: in the colleague's own language where there is such a place."""
    pages = model.objects.select_related("locale")
    return pages.filter(locale__language_code=get_language()).first() or pages.first()
