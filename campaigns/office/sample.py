"""How far the sample is that the set-up page wished for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import attention
from campaigns.office.doors import OfficeView
from campaigns.sample import wish

AGAIN_SECONDS = "2"


class Progress(OfficeView):
    """Reloads itself until the sample is there, then leads home. It may be left: the worker goes on."""

    permission = "campaigns.send_mailing"
    template_name = "office/sample.html"
    page_title = gettext_lazy("The sample publication")
    header_icon = "download"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The bar; or home, with what came of it."""
        standing = wish.standing()
        if not standing.is_wanted:
            tell = messages.error if standing.trouble else messages.success
            tell(request, standing.trouble or _("The sample publication is there. Look around: nothing can leave."))
            return redirect("wagtailadmin_home")
        response = self.answer(standing=standing, notices=attention.notices(timezone.now()))
        response.headers["Refresh"] = AGAIN_SECONDS
        return response
