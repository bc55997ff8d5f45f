"""The first-run checklist on the admin's home: what a publication still needs, read from facts, never ticked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.users.models import UserProfile

from campaigns.models import (
    Account,
    ArchivePage,
    Delivery,
    IssuePage,
    Journey,
    Mailing,
    PublisherSettings,
    PurposeClass,
)
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.home import HomePanel
from campaigns.sample import words
from campaigns.transports import accounts
from content.models import HomePage, PlainPage
from subscribers import addresses
from subscribers.models import SignupForm, State, Subscriber

HIDDEN = "circolare_checklist"  # among what a colleague dismissed, in Wagtail's own profile
Fact = Callable[[User], bool]
Place = Callable[[], str]


@dataclass(frozen=True)
class Step:
    """One thing a publication needs before its first issue has readers."""

    key: str
    label: str | Promise
    why: str | Promise
    minutes: int
    permission: str  # whoever lacks it is not asked to do it
    is_done: Fact
    url: Place


@dataclass(frozen=True)
class Row:
    """A step as one colleague sees it now."""

    step: Step
    url: str
    is_done: bool


def publisher_is_named(user: User) -> bool:
    """Whether mails name their publisher, and it is not the sample's."""
    publisher = PublisherSettings.current()
    is_lent = all(getattr(publisher, name) == value for name, value in words.publisher().items())
    return not publisher.missing() and not is_lent


def mail_leaves(user: User) -> bool:
    """Whether any account sends to a network instead of the inbox."""
    return any(map(accounts.is_network, Account.objects.all()))


def a_test_left(user: User) -> bool:
    """Whether the next server, or the inbox, took a test mail."""
    return Delivery.objects.filter(
        mailing__purpose_class=PurposeClass.TEST, state=Delivery.State.ACCEPTED, is_sample=False
    ).exists()


def privacy_is_told(user: User) -> bool:
    """Whether a public page of one's own has “privacy” in its address."""
    return PlainPage.objects.live().filter(slug__contains="privacy", is_sample=False).exists()


def a_form_is_open(user: User) -> bool:
    """Whether people can subscribe to something that is not the sample's."""
    return SignupForm.objects.filter(is_open=True, is_sample=False).exists()


def readers_came(user: User) -> bool:
    """Whether a real person may be written to."""
    return Subscriber.objects.filter(state=State.ACTIVE, is_sample=False).exists()


def an_issue_left(user: User) -> bool:
    """Whether an issue was sent to its end."""
    return Mailing.objects.filter(
        purpose_class=PurposeClass.ISSUE, is_standing=False, state=Mailing.State.FINISHED, is_sample=False
    ).exists()


def a_journey_lives(user: User) -> bool:
    """Whether newcomers are welcomed by a journey of one's own."""
    return Journey.objects.filter(state=Journey.State.LIVE, is_sample=False).exists()


def a_colleague_is_here(user: User) -> bool:
    """Whether somebody else has a login with an address that can receive mail; the sample's logins have none."""
    others = User.objects.filter(is_active=True).exclude(pk=user.pk).exclude(email="")
    return any(not addresses.is_reserved(email.rpartition("@")[2]) for email in others.values_list("email", flat=True))


def in_own_language(pages: Iterable[Page]) -> Page | None:
    """The page in the language of the office, else any."""
    found = list(pages)
    return next((page for page in found if page.locale.language_code == get_language()), next(iter(found), None))


def privacy_place() -> str:
    """Where a plain page is added."""
    home = in_own_language(HomePage.objects.select_related("locale"))
    return reverse("wagtailadmin_pages:add", args=["content", "plainpage", home.pk]) if home else ""


def issue_place() -> str:
    """The review page of the newest issue that has no mailing yet; without any, where one is added."""
    mailed = Mailing.objects.filter(issue__isnull=False).values("issue")
    newest = IssuePage.objects.exclude(pk__in=mailed).order_by("-latest_revision_created_at", "-pk").first()
    if newest:
        return reverse("office_review", args=[newest.pk])
    archive = in_own_language(ArchivePage.objects.select_related("locale"))
    return reverse("wagtailadmin_pages:add", args=["campaigns", "issuepage", archive.pk]) if archive else ""


