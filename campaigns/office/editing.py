"""Wagtail's editor with our side panels, and with a word where what is edited is about to leave."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import BaseSidePanel, ChecksSidePanel
from wagtail.admin.views.pages.create import CreateView
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page
from wagtail.snippets.views import snippets

from campaigns import audience
from campaigns.models import IssuePage, Mailing
from campaigns.office import panels
from campaigns.office.moments import told


def without_checks(found: MediaContainer) -> MediaContainer:
    """Wagtail's own checks read the preview, which is closed to scripts here: they would say that all is well."""
    return MediaContainer(one for one in found if not isinstance(one, ChecksSidePanel))


def of_page(page: Page, request: HttpRequest) -> list[BaseSidePanel]:
    """Our panels that have something to say of a page to this colleague."""
    kinds: list[type[BaseSidePanel]] = [panels.EmailChecks, panels.Audience]
    if not isinstance(page, IssuePage) or audience.departed(page).exists():
        kinds.append(panels.Results)
    return [kind(page, request) for kind in kinds if panels.content_of(kind.name, page, request)]


class PieceEditView(EditView):
    """An article or a resource, with what came of it."""

    def get_side_panels(self) -> MediaContainer:
        """Ours beside Wagtail's; an answer to an autosave has none, as with Wagtail's own."""
        found = super().get_side_panels()
        if self.expects_json_response or self.hydrate_create_view:
            return found
        return MediaContainer([*found, *of_page(self.page, self.request)])


class IssueEditView(PieceEditView):
    """An issue: a scheduled one says when it leaves."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The editor, under a notice where the issue has its day."""
        scheduled = audience.mailings(self.page).filter(state=Mailing.State.SCHEDULED).first()
        if scheduled and scheduled.scheduled_at and not self.hydrate_create_view:
            notice(request, self.page, scheduled)
        return super().get(request, *args, **kwargs)

    def get_side_panels(self) -> MediaContainer:
        """Without a panel that cannot see the mail."""
        return without_checks(super().get_side_panels())


class IssueCreateView(CreateView):
    """A new issue."""

    def get_side_panels(self) -> MediaContainer:
        """Without a panel that cannot see the mail."""
        return without_checks(super().get_side_panels())


class EmailEditView(snippets.EditView):
    """An email of a journey, with what the checks say of it."""

    def get_side_panels(self) -> MediaContainer:
        """As of an issue, without its people: a journey has them."""
        found = without_checks(super().get_side_panels())
        if not self.expects_json_response and not self.hydrate_create_view:
            found.append(panels.EmailChecks(self.object, self.request))
        return found


class EmailCreateView(snippets.CreateView):
    """A new email of a journey."""

    def get_side_panels(self) -> MediaContainer:
        """Without a panel that cannot see the mail."""
        return without_checks(super().get_side_panels())


def notice(request: HttpRequest, issue: IssuePage, mailing: Mailing) -> None:
    """Say when it leaves, and what is still taken over until then: of a translation only what is published."""
    if issue.pk == mailing.issue_id:
        words = _("Leaves %(when)s. Until then what you save is what leaves.")
    else:
        words = _("Leaves %(when)s. Of this version leaves what is published by then.")
    when = told(mailing.scheduled_at, timezone.now()) if mailing.scheduled_at else ""
    button = messages.button(reverse("office_mailing", args=[mailing.pk]), _("See its mailing"))
    messages.info(request, words % {"when": when}, buttons=[button])
