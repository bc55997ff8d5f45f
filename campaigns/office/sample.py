"""The sample publication: made and taken away by a button, and how far that is."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import attention
from campaigns.office.doors import OfficeView
from campaigns.sample import fill, wish
from content.models import ArticlePage
from subscribers.models import Subscriber

ACTS = {"make": wish.MAKE, "clear": wish.CLEAR}


class Sample(OfficeView):
    """Looks again by itself while a worker is at it. It may be left and opened again: the worker goes on."""

    permission = "campaigns.send_mailing"
    act_permission = "campaigns.change_publishersettings"
    template_name = "office/sample.html"
    page_title = gettext_lazy("The sample publication")
    header_icon = "download"

    def get(self, request: HttpRequest) -> HttpResponse:
        """What is there and what may be done with it; `?part=live` is what changes by itself."""
        standing = wish.standing()
        shown = {
            "standing": standing,
            "notices": attention.notices(timezone.now()) if standing.is_wanted else [],
            "is_filled": fill.is_filled(),
            "n_articles": ArticlePage.objects.filter(is_sample=True).count(),
            "n_people": Subscriber.objects.filter(is_sample=True).count(),
            "may_act": request.user.has_perm(self.act_permission),
        }
        if request.GET.get("part") == "live":
            return render(request, "office/sample_live.html", shown)
        return self.answer(**shown)

    def post(self, request: HttpRequest) -> HttpResponse:
        """One of two buttons: a worker does it."""
        name = ACTS.get(request.POST.get("act", ""))
        if name is None:
            messages.error(request, _("That button is not known; nothing was changed."))
        else:
            wish.ask(name)
        return redirect(request.path)