STEPS = (
    Step(
        "publisher",
        _("Say who publishes"),
        _("Name, postal address and contact stand under each mail; without them none leaves."),
        2,
        "campaigns.change_publishersettings",
        publisher_is_named,
        lambda: reverse("wagtailsettings:edit", args=["campaigns", "publishersettings"]),
    ),
    Step(
        "sending",
        _("Connect a mail server"),
        _("EMAIL_URL, or a variable of its own, names the server; until then the inbox catches every mail."),
        3,
        "campaigns.change_account",
        mail_leaves,
        lambda: reverse("accounts:index"),
    ),
    Step(
        "test",
        _("Send a test to yourself"),
        _("“Review and send” of an issue has the button. Look at it on a phone too."),
        2,
        "campaigns.send_mailing",
        a_test_left,
        issue_place,
    ),
    Step(
        "privacy",
        _("Publish your privacy page"),
        _("A plain page with “privacy” in its address: what you keep, why, and for how long."),
        3,
        "campaigns.change_publishersettings",
        privacy_is_told,
        privacy_place,
    ),
    Step(
        "form",
        _("Open a sign-up form"),
        _("What you promise, how often, and what people agree to."),
        2,
        "subscribers.change_signupform",
        a_form_is_open,
        lambda: reverse("wagtailsnippets_subscribers_signupform:list"),
    ),
    Step(
        "readers",
        _("Import or invite readers"),
        _("Subscribe yourself first. A list with proof of consent comes in by manage.py import_subscribers."),
        4,
        "subscribers.view_subscriber",
        readers_came,
        lambda: reverse("wagtailsnippets_subscribers_subscriber:list"),
    ),
    Step(
        "issue",
        _("Send the first issue"),
        _("Nothing leaves before you have seen how many people get it."),
        5,
        "campaigns.send_mailing",
        an_issue_left,
        issue_place,
    ),
    Step(
        "welcome",
        _("Let a journey welcome newcomers"),
        _("Write its mails, look at its steps, publish; whoever confirms from then on walks it."),
        3,
        "campaigns.publish_journey",
        a_journey_lives,
        lambda: reverse("journeys:list"),
    ),
    Step(
        "colleague",
        _("Invite a colleague"),
        _("A login with the role it needs: author, editor, marketer, analyst."),
        1,
        "auth.add_user",
        a_colleague_is_here,
        lambda: reverse("wagtailusers_users:add"),
    ),
)


def rows(user: User) -> list[Row]:
    """The steps this colleague may do, in order, each with its place and whether the facts say it is done."""
    return [Row(step, step.url(), step.is_done(user)) for step in STEPS if user.has_perm(step.permission)]


def is_hidden(user: User, name: str = HIDDEN) -> bool:
    """Whether this colleague put it away."""
    return bool(UserProfile.get_for_user(user).dismissibles.get(name))


def hide(user: User, name: str, *, is_hidden: bool) -> None:
    """Put something of the first page away for this colleague, or take it out again."""
    profile = UserProfile.get_for_user(user)
    profile.dismissibles[name] = is_hidden
    profile.save(update_fields=["dismissibles"])


class ChecklistPanel(HomePanel):
    """On the first page until everything is done; one line while it is put away."""

    name = "circolare_checklist"
    template_name = "office/checklist.html"
    order = 20

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The rows, what is done and how long the rest takes. About twelve queries; one while it is put away."""
        request = parent_context["request"]
        # A panel is drawn without the request: the token has to be handed in.
        csrf_token = get_token(request)
        if is_hidden(request.user):
            return {"is_hidden": True, "csrf_token": csrf_token}
        found = rows(request.user)
        left = [row for row in found if not row.is_done]
        return {
            "rows": found,
            "n_rows": len(found),
            "n_done": len(found) - len(left),
            "n_minutes": sum(row.step.minutes for row in left),
            "is_finished": not left,
            "csrf_token": csrf_token,
        }


class Checklist(OfficeView):
    """Puts the checklist away or takes it out again, for one colleague."""

    permission = "campaigns.send_mailing"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Back to the first page."""
        hide(colleague(request), HIDDEN, is_hidden=request.POST.get("act") == "hide")
        return redirect("wagtailadmin_home")
