"""The list of mailings, and one mailing: how far it is, who got it, who did not and why."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.log_actions import log

from campaigns import attention
from campaigns.models import Delivery, Mailing
from campaigns.office.doors import OfficeView, colleague
from campaigns.reports import mailing as report
from campaigns.sending import mailing as sending

OPEN = (Mailing.State.SCHEDULED, Mailing.State.HOLDING, Mailing.State.FREEZING, Mailing.State.SENDING)
PRIMARY = {Mailing.State.SENDING, Mailing.State.FREEZING, Mailing.State.HOLDING, Mailing.State.HELD}


class MailingList(OfficeView, BaseListingView):
    """All mailings of issues, newest first; standing ones have their place beside their journey."""

    permission = "campaigns.view_report"
    page_title = gettext_lazy("Mailings")
    header_icon = "mail"
    index_url_name = "office_mailings"
    paginate_by = 30
    columns = [
        TitleColumn("title", label=gettext_lazy("Mailing"), url_name="office_mailing"),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda mailing: mailing.get_state_display(),
            primary=lambda mailing: mailing.state in PRIMARY,
        ),
        Column("n_candidates", label=gettext_lazy("People")),
        DateColumn("created_at", label=gettext_lazy("Made")),
        DateColumn("finished_at", label=gettext_lazy("Finished")),
    ]

    def get_queryset(self) -> QuerySet[Mailing]:
        """Mailings with an audience."""
        return Mailing.objects.filter(is_standing=False)


def live_context(mailing: Mailing) -> dict[str, Any]:
    """What the part of the screen shows that is fetched again and again."""
    now = timezone.now()
    undo_seconds = 0
    if mailing.state == Mailing.State.HOLDING and mailing.scheduled_at:
        undo_seconds = max(0, round((mailing.scheduled_at - now).total_seconds()))
    return {
        "mailing": mailing,
        "progress": report.progress(mailing, now=now),
        "left_out": report.left_out(mailing),
        "domains": report.domains(mailing),
        "undo_seconds": undo_seconds,
        "is_open": mailing.state in OPEN,
        # Why nothing moves, where it is the installation and not the mailing.
        "notices": [one for one in attention.notices(now) if one.is_urgent] if mailing.state in OPEN else [],
        "account": mailing.account if mailing.account.paused_at else None,
        "may": {
            "undo": mailing.state in (Mailing.State.HOLDING, Mailing.State.SCHEDULED),
            "pause": mailing.state in (Mailing.State.FREEZING, Mailing.State.SENDING),
            "resume": mailing.state in (Mailing.State.PAUSED, Mailing.State.HELD),
            "cancel": mailing.state
            in (Mailing.State.FREEZING, Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.HELD),
        },
    }


class Monitor(OfficeView):
    """One mailing, in numbers without names. Its live part is a fragment, so that the page works without script too."""

    permission = "campaigns.view_report"
    template_name = "office/monitor.html"
    header_icon = "mail"
    trail = [{"url": reverse_lazy("office_mailings"), "label": gettext_lazy("Mailings")}]

    def get_page_title(self) -> str:
        """The mailing's own title."""
        return self.mailing.title

    def get(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """The whole screen, or its live part alone with `?part=live`."""
        self.mailing = get_object_or_404(Mailing, pk=mailing_id)
        context = live_context(self.mailing) | {"may_send": request.user.has_perm("campaigns.send_mailing")}
        if request.GET.get("part") == "live":
            return render(request, "office/monitor_live.html", context)
        return self.answer(
            **context,
            links=report.clicks(self.mailing),
            n_clickers=report.n_clickers(self.mailing),
            n_trackable=report.n_trackable(self.mailing),
        )


VERBS = {
    "undo": (sending.undo, gettext_lazy("Stopped: nothing has gone out.")),
    "pause": (sending.pause, gettext_lazy("Paused. What is in flight finishes; the rest waits.")),
    "resume": (sending.resume, gettext_lazy("Going on. Nobody gets it twice.")),
    "cancel": (sending.cancel, gettext_lazy("Cancelled. Those who were waiting will not get it.")),
}


class Act(OfficeView):
    """A button of the monitor: undo, pause, resume, cancel."""

    permission = "campaigns.send_mailing"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """Do it, say it, keep it in the log."""
        mailing = get_object_or_404(Mailing, pk=mailing_id)
        verb = request.POST.get("verb", "")
        if verb not in VERBS:
            messages.error(request, _("That button is not known; nothing was changed."))
            return redirect("office_mailing", mailing_id)
        act, said = VERBS[verb]
        try:
            act(mailing, now=timezone.now(), user=colleague(request))
        except sending.WrongMoment as error:
            messages.error(request, str(error))
        else:
            log(mailing.issue or mailing, f"circolare.mailing.{verb}", user=colleague(request), title=mailing.title)
            messages.success(request, str(said))  # at once: a lazy text is read when the colleague's language is gone
        return redirect("office_mailing", mailing_id)


class MailingPeople(OfficeView, BaseListingView):
    """The people behind a number of the monitor."""

    permission = "campaigns.view_delivery"
    header_icon = "group"
    paginate_by = 50
    columns = [
        TitleColumn(
            "address",
            label=gettext_lazy("Person"),
            accessor=lambda row: row.address or "—",
            get_url=lambda row: reverse("office_person", args=[row.subscriber_id]) if row.subscriber_id else None,
        ),
        Column("locale", label=gettext_lazy("Language")),
        Column("state", label=gettext_lazy("State"), accessor=lambda row: row.get_state_display()),
        Column("reason", label=gettext_lazy("Why"), accessor=lambda row: row.get_reason_display()),
        Column("reply", label=gettext_lazy("Server's words"), accessor=lambda row: f"{row.code} {row.reply}".strip()),
        DateColumn("done_at", label=gettext_lazy("When")),
    ]

    def get_page_title(self) -> str:
        """The state or reason looked at."""
        state, reason = self.request.GET.get("state", ""), self.request.GET.get("reason", "")
        if reason in Delivery.Reason.values:
            return str(Delivery.Reason(reason).label).capitalize()
        return str(Delivery.State(state).label) if state in Delivery.State.values else _("Everybody")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the mailing."""
        mailing = get_object_or_404(Mailing, pk=self.kwargs["mailing_id"])
        return [
            *Monitor.breadcrumbs_items,
            *Monitor.trail,
            {"url": reverse("office_mailing", args=[mailing.pk]), "label": mailing.title},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_queryset(self) -> QuerySet[Delivery]:
        """Deliveries of this mailing with the state and reason of the address, if they are known words."""
        rows = Delivery.objects.filter(mailing_id=self.kwargs["mailing_id"]).order_by("id")
        state, reason = self.request.GET.get("state"), self.request.GET.get("reason")
        if state in Delivery.State.values:
            rows = rows.filter(state=state)
        if reason in Delivery.Reason.values:
            rows = rows.filter(reason=reason)
        return rows
