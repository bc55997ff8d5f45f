"""What every screen of the office shares: a right to be named, breadcrumbs, Wagtail's own furniture."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import View
from wagtail.admin.auth import permission_denied
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


def colleague(request: HttpRequest) -> User:
    """Who presses the button. Raises: PermissionDenied for a stranger, who never gets past Wagtail's door."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class OfficeView(WagtailAdminTemplateMixin, View):
    """A screen for people with one right. A view that forgets to name it answers nobody."""

    permission: str  # app_label.codename
    act_permission: str = ""  # for POST, where it differs
    trail: list[dict[str, Any]] = []

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse politely who lacks the right; Wagtail's wrapper has asked for the login before."""
        wanted = self.act_permission if request.method == "POST" and self.act_permission else self.permission
        if not request.user.has_perm(wanted):
            return permission_denied(request)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the trail, and this screen."""
        return [*self.breadcrumbs_items, *self.trail, {"url": "", "label": self.get_page_title()}]

    def answer(self, **context: Any) -> HttpResponse:
        """Render the template with Wagtail's context and ours."""
        return self.render_to_response(self.get_context_data(**context))
