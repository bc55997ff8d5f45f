"""Where journeys enter the Wagtail admin: list and form, buttons, words of the log."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from campaigns.journeys.admin import JourneyViewSet
from campaigns.models import Journey

register_snippet(JourneyViewSet)


class ReviewItem(ActionMenuItem):
    """Saves the draft and leads to the page that says what publishing will do, and to whom."""

    name = "action-review"
    label = _("Save and publish…")
    icon_name = "upload"

    def is_shown(self, context: dict[str, Any]) -> bool:
        """For those who may publish."""
        return super().is_shown(context) and context["request"].user.has_perm("campaigns.publish_journey")


@hooks.register("construct_snippet_action_menu")
def our_publish(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """In place of Wagtail's Publish and Unpublish, for journeys alone."""
    if context["model"] is not Journey:
        return
    items[:] = [item for item in items if item.name not in ("action-publish", "action-unpublish")]
    review = ReviewItem(order=30)
    if review.is_shown(context):
        items.insert(0, review)


@hooks.register("before_delete_snippet")
def keep_history(request: HttpRequest, snippets: list[Any]) -> HttpResponse | None:
    """A journey that somebody walked is ended, not deleted: its history stays."""
    walked = [snippet for snippet in snippets if isinstance(snippet, Journey) and snippet.runs.exists()]
    if not walked:
        return None
    for journey in walked:
        messages.warning(
            request, _("People have walked “%(journey)s”: end it instead, its history is kept.") % {"journey": journey}
        )
    return redirect("journeys:list")


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """People inside, in the list's menu of a journey."""
    if not isinstance(snippet, Journey) or not user.has_perm("campaigns.run_journey"):
        return []
    return [
        Button(_("People on the way"), reverse("journeys:people", args=[snippet.pk]), icon_name="group", priority=15)
    ]


@hooks.register("register_log_actions")
def log_words(actions: LogActionRegistry) -> None:
    """What the history of a journey says of our acts."""
    words = {
        "publish": (_("Publish version"), _("Published a version of the journey")),
        "pause": (_("Pause"), _("Paused the journey")),
        "resume": (_("Resume"), _("Resumed the journey")),
        "drain": (_("Let nobody in"), _("Let nobody in any more")),
        "end": (_("End"), _("Ended the journey and took everybody out")),
        "move": (_("Move on"), _("Moved a person on by hand")),
        "enter": (_("Let in"), _("Let a person in by hand")),
        "take_out": (_("Take out"), _("Took a person out by hand")),
        "retry": (_("Try again"), _("Let a stuck person be looked at again")),
    }
    for key, (label, message) in words.items():
        actions.register_action(f"circolare.journey.{key}", label, message)
