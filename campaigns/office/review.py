"""Review and send: one page that says to whom an issue goes, who is left out and why, before it happens."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.log_actions import log

from campaigns import audience
from campaigns.models import IssuePage, Mailing
from campaigns.office import asking, moments, whom
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.forms import ScheduleForm, TestForm
from campaigns.rendering import checks
from campaigns.reports import mailing as report
from campaigns.reports import speed
from campaigns.sending import mailing as sending
from campaigns.sending import testing


class Review(OfficeView):
    """GET shows the numbers; only the buttons that say Send, Schedule or Move start anything."""

    permission = "campaigns.view_mailing"
    act_permission = "campaigns.send_mailing"
    template_name = "office/review.html"
    page_title = gettext_lazy("Review and send")
    header_icon = "mail"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The issue as it stands in its latest draft; a mailing says what the draft says."""
        super().setup(request, *args, **kwargs)
        page = get_object_or_404(IssuePage, pk=kwargs["page_id"])
        self.issue = page.get_latest_revision_as_object()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the issue's editor."""
        edit = reverse("wagtailadmin_pages:edit", args=[self.issue.pk])
        return [
            *self.breadcrumbs_items,
            {"url": edit, "label": self.issue.get_admin_display_title()},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """The page with empty forms."""
        return self.show()

    def show(self, **forms: Form) -> HttpResponse:
        """The page, with the forms given in the state they were sent in."""
        now, trouble = timezone.now(), audience.trouble(self.issue)
        count = audience.Count(0) if trouble or self.has_begun else audience.count(self.issue, now=now)
        return self.answer(
            issue=self.issue,
            subject=self.issue.subject or self.issue.title,
            newsletter=self.issue.newsletter.title(self.issue.locale.language_code),
            links=self.links(),
            trouble=trouble,
            obstacle=sending.obstacle(self.issue),
            may_send=self.request.user.has_perm(self.act_permission),
            languages=self.languages(),
            test_form=forms.get("test_form") or self.empty_test_form(),
            **self.people(count, now),
            **self.findings(count, now),
            **self.when(count, now, forms.get("schedule_form")),
        )

    @cached_property
    def mailing(self) -> Mailing | None:
        """The mailing that keeps the issue from being sent: scheduled, on its way, or gone."""
        return audience.mailings(self.issue).exclude(state=Mailing.State.CANCELLED).first()

    @property
    def is_scheduled(self) -> bool:
        """Whether it waits for its day, and may still change."""
        return self.mailing is not None and self.mailing.state == Mailing.State.SCHEDULED

    @property
    def has_begun(self) -> bool:
        """Whether who gets it is not a question any more."""
        return self.mailing is not None and not self.is_scheduled

    def links(self) -> dict[str, str]:
        """Attributes of the links in the sentence; empty for places this colleague may not go to."""
        has_perm = self.request.user.has_perm
        places = {
            "people": has_perm(whom.PEOPLE) and reverse("office_issue_people", args=[self.issue.pk]),
            "newsletter": has_perm("campaigns.change_newsletter")
            and reverse("wagtailsnippets_campaigns_newsletter:edit", args=[self.issue.newsletter_id]),
            "subject": reverse("wagtailadmin_pages:edit", args=[self.issue.pk]),
        }
        return {key: format_html(' href="{}"', url) if url else "" for key, url in places.items()}

    def people(self, count: audience.Count, now: datetime) -> dict[str, Any]:
        """Who gets it, who does not and why, or who got it."""
        return {
            **whom.counted(self.issue, count, self.request.user),
            "mailing": self.mailing,
            "is_scheduled": self.is_scheduled,
            "n_accepted": report.progress(self.mailing, now=now).n_accepted if self.mailing and self.has_begun else 0,
            "sent_before": audience.departed(self.issue).exclude(pk=self.mailing.pk if self.mailing else 0)[:5],
        }

    def findings(self, count: audience.Count, now: datetime) -> dict[str, Any]:
        """What stops it and what deserves a look; nothing once it has gone."""
        if self.has_begun:
            return {"stops": [], "warnings": []}
        found = [*checks.run(self.issue, now=now), *whom.findings(self.issue, count, now=now)]
        return {
            "stops": [finding for finding in found if finding.level == checks.Level.STOP],
            "warnings": [finding for finding in found if finding.level != checks.Level.STOP],
        }

    def when(self, count: audience.Count, now: datetime, form: Form | None) -> dict[str, Any]:
        """When it leaves, when the last mail will be taken, and what is asked before."""
        at = self.mailing.scheduled_at if self.mailing and self.is_scheduled else None
        start = at or now + timedelta(seconds=settings.CIRCOLARE_UNDO_SECONDS)
        done_at = speed.done_at(sending.default_account(), count.n_going, start=start)
        return {
            "now": now,
            "zone": timezone.get_current_timezone_name(),
            "leaves": moments.told(at, now) if at else "",
            "done": moments.clock(done_at, start) if done_at else "",
            "undo_seconds": settings.CIRCOLARE_UNDO_SECONDS,
            "must_confirm": asking.is_needed(count.n_going),
            "must_type": asking.is_typed(count.n_going),
            "schedule_form": form or ScheduleForm(initial={"at": at}),
        }

    def languages(self) -> list[str]:
        """Codes of the languages this issue exists in, its own first."""
        others = self.issue.get_translations().values_list("locale__language_code", flat=True)
        return [self.issue.locale.language_code, *others]

    def empty_test_form(self) -> TestForm:
        """A test to oneself, in the issue's own language."""
        return TestForm(
            initial={"to": getattr(self.request.user, "email", ""), "language": self.issue.locale.language_code}
        )

    def post(self, request: HttpRequest, page_id: int) -> HttpResponse:
        """One of four buttons."""
        acts = {"test": self.send_test, "send": self.send, "schedule": self.schedule, "move": self.schedule}
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            messages.error(request, _("That button is not known; nothing was sent."))
            return redirect(request.path)
        return act()

    def send_test(self) -> HttpResponse:
        """Queue the test mails; they leave with the next tick."""
        form = TestForm(self.request.POST)
        if not form.is_valid():
            return self.show(test_form=form)
        addresses = form.cleaned_data["to"]
        try:
            testing.send(
                self.issue,
                addresses=addresses,
                locale=form.cleaned_data["language"],
                seen_as=form.cleaned_data["seen_as"],
                user=colleague(self.request),
                now=timezone.now(),
            )
        except testing.NotReady as error:
            messages.error(self.request, str(error))
            return self.show(test_form=form)
        messages.success(self.request, _("The test is on its way to %(to)s.") % {"to": ", ".join(addresses)})
        return redirect(self.request.path)

    def send(self) -> HttpResponse:
        """Send after the undo window; many people are confirmed first."""
        given = self.request.POST
        n = 0 if audience.trouble(self.issue) else audience.count(self.issue, now=timezone.now()).n_going
        if not asking.is_answered(n, seen=given.get("seen", ""), typed=given.get("typed", "")):
            messages.error(self.request, _("Not sent: say yes to the number of people first. It may have changed."))
            return redirect(self.request.path)
        return self.start(at=None)

    def schedule(self) -> HttpResponse:
        """Send at a later moment, or move what is scheduled to another."""
        form = ScheduleForm(self.request.POST)
        if not form.is_valid():
            return self.show(schedule_form=form)
        return self.start(at=form.cleaned_data["at"])

    def start(self, *, at: datetime | None) -> HttpResponse:
        """Hand the issue to the sending engine, unless a check stops it; a second click starts nothing more."""
        now = timezone.now()
        if any(finding.level == checks.Level.STOP for finding in checks.run(self.issue, now=now)):
            messages.error(self.request, _("Not sent: mend what is marked below first. Nothing is lost."))
            return self.show()
        begin = self.move if self.request.POST.get("act") == "move" else self.begin
        try:
            mailing = begin(at=at, now=now)
        except sending.WrongMoment as error:
            messages.error(self.request, str(error))
            return redirect(self.request.path)
        return redirect("office_mailing", mailing.pk)

    def begin(self, *, at: datetime | None, now: datetime) -> Mailing:
        """A new mailing, written into the log. Raises: WrongMoment."""
        mailing = sending.for_issue(self.issue, user=colleague(self.request), now=now, at=at)
        log(self.issue, "circolare.mailing.send", user=colleague(self.request), title=mailing.title)
        if at:
            words = _("Scheduled: it leaves %(when)s.") % {"when": moments.told(at, now)}
        else:
            n = settings.CIRCOLARE_UNDO_SECONDS
            words = ngettext(
                "It leaves in %(n)d second. Until then you can stop it here.",
                "It leaves in %(n)d seconds. Until then you can stop it here.",
                n,
            ) % {"n": n}
        messages.success(self.request, words)
        return mailing

    def move(self, *, at: datetime | None, now: datetime) -> Mailing:
        """The scheduled mailing, on another day. Raises: WrongMoment."""
        if self.mailing is None or at is None:
            raise sending.WrongMoment(_("It is not scheduled any more; nothing was changed."))
        sending.move(self.mailing, at=at, now=now)
        log(self.issue, "circolare.mailing.move", user=colleague(self.request), title=self.mailing.title)
        messages.success(self.request, _("Moved: it leaves %(when)s.") % {"when": moments.told(at, now)})
        return self.mailing
