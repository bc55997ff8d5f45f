"""The admin's first page: what needs somebody, what runs now, what to do next."""

import logging
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from campaigns import attention
from campaigns.models import Account, ArchivePage, IssuePage, Mailing, Run
from campaigns.office.monitor import OPEN
from campaigns.reports import home as numbers
from campaigns.reports import mailing as report
from content.models import ArticlePage, ColumnPage, MagazinePage

logger = logging.getLogger(__name__)
N_COLUMNS = 3  # more buttons help nobody
# What is scheduled stands among what comes.
RUNNING = [state for state in (*OPEN, Mailing.State.PAUSED) if state != Mailing.State.SCHEDULED]
KEPT_SECONDS = 60  # the four numbers; with a million readers counting them takes a while


class HomePanel(Component):
    """A part of the first page. One that fails says so in its place and leaves the others alone."""

    def render_html(self, parent_context: Any = None) -> SafeString:
        """The part, or a line that it could not be worked out."""
        try:
            with transaction.atomic():  # a query that fails must not take the other panels' queries with it
                return super().render_html(parent_context)
        except Exception:
            logger.exception("the panel %s failed", self.name)
            return render_to_string("office/home/failed.html")


class NeedsPanel(HomePanel):
    """What somebody has to look at."""

    name = "circolare_needs"
    template_name = "office/home/needs.html"
    order = 10

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Silent parts, held mailings, paused accounts, stuck people; about ten queries."""
        stuck = Run.objects.filter(state=Run.State.FAILED).values("journey", "journey__name")
        return {
            "notices": attention.notices(timezone.now()),
            "held": Mailing.objects.filter(state=Mailing.State.HELD)[:6],
            "accounts": Account.objects.filter(paused_at__isnull=False),
            "stuck": stuck.annotate(n=Count("pk")).order_by("journey__name"),
        }


class RunningPanel(HomePanel):
    """Mailings on their way and journeys with people in them."""

    name = "circolare_running"
    template_name = "office/home/running.html"
    order = 12

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """At most six of each."""
        now = timezone.now()
        running = Mailing.objects.filter(is_standing=False, state__in=RUNNING)
        return {
            "running": [(mailing, report.progress(mailing, now=now)) for mailing in running[:6]],
            "walking": [(journey, n) for journey, n in numbers.walking() if n],
        }


class ActsPanel(HomePanel):
    """What this colleague may begin; whoever may begin nothing has no such panel."""

    name = "circolare_acts"
    template_name = "office/home/acts.html"
    order = 14

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """(label, address) pairs."""
        return {"acts": acts(parent_context["request"].user)}


class FiguresPanel(HomePanel):
    """Four numbers with their last four weeks."""

    name = "circolare_figures"
    template_name = "office/home/figures.html"
    order = 16

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The numbers, and the moment they were counted."""
        figures, figures_at = kept_figures(timezone.now())
        return {"figures": figures, "figures_at": figures_at, "width": numbers.WIDTH, "height": numbers.HEIGHT}


class ComingPanel(HomePanel):
    """What leaves or appears by itself in the next seven days."""

    name = "circolare_coming"
    template_name = "office/home/coming.html"
    order = 18

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """The nearest first."""
        return {"coming": numbers.coming(timezone.now())}


FOR_REPORTS = (NeedsPanel, RunningPanel, FiguresPanel, ComingPanel)


def kept_figures(now: datetime) -> tuple[list[numbers.Figure], datetime]:
    """The four numbers, and the moment they were counted."""
    key = f"office-home:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        kept = numbers.figures(now), now
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def acts(user: User) -> list[tuple[str, str]]:
    """What this colleague may begin here: (label, address)."""
    found = []
    places: list[tuple[Page | None, type[Page], str]] = [(_parent(MagazinePage), ArticlePage, _("New article"))]
    columns = _in_own_language(ColumnPage.objects.live())[:N_COLUMNS]
    places += [(one, ArticlePage, _("New piece of “%(column)s”") % {"column": one.title}) for one in columns]
    places.append((_parent(ArchivePage), IssuePage, _("New issue")))
    for parent, child, label in places:
        if parent and parent.permissions_for_user(user).can_add_subpage():
            kind = child._meta
            found.append((label, reverse("wagtailadmin_pages:add", args=[kind.app_label, kind.model_name, parent.pk])))
    if user.has_perm("campaigns.add_journey"):
        found.append((_("New journey"), reverse("journeys:add")))
    return found


def _in_own_language(pages: QuerySet[Page]) -> QuerySet[Page]:
    """Those in the colleague's own language where there are any, else all."""
    own = pages.select_related("locale").filter(locale__language_code=get_language())
    return own if own.exists() else pages


def _parent(model: type[Page]) -> Page | None:
    """Where a new piece goes."""
    return _in_own_language(model.objects.all()).first()
