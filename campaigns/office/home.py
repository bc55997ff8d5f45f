"""The admin's first page: what needs somebody, what runs now, what to do next."""

from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from campaigns import attention
from campaigns.models import Account, Mailing, Run
from campaigns.office.monitor import OPEN
from campaigns.reports import mailing as report


class OfficePanel(Component):
    """Above Wagtail's own panels, for those who may see mailings."""

    name = "circolare_office"
    template_name = "office/home_panel.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Rows that need somebody and mailings on the way; a few short queries."""
        now = timezone.now()
        running = Mailing.objects.filter(is_standing=False, state__in=[*OPEN, Mailing.State.PAUSED])
        return {
            "notices": attention.notices(now),
            "running": [(mailing, report.progress(mailing, now=now)) for mailing in running[:6]],
            "held": Mailing.objects.filter(state=Mailing.State.HELD)[:6],
            "accounts": Account.objects.filter(paused_at__isnull=False),
            "n_failed_runs": Run.objects.filter(state=Run.State.FAILED).count(),
            "request": parent_context["request"],
        }
