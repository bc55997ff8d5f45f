"""Three things to try in the sample, each on its real screen: cards on the first page while the sample is there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.users.models import UserProfile

from campaigns.models import IssuePage, Journey, Mailing
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.home import HomePanel
from campaigns.sample import fill

TOUR = "circolare_tour"  # in Wagtail's own profile: the keys of the cards that were opened, "hidden" among them
HIDDEN = "hidden"


@dataclass(frozen=True)
class Card:
    """Something to try."""

    key: str
    title: str | Promise
    text: str | Promise
    hint: str | Promise  # what to do on the screen that opens
    permission: str
    place: Callable[[], str]  # empty where the sample's own row is gone


def sample_issue() -> str:
    """The review page of the sample's issue that is ready and was never sent."""
    drafts = IssuePage.objects.filter(is_sample=True, live=False).exclude(subject="").order_by("pk")
    scheduled = Mailing.objects.filter(issue__isnull=False).values("issue")
    issue = drafts.exclude(pk__in=scheduled).first()
    return reverse("office_review", args=[issue.pk]) if issue else ""


def sample_journey() -> str:
    """The sample's first live journey."""
    journey = Journey.objects.filter(is_sample=True, state=Journey.State.LIVE).order_by("pk").first()
    return reverse("journeys:edit", args=[journey.pk]) if journey else ""


CARDS = (
    Card(
        "test",
        _("Write yourself a mail"),
        _("A finished issue waits in the sample. Look to whom it would go, and send a test to yourself."),
        _("Go down to “Send a test” and press the button. While mail is caught, the line at the top leads to it."),
        "campaigns.send_mailing",
        sample_issue,
    ),
    Card(
        "journey",
        _("Look into a journey"),
        _("Mails, waits and ways back, as an outline that is read from above."),
        _("Read the steps from above; open one to see what it asks. Nothing changes until you save and publish."),
        "campaigns.change_journey",
        sample_journey,
    ),
    Card(
        "yours",
        _("Make it yours"),
        _("Your name and address under each mail, in place of the invented ones."),
        _("Write who publishes, and save. Every mail from now on says so."),
        "campaigns.change_publishersettings",
        lambda: reverse("wagtailsettings:edit", args=["campaigns", "publishersettings"]),
    ),
)


def opened(user: User) -> list[str]:
    """The keys of the cards this colleague opened; `HIDDEN` among them once the tour was put away."""
    return list(UserProfile.get_for_user(user).dismissibles.get(TOUR, []))


def remember(user: User, key: str) -> None:
    """Note that a card was opened, or the tour put away."""
    profile = UserProfile.get_for_user(user)
    profile.dismissibles[TOUR] = sorted({*profile.dismissibles.get(TOUR, []), key})
    profile.save(update_fields=["dismissibles"])


def cards(user: User) -> list[Card]:
    """What this colleague may try here."""
    return [card for card in CARDS if user.has_perm(card.permission) and card.place()]


class TourPanel(HomePanel):
    """On the first page while the sample is there, until it is put away."""

    name = TOUR
    template_name = "office/tour.html"
    order = 15

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The cards and which were opened. Two queries where nothing is shown, four more where it is."""
        request = parent_context["request"]
        seen = opened(request.user)
        if HIDDEN in seen or not fill.is_filled():
            return {"cards": []}
        # A panel is drawn without the request: the token has to be handed in.
        return {"cards": cards(request.user), "seen": seen, "csrf_token": get_token(request)}


class Tour(OfficeView):
    """Opens the real screen of a card, with a word on what to do there; or puts the tour away."""

    permission = "campaigns.send_mailing"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Raises: Http404 for a card that is not offered to this colleague."""
        user, key = colleague(request), request.POST.get("card", "")
        if key == HIDDEN:
            remember(user, HIDDEN)
            return redirect("wagtailadmin_home")
        card = next((card for card in cards(user) if card.key == key), None)
        if card is None:
            raise Http404
        remember(user, key)
        messages.info(request, str(card.hint))
        return redirect(card.place())
