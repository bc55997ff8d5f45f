"""The people behind the numbers of the review page: who would get an issue now, and who is left out for a reason."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from campaigns import audience
from campaigns.models import Delivery, IssuePage
from campaigns.office import words
from campaigns.office.doors import OfficeView
from subscribers.models import Subscriber


class IssuePeople(OfficeView, BaseListingView):
    """One of those groups, chosen by `?reason=`; without one, those it goes to."""

    permission = "subscribers.view_subscriber"
    header_icon = "group"
    paginate_by = 50
    columns = [
        TitleColumn(
            "address",
            label=gettext_lazy("Person"),
            accessor=lambda row: str(row),
            get_url=lambda row: reverse("office_person", args=[row.pk]),
        ),
        Column("address", label=gettext_lazy("Address")),
        Column("language", label=gettext_lazy("Language"), accessor=lambda row: words.language(row.language)),
    ]

    def get_page_title(self) -> str:
        """The reason, or that they get it."""
        return str(Delivery.Reason(self.reason).label).capitalize() if self.reason else _("Who gets it now")

    @property
    def reason(self) -> str:
        """A Delivery.Reason; empty for those it goes to, and where the address names no reason we know."""
        given = self.request.GET.get("reason", "")
        return given if given in Delivery.Reason.values else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the review."""
        review = reverse("office_review", args=[self.kwargs["page_id"]])
        return [
            *self.breadcrumbs_items,
            {"url": review, "label": _("Review and send")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_queryset(self) -> QuerySet[Subscriber]:
        """As the issue was last saved; nobody where its segment cannot be read."""
        issue = get_object_or_404(IssuePage, pk=self.kwargs["page_id"]).get_latest_revision_as_object()
        if audience.trouble(issue):
            return Subscriber.objects.none()
        return audience.chosen(issue, now=timezone.now()).filter(why=self.reason).order_by("pk")
