"""How far the sample is that the set-up page wished for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import attention
from campaigns.office.doors import OfficeView
from campaigns.sample import wish


class Progress(OfficeView):
    """Looks again by itself until the sample is there. It may be left and opened again: the worker goes on."""

    permission = "campaigns.send_mailing"
    template_name = "office/sample.html"
    page_title = gettext_lazy("The sample publication")
    header_icon = "download"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The bar; home with what came of it once it is over. `?part=live` is the bar alone, at any time."""
        standing = wish.standing()
        shown = {"standing": standing, "notices": attention.notices(timezone.now()) if standing.is_wanted else []}
        if request.GET.get("part") == "live":
            return render(request, "office/sample_live.html", shown)
        if standing.is_wanted:
            return self.answer(**shown)
        tell = messages.error if standing.trouble else messages.success
        tell(request, standing.trouble or _("The sample publication is there. Look around: it harms nobody."))
        return redirect("wagtailadmin_home")
