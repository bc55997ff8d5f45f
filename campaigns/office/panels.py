"""Side panels of Wagtail's editor: what the checks say of a mail, whom it reaches, what came of a page.

The checks stand in the page, for the number on their toggle. What asks readers and ledger is fetched on opening.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Script
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import permission_denied
from wagtail.admin.ui.side_panels import BaseSidePanel
from wagtail.models import Page

from campaigns import audience
from campaigns.models import Email, IssuePage, Mailing
from campaigns.office import counts, whom
from campaigns.rendering import checks
from campaigns.reports import mailing as report

SEE_MAILINGS = "campaigns.view_mailing"
SEE_REPORTS = "campaigns.view_report"
N_MAILINGS = 5  # of one issue; more than one only where a mailing was cancelled on its way


class OfficePanel(BaseSidePanel):
    """One of ours; fetched again whenever it is opened, so that it tells of what was saved last."""

    class Media:
        js = [Script("circolare/office/panels.js", type="module")]

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """Without a number: counting waits until somebody asks."""

        has_counter = False

    template_name = "office/panel.html"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Where the content is fetched."""
        url = reverse("office_panel", args=[self.object.pk, self.name]) if isinstance(self.object, Page) else ""
        return {**super().get_context_data(parent_context), "url": url}


class EmailChecks(OfficePanel):
    """What stops a mail, and what deserves a look."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """Counts what was found, in red where something stops the mail."""

        aria_label = _("Toggle email checks")
        icon_name = "mail"

        def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
            """The number of findings."""
            found = self.panel.found["findings"]
            if any(finding.level == checks.Level.STOP for finding in found):
                self.counter_classname = "w-bg-critical-200"
            return {**super().get_context_data(parent_context), "count": len(found)}

    name = "email-checks"
    title = _("Email checks")
    order = 360

    @cached_property
    def found(self) -> dict[str, Any]:
        """The findings, once for panel and toggle."""
        return checked(self.object, self.request)

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The findings stand in the page: they are known already."""
        return {**super().get_context_data(parent_context), **self.found, "content": "office/panel_checks.html"}


class Audience(OfficePanel):
    """Whom an issue would reach now, and who is left out."""

    class SidePanelToggle(OfficePanel.SidePanelToggle):
        """People."""

        aria_label = _("Toggle audience")
        icon_name = "group"

    name = "audience"
    title = _("Audience")
    order = 370


class Results(OfficePanel):
    """What came of it."""

    class SidePanelToggle(OfficePanel.SidePanelToggle):
        """Figures."""

        aria_label = _("Toggle results")
        icon_name = "table"

    name = "results"
    title = _("Results")
    order = 380


def checked(message: IssuePage | Email, request: HttpRequest) -> dict[str, Any]:
    """What the checks say of a message as it was last saved."""
    now = timezone.now()
    if isinstance(message, Email):
        editor = reverse("wagtailsnippets_campaigns_email:edit", args=[message.pk])
        return {"findings": checks.of_email(message, now=now), "editor": editor}
    editor = reverse("wagtailadmin_pages:edit", args=[message.pk])
    return {"findings": checks.run(message, now=now), "editor": editor, "review": review(message, request)}


def counted(issue: IssuePage, request: HttpRequest) -> dict[str, Any]:
    """Whom an issue would reach now; two queries."""
    if trouble := audience.trouble(issue):
        return {"trouble": trouble}
    count = audience.count(issue, now=timezone.now())
    return {**whom.counted(issue, count, request.user), "review": review(issue, request)}


def resulted(page: Page, request: HttpRequest) -> dict[str, Any]:
    """What came of a page: of an issue its mailings, of a piece the numbers of the explorer."""
    if isinstance(page, IssuePage):
        return {"mailings": [_result(one) for one in audience.departed(page)[:N_MAILINGS]]}
    figures = []
    for column in counts.OF_PAGES.get(type(page), ()):
        column.count([page], request)
        figures.append((column.label, getattr(page, column.accessor), column.hint))
    return {"figures": figures}


def _result(mailing: Mailing) -> dict[str, Any]:
    return {
        "mailing": mailing,
        "progress": report.progress(mailing, now=timezone.now()),
        "n_clickers": report.n_clickers(mailing),
        "n_trackable": report.n_trackable(mailing),
    }


def review(issue: IssuePage, request: HttpRequest) -> str:
    """The review page, for those who may see mailings."""
    return reverse("office_review", args=[issue.pk]) if request.user.has_perm(SEE_MAILINGS) else ""


@dataclass(frozen=True)
class Content:
    """What a panel is filled with."""

    tell: Callable[[Any, HttpRequest], dict[str, Any]]  # Any: a page of one of the kinds
    template: str
    kinds: tuple[type[Page], ...]
    permission: str = ""  # beside the right to edit the page


ISSUES, PIECES = (IssuePage,), tuple(counts.OF_PAGES)
CONTENTS = {
    EmailChecks.name: [Content(checked, "office/panel_checks.html", ISSUES)],
    Audience.name: [Content(counted, "office/panel_audience.html", ISSUES, SEE_MAILINGS)],
    Results.name: [
        Content(resulted, "office/panel_results.html", ISSUES, SEE_REPORTS),
        Content(resulted, "office/panel_results.html", PIECES),
    ],
}


def content_of(name: str, page: Page, request: HttpRequest) -> Content | None:
    """What fills a panel of this page for this colleague; None where there is nothing, or not for them."""
    for content in CONTENTS.get(name, ()):
        if isinstance(page, content.kinds) and (not content.permission or request.user.has_perm(content.permission)):
            return content
    return None


def panel(request: HttpRequest, page_id: int, name: str) -> HttpResponse:
    """The content of a panel, of the page as it was last saved; for those who may edit the page."""
    page = get_object_or_404(Page, pk=page_id).get_latest_revision_as_object()
    if not page.permissions_for_user(request.user).can_edit():
        return permission_denied(request)
    content = content_of(name, page, request)
    if content is None:
        raise Http404
    return render(request, content.template, content.tell(page, request))
