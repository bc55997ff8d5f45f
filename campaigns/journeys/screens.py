"""The outline's own address: a change asked for, the new graph and its outline back. Nothing is saved here."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin.auth import permission_denied

from campaigns.journeys import operations, versions
from campaigns.journeys.forms import as_text, outline_context
from campaigns.models import Journey

LARGEST = 1_000_000  # characters of a graph; 300 steps are below 200 000


class OutlineFragment(View):
    """POST {graph, wish, journey} → {graph, html, said, focus, opens}. The form is saved by Wagtail's own buttons."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For those who may write journeys."""
        if not (request.user.has_perm("campaigns.add_journey") or request.user.has_perm("campaigns.change_journey")):
            return permission_denied(request)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the change; 400 with a sentence where it cannot be made, nothing is lost then."""
        try:
            asked = _asked(request)
            journey = Journey.objects.filter(pk=asked["journey"]).first() if asked["journey"] else None
            taken = versions.ids_ever_used(journey.pk) if journey else ()
            done = operations.perform(asked["graph"], asked["wish"], taken=taken)
        except (ValueError, KeyError):
            said = _("The change could not be made; nothing was lost. Load the page again if it stays so.")
            return JsonResponse({"said": said}, status=400)
        html = render_to_string("journeys/outline.html", outline_context(done.graph, journey), request)
        answer = {"graph": as_text(done.graph), "html": html, "said": done.said}
        return JsonResponse({**answer, "focus": done.focus, "opens": done.opens})


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Raises: ValueError for a body that is not what the script sends."""
    if len(request.body) > LARGEST:
        raise ValueError("too large")
    body = json.loads(request.body)
    if not isinstance(body, dict) or not isinstance(body.get("wish"), dict):
        raise ValueError("no change asked for")
    journey = body.get("journey")
    return {
        "graph": json.loads(body.get("graph") or "{}"),
        "wish": body["wish"],
        "journey": journey if isinstance(journey, int) else None,
    }
