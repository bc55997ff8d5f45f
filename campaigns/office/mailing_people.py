"""The people behind a number of the monitor: who got it, who did not, and what their server said."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from campaigns.models import Delivery, Mailing
from campaigns.office import words
from campaigns.office.doors import OfficeView
from campaigns.office.listing import RESULTS
from campaigns.office.monitor import Monitor
from campaigns.reports import replies

# What the list is called when it holds one state alone; the monitor's figures use the same words.
TITLES: dict[str, str | Promise] = {
    Delivery.State.ACCEPTED: gettext_lazy("Who got it"),
    Delivery.State.EXCLUDED: gettext_lazy("Left out"),
    Delivery.State.FAILED: gettext_lazy("Failed"),
    Delivery.State.UNKNOWN: gettext_lazy("Unknown"),
}


class DeliveryFilters(WagtailFilterSet):
    """Chips above the list."""

    state = django_filters.ChoiceFilter(choices=Delivery.State.choices, label=gettext_lazy("State"))
    reason = django_filters.ChoiceFilter(choices=Delivery.Reason.choices, label=gettext_lazy("Why"))

    class Meta:
        model = Delivery
        fields = ["state", "reason"]


class ReplyColumn(Column):
    """The server's words, with what they mean below."""

    cell_template_name = "office/reply_cell.html"

    def get_cell_context_data(self, instance: Delivery, parent_context: dict[str, Any]) -> dict[str, Any]:
        """With the meaning."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        is_refusal = instance.state != Delivery.State.ACCEPTED
        meaning = replies.meaning(instance.code, instance.reply) if is_refusal else ""
        return {**context, "row": instance, "meaning": meaning}


def person(row: Delivery) -> str:
    """The name with the address, the address alone, or a dash where both are gone."""
    name = row.subscriber.name if row.subscriber else ""
    return f"{name} <{row.address}>" if name and row.address else row.address or "—"


class MailingPeople(OfficeView, BaseListingView):
    """One row a mail, by state and reason."""

    permission = "campaigns.view_delivery"
    header_icon = "group"
    paginate_by = 50
    filterset_class = DeliveryFilters
    results_template_name = RESULTS
    extra_context = {"what_for": gettext_lazy("Nobody is here.")}
    columns = [
        TitleColumn(
            "address",
            label=gettext_lazy("Person"),
            accessor=person,
            get_url=lambda row: reverse("office_person", args=[row.subscriber_id]) if row.subscriber_id else None,
        ),
        Column("locale", label=gettext_lazy("Language"), accessor=lambda row: words.language(row.locale)),
        Column("state", label=gettext_lazy("State"), accessor=lambda row: row.get_state_display()),
        Column("reason", label=gettext_lazy("Why"), accessor=lambda row: row.get_reason_display()),
        ReplyColumn("reply", label=gettext_lazy("Server's words")),
        DateColumn("done_at", label=gettext_lazy("When")),
    ]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The mailing of the address."""
        super().setup(request, *args, **kwargs)
        self.mailing = get_object_or_404(Mailing, pk=kwargs["mailing_id"])

    def get_page_title(self) -> str:
        """The reason or state looked at."""
        state, reason = self.request.GET.get("state", ""), self.request.GET.get("reason", "")
        if reason in Delivery.Reason.values:
            label = str(Delivery.Reason(reason).label)
            return _("Not sent: %(reason)s") % {"reason": label} if state == Delivery.State.EXCLUDED else label
        if state in TITLES:
            return str(TITLES[state])
        return str(Delivery.State(state).label) if state in Delivery.State.values else _("Everybody")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the mailing."""
        return [
            *Monitor.breadcrumbs_items,
            *Monitor.trail,
            {"url": reverse("office_mailing", args=[self.mailing.pk]), "label": self.mailing.title},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_index_url(self) -> str:
        """This list."""
        return reverse("office_mailing_people", args=[self.mailing.pk])

    def get_index_results_url(self) -> str:
        """This list, without what stands around it."""
        return reverse("office_mailing_people_results", args=[self.mailing.pk])

    def get_base_queryset(self) -> QuerySet[Delivery]:
        """The mails of this mailing."""
        return Delivery.objects.filter(mailing=self.mailing).select_related("subscriber").order_by("id")
