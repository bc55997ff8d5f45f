"""The mail of an issue's latest draft, shown alone in a frame that may do nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from wagtail.admin.auth import permission_denied

from campaigns.models import IssuePage
from campaigns.rendering import preview
from campaigns.rendering.previewing import MAIL_MODES

# A mail may show its own styles and our images, and nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox allow-popups"
LIGHTS = {key: change for key, (_title, change) in MAIL_MODES.items()} | {"light": preview.light}


def issue_preview(request: HttpRequest, page_id: int) -> HttpResponse:
    """HTML in the light of `?mode=`, or text with `?part=text`, in `?language=`; needs the right to see mailings."""
    if not request.user.has_perm("campaigns.view_mailing"):
        return permission_denied(request)
    issue = get_object_or_404(IssuePage, pk=page_id).get_latest_revision_as_object()
    language = "en" if request.GET.get("language") == "en" else "it"
    if request.GET.get("part") == "text":
        answer = HttpResponse(preview.text(issue, language), content_type="text/plain; charset=utf-8")
    else:
        change = LIGHTS.get(request.GET.get("mode", ""), str)
        answer = HttpResponse(change(preview.html(issue, language)))
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
