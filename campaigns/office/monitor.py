"""The list of mailings, and one mailing: how far it is, what became of it, and the buttons."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
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
from campaigns.models import ArchivePage, Mailing
from campaigns.office import asking
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.listing import RESULTS
from campaigns.reports import mailing as report
from campaigns.reports import story
from campaigns.sending import again
from campaigns.sending import mailing as sending

OPEN = (Mailing.State.SCHEDULED, Mailing.State.HOLDING, Mailing.State.FREEZING, Mailing.State.SENDING)
CANCELLABLE = (Mailing.State.FREEZING, Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.HELD)
MAX_PACE = 10_000  # mails a second; no way out is faster
PRIMARY = {Mailing.State.SENDING, Mailing.State.FREEZING, Mailing.State.HOLDING, Mailing.State.HELD}
WHAT_FOR = gettext_lazy("Here is every sending of an issue: how far it is, who got it, who did not and why.")


class MailingList(OfficeView, BaseListingView):
    """All mailings of issues, newest first; standing ones have their place beside their journey."""

    permission = "campaigns.view_report"
    page_title = gettext_lazy("Mailings")
    header_icon = "mail"
    index_url_name = "office_mailings"
    results_template_name = RESULTS
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

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """An empty list says what it is for, and leads to where issues are written."""
        archive = ArchivePage.objects.first()
        first = reverse("wagtailadmin_explore", args=[archive.pk]) if archive else ""
        words = {"what_for": WHAT_FOR, "first_url": first, "first_label": _("To the issues")}
        return super().get_context_data(*args, **words, **kwargs)


def live_context(mailing: Mailing) -> dict[str, Any]:
    """What the part of the screen shows that is fetched again and again."""
    now = timezone.now()
    progress = report.progress(mailing, now=now)
    return {
        "mailing": mailing,
        "progress": progress,
        "has_bar": is_measured(mailing, progress),
        "took": story.took(mailing),
        "left_out": report.left_out(mailing),
        "domains": report.domains(mailing),
        "undo_seconds": seconds_to_undo(mailing, now),
        "is_open": mailing.state in OPEN,
        # Why nothing moves, where it is the installation and not the mailing.
        "notices": [one for one in attention.notices(now) if one.is_urgent] if mailing.state in OPEN else [],
        "account": mailing.account if mailing.account.paused_at else None,
        "happenings": story.of(mailing),
        **buttons(mailing, progress),
    }


def is_measured(mailing: Mailing, progress: report.Progress) -> bool:
    """Whether a bar means something: the people are written down, some were to get it, and nobody cancelled it."""
    is_on_its_way = mailing.is_snapshot_complete and mailing.state != Mailing.State.CANCELLED
    return is_on_its_way and progress.n_total > progress.n_excluded


def seconds_to_undo(mailing: Mailing, now: datetime) -> int:
    """What is left of the undo window."""
    if mailing.state != Mailing.State.HOLDING or mailing.scheduled_at is None:
        return 0
    return max(0, round((mailing.scheduled_at - now).total_seconds()))


def buttons(mailing: Mailing, progress: report.Progress) -> dict[str, Any]:
    """What can be done now, and with how many people it has to do: no button that would do nothing."""
    state, waits = mailing.state, bool(progress.n_waiting) or not mailing.is_snapshot_complete
    n_put_off = again.put_off(mailing).count() if state == Mailing.State.FINISHED else 0
    may = {
        "undo": state in (Mailing.State.HOLDING, Mailing.State.SCHEDULED),
        "pause": state in (Mailing.State.FREEZING, Mailing.State.SENDING) and (waits or mailing.is_standing),
        "resume": state in (Mailing.State.PAUSED, Mailing.State.HELD),
        "cancel": waits and state in CANCELLABLE,
        "pace": state in sending.OPEN and (waits or mailing.is_standing),
        "retry": bool(n_put_off),
    }
    return {
        "may": may,
        "verbs": " ".join(verb for verb, is_possible in may.items() if is_possible),
        "n_put_off": n_put_off,
        "n_to_type": progress.n_waiting if asking.is_needed(progress.n_waiting) else 0,
        **another(mailing),
    }


def another(mailing: Mailing) -> dict[str, Any]:
    """Whether the issue of a cancelled mailing can be sent to those who did not get it, and to how many about."""
    issue = mailing.issue if mailing.state == Mailing.State.CANCELLED else None
    if issue is None or sending.obstacle(issue):
        return {"may_send_again": False}
    return {"may_send_again": True, "n_given_up": report.n_given_up(mailing)}


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
        mailings = Mailing.objects.select_related("issue__newsletter", "account", "created_by__wagtail_userprofile")
        self.mailing = get_object_or_404(mailings, pk=mailing_id)
        context = {
            **live_context(self.mailing),
            "may_send": request.user.has_perm("campaigns.send_mailing"),
            "issue_url": issue_url(self.mailing, colleague(request)),
            "by": story.by(self.mailing),
        }
        if request.GET.get("part") == "live":
            return render(request, "office/monitor_live.html", context)
        return self.answer(
            **context,
            has_left=bool(context["progress"].n_accepted),
            links=report.clicks(self.mailing),
            n_clickers=report.n_clickers(self.mailing),
            n_trackable=report.n_trackable(self.mailing),
        )


def issue_url(mailing: Mailing, user: User) -> str:
    """Where its issue is edited; empty for whoever may not, and where it is gone."""
    issue = mailing.issue
    if issue is None or not issue.permissions_for_user(user).can_edit():
        return ""
    return reverse("wagtailadmin_pages:edit", args=[issue.pk])


VERBS = {
    "undo": (sending.undo, gettext_lazy("Stopped: nothing has gone out.")),
    "pause": (sending.pause, gettext_lazy("Paused. What is in flight finishes; the rest waits.")),
    "resume": (sending.resume, gettext_lazy("Going on. Nobody gets it twice.")),
    "cancel": (sending.cancel, gettext_lazy("Cancelled. Those who were waiting will not get it.")),
    "retry": (again.retry, gettext_lazy("Those who were put off wait again. Nobody gets it twice.")),
}


class PaceForm(forms.Form):
    """Mails a second; nothing: as fast as the account may."""

    n_per_second = forms.IntegerField(min_value=0, max_value=MAX_PACE, required=False)


def is_meant(request: HttpRequest, n_waiting: int) -> bool:
    """Whether the number on the page was typed, where many wait; some may have got it between reading and typing."""
    shown, typed = request.POST.get("shown", ""), request.POST.get("number", "")
    return not asking.is_needed(n_waiting) or asking.is_repeated(shown, typed)


class Pace(OfficeView):
    """Slower or faster while it leaves, within what the account may."""

    permission = "campaigns.send_mailing"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """Keep the number, say it, write it into the log."""
        mailing = get_object_or_404(Mailing, pk=mailing_id)
        form = PaceForm(request.POST)
        try:
            if not form.is_valid():
                raise sending.WrongMoment(_("The speed is a whole number of mails a second; nothing was changed."))
            n = form.cleaned_data["n_per_second"] or 0
            sending.pace(mailing, n)
        except sending.WrongMoment as error:
            messages.error(request, str(error))
        else:
            about = {"title": mailing.title, "data": {"mailing": mailing.pk, "n_per_second": n}}
            log(mailing.issue or mailing, "circolare.mailing.pace", user=colleague(request), **about)
            messages.success(request, _("The speed is set. It counts from the next second on."))
        return redirect("office_mailing", mailing_id)


class Act(OfficeView):
    """A button of the monitor: undo, pause, resume, cancel, retry."""

    permission = "campaigns.send_mailing"
    http_method_names = ["post"]

    def post(self, request: HttpRequest, mailing_id: int) -> HttpResponse:
        """Do it, say it, keep it in the log."""
        mailing = get_object_or_404(Mailing, pk=mailing_id)
        verb = request.POST.get("verb", "")
        if verb not in VERBS:
            messages.error(request, _("That button is not known; nothing was changed."))
            return redirect("office_mailing", mailing_id)
        if verb == "cancel" and not is_meant(request, report.n_waiting(mailing)):
            messages.error(request, _("The number does not match; nothing was cancelled."))
            return redirect("office_mailing", mailing_id)
        act, said = VERBS[verb]
        try:
            act(mailing, now=timezone.now())
        except sending.WrongMoment as error:
            messages.error(request, str(error))
        else:
            about = {"title": mailing.title, "data": {"mailing": mailing.pk}}
            log(mailing.issue or mailing, f"circolare.mailing.{verb}", user=colleague(request), **about)
            messages.success(request, str(said))  # at once: a lazy text is read when the colleague's language is gone
        return redirect("office_mailing", mailing_id)
