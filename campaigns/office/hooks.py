"""Where the office enters the Wagtail admin: menu, addresses, buttons, panels, words of the log."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.log_actions import LogActionRegistry, LogFormatter
from wagtail.models.audit_log import BaseLogEntry
from wagtail.snippets.models import register_snippet

from campaigns.models import IssuePage
from campaigns.office import urls
from campaigns.office.explorer import IssueViewSet, PieceViewSet, ResourceViewSet
from campaigns.office.firstrun import Checklist, ChecklistPanel
from campaigns.office.home import FOR_REPORTS, ActsPanel
from campaigns.office.letters import EmailViewSet, NewsletterViewSet
from campaigns.office.people import SubscriberViewSet
from campaigns.office.segments import SegmentViewSet
from campaigns.office.settings import AccountViewSet
from campaigns.office.signups import PurposeViewSet, SignupFormViewSet
from campaigns.office.tour import TourPanel

MENU = "register_circolare_menu_item"

for viewset in (NewsletterViewSet, EmailViewSet, SubscriberViewSet, SegmentViewSet, SignupFormViewSet, PurposeViewSet):
    register_snippet(viewset)


@hooks.register("register_admin_viewset")
def account_viewset() -> AccountViewSet:
    """Sending accounts stand below Settings."""
    return AccountViewSet("accounts")


@hooks.register("register_admin_viewset")
def page_viewsets() -> list[PageViewSet]:
    """Wagtail's page explorer, with our numbers in it."""
    return [PieceViewSet(), ResourceViewSet(), IssueViewSet()]


@hooks.register("insert_global_admin_css")
def office_css() -> str:
    """Our few rules stand in Wagtail's own screens too: lists of pages, the first page, the note on caught mail."""
    return format_html('<link rel="stylesheet" href="{}">', static("circolare/office/office.css"))


@hooks.register("insert_global_admin_js")
def office_js() -> str:
    """Lists become cards on a phone, Wagtail's own too."""
    return format_html('<script type="module" src="{}"></script>', static("circolare/office/listing.js"))


@hooks.register("register_admin_urls")
def office_urls() -> list[URLResolver]:
    """Below /admin/office/."""
    return [path("office/", include(urls))]


@hooks.register("register_admin_menu_item")
def office_menu() -> SubmenuMenuItem:
    """One group for readers and mailings; each room registers its own entries."""
    return SubmenuMenuItem(
        _("Readers & mail"), Menu(register_hook_name=MENU), name="circolare", icon_name="mail", order=200
    )


class PermittedItem(MenuItem):
    """A menu entry for those who have a right."""

    permission = "campaigns.view_report"

    def is_shown(self, request: HttpRequest) -> bool:
        """Only with the right."""
        return bool(request.user.has_perm(self.permission))


@hooks.register(MENU)
def mailings_item() -> MenuItem:
    """The list of mailings."""
    return PermittedItem(_("Mailings"), reverse("office_mailings"), name="mailings", icon_name="mail", order=250)


class SampleItem(PermittedItem):
    """For those who may take it away."""

    permission = "campaigns.change_publishersettings"


@hooks.register("register_settings_menu_item")
def sample_item() -> MenuItem:
    """The sample publication, below Settings."""
    return SampleItem(
        _("The sample publication"), reverse("office_sample"), name="sample", icon_name="download", order=900
    )


class ReviewItem(ActionMenuItem):
    """ "Review and send" beside Publish, for issues."""

    name = "action-review"
    label = _("Review and send")
    icon_name = "mail"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """For an issue that is saved, to those who may see mailings."""
        page = context.get("page")
        return isinstance(page, IssuePage) and context["request"].user.has_perm("campaigns.view_mailing")

    def get_url(self, context: dict[str, Any]) -> str:
        """The review page."""
        return reverse("office_review", args=[context["page"].pk])


@hooks.register("register_page_action_menu_item")
def review_item() -> ReviewItem:
    """Below Publish."""
    return ReviewItem(order=25)


@hooks.register("construct_homepage_panels")
def home_panel(request: HttpRequest, panels: list[Any]) -> None:
    """First on the admin's home: what one may begin for everybody, the rest for those who may see mailings."""
    panels.append(ActsPanel())
    if request.user.has_perm("campaigns.view_report"):
        panels += [panel() for panel in FOR_REPORTS]


@hooks.register("construct_homepage_panels")
def newcomers_panels(request: HttpRequest, panels: list[Any]) -> None:
    """For those who could do what they ask, until it is done or they are put away."""
    if request.user.has_perm(Checklist.permission):
        panels += [TourPanel(), ChecklistPanel()]


class OfficeSearch(SearchArea):
    """A list of ours among the places that the admin's search looks at."""

    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:  # Any: Wagtail's own arguments
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        """Only with the right to see the list."""
        return bool(request.user.has_perm(self.permission))


@hooks.register("register_admin_search_area")
def people_search() -> SearchArea:
    """Subscribers, by name and address."""
    address = reverse("wagtailsnippets_subscribers_subscriber:list")
    permission = "subscribers.view_subscriber"
    return OfficeSearch(_("Subscribers"), address, "subscribers", icon_name="group", order=700, permission=permission)


@hooks.register("register_admin_search_area")
def journeys_search() -> SearchArea:
    """Journeys, by name."""
    address, permission = reverse("journeys:list"), "campaigns.view_journey"
    return OfficeSearch(_("Journeys"), address, "journeys", icon_name="redirect", order=710, permission=permission)


@hooks.register("construct_help_menu")
def without_news(request: HttpRequest, items: list[MenuItem]) -> None:
    """What is new in a release of Wagtail is news for whoever runs the site, and stands in its notes."""
    items[:] = [item for item in items if not item.name.startswith("whats-new")]


@hooks.register("register_log_actions")
def log_words(actions: LogActionRegistry) -> None:
    """What the site history says of our acts."""
    words = {
        "mailing.send": (_("Send"), _("Sent or scheduled the issue")),
        "mailing.move": (_("Move"), _("Moved the mailing to another day")),
        "mailing.undo": (_("Undo"), _("Stopped the mailing before it left")),
        "mailing.pause": (_("Pause"), _("Paused the mailing")),
        "mailing.resume": (_("Resume"), _("Resumed the mailing")),
        "mailing.cancel": (_("Cancel the rest"), _("Cancelled the mailing")),
        "mailing.retry": (_("Try again"), _("Let those wait again whom servers had put off")),
        "person.stop": (_("Stop"), _("Stopped all mails to a person")),
        "person.erase": (_("Erase"), _("Erased a person")),
        "people.export": (_("Export"), _("Took a list of people away as a file")),
    }
    for key, (label, message) in words.items():
        actions.register_action(f"circolare.{key}", label, message)
    actions.register_action("circolare.mailing.pace")(PaceFormatter)


class PaceFormatter(LogFormatter):
    """The log says which speed was set."""

    label = _("Speed")

    def format_message(self, log_entry: BaseLogEntry) -> str:
        """In mails a second."""
        n = int(log_entry.data.get("n_per_second", 0))
        if not n:
            return gettext("Let it leave as fast as its account may")
        return ngettext("Slowed it down to one mail a second", "Slowed it down to %(n)d mails a second", n) % {"n": n}
