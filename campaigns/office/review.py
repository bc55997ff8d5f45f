"""Review and send: one page that says to whom an issue goes, who is left out and why, before it happens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from campaigns import audience
from campaigns.models import Delivery, IssuePage
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.forms import ScheduleForm, TestForm
from campaigns.rendering import checks
from campaigns.sending import mailing as sending
from campaigns.sending import testing


class Review(OfficeView):
    """GET shows the numbers; only the buttons that say Send or Schedule start anything."""

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
        now = timezone.now()
        findings = checks.run(self.issue, now=now)
        count = audience.Count(0) if audience.trouble(self.issue) else audience.count(self.issue, now=now)
        return self.answer(
            issue=self.issue,
            count=count,
            left_out=[(Delivery.Reason(reason).label, n) for reason, n in count.left_out.items() if n],
            stops=[finding for finding in findings if finding.level == checks.Level.STOP],
            warnings=[finding for finding in findings if finding.level != checks.Level.STOP],
            obstacle=sending.obstacle(self.issue),
            mailings=audience.mailings(self.issue)[:5],
            languages=self.languages(),
            may_send=self.request.user.has_perm(self.act_permission),
            now=now,
            undo_seconds=settings.CIRCOLARE_UNDO_SECONDS,
            schedule_form=forms.get("schedule_form") or ScheduleForm(),
            test_form=forms.get("test_form") or self.empty_test_form(),
        )

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
        """One of three buttons."""
        acts = {"test": self.send_test, "send": self.send, "schedule": self.schedule}
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
        """Send after the undo window."""
        return self.start(at=None)

    def schedule(self) -> HttpResponse:
        """Send at a later moment."""
        form = ScheduleForm(self.request.POST)
        if not form.is_valid():
            return self.show(schedule_form=form)
        return self.start(at=form.cleaned_data["at"])

    def start(self, *, at: Any) -> HttpResponse:
        """Hand the issue to the sending engine, unless a check stops it; a second click starts nothing more."""
        now = timezone.now()
        if any(finding.level == checks.Level.STOP for finding in checks.run(self.issue, now=now)):
            messages.error(self.request, _("Not sent: mend what is marked below first. Nothing is lost."))
            return self.show()
        try:
            mailing = sending.for_issue(self.issue, user=colleague(self.request), now=now, at=at)
        except sending.WrongMoment as error:
            messages.error(self.request, str(error))
            return redirect(self.request.path)
        log(self.issue, "circolare.mailing.send", user=colleague(self.request), title=mailing.title)
        return redirect("office_mailing", mailing.pk)
