"""Publish, pause, resume, drain, end: each says first what will happen to how many people, then does it by POST."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from campaigns.journeys import figures, library, outline, validation, versions
from campaigns.journeys.fields import Words
from campaigns.journeys.graph import read
from campaigns.models import Journey
from campaigns.office.doors import OfficeView

State = Journey.State


def colleague(request: HttpRequest) -> User | None:
    """Who is acting; the admin lets nobody in who is not logged in."""
    return request.user if isinstance(request.user, User) else None


class JourneyScreen(OfficeView):
    """A screen of one journey."""

    permission = "campaigns.run_journey"
    header_icon = "redirect"
    journey: Journey

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The journey of the address."""
        super().setup(request, *args, **kwargs)
        self.journey = get_object_or_404(Journey, pk=kwargs["journey_id"])

    def get_page_title(self) -> str:
        """The journey's name before the screen's."""
        return f"{self.journey}: {self.page_title}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the list and to the journey."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("journeys:list"), "label": _("Journeys")},
            {"url": reverse("journeys:edit", args=[self.journey.pk]), "label": str(self.journey)},
            {"url": "", "label": self.get_page_title()},
        ]


class Publish(JourneyScreen):
    """What the draft changes, for whom, and what still keeps it from being published."""

    permission = "campaigns.publish_journey"
    template_name = "journeys/publish.html"
    page_title = gettext_lazy("Publish")

    def get(self, request: HttpRequest, journey_id: int) -> HttpResponse:
        """Say what will happen."""
        drawn = versions.draft(self.journey)
        graph = read(drawn.graph)
        last = versions.newest(self.journey)
        before = read(last.graph) if last else None
        found = validation.problems(graph, library.known(graph, besides=self.journey.pk))
        return self.answer(
            journey=self.journey,
            drawn=drawn,
            outline=outline.of(drawn.graph, journey_id=self.journey.pk),
            problems=found,
            may_publish=not any(not problem.is_warning for problem in found),
            last=last,
            number=last.number + (last.graph != drawn.graph) if last else 1,
            changes=[(change, outline.step_words(graph, change.step.id)) for change in versions.changes(before, graph)]
            if before
            else [],
            n_inside=figures.n_inside(self.journey),
        )

    def post(self, request: HttpRequest, journey_id: int) -> HttpResponse:
        """Freeze the draft as a version."""
        try:
            version = versions.publish(self.journey, user=colleague(request), now=timezone.now())
        except versions.NotPublishable:
            messages.error(request, _("Not published: something is still missing. The draft is kept as it is."))
            return redirect(request.path)
        said = _("Version %(number)d is live: new people walk it from now on.") % {"number": version.number}
        if self.journey.state == State.PAUSED:
            said = _("Version %(number)d is published. The journey is paused: nobody enters yet.") % {
                "number": version.number
            }
        messages.success(request, said)
        return redirect("journeys:edit", self.journey.pk)


@dataclass(frozen=True, slots=True)
class Act:
    """One button: what it is called, what it does, what is said before and after."""

    label: Words
    does: Callable[..., int]
    states: tuple[State, ...]  # from which it can be done
    before: Any  # lazy plural of the number of people inside: the stubs know no type for it
    after: Any  # likewise, of the number of people it touched
    is_grave: bool = False


ACTS = {
    "pause": Act(
        gettext_lazy("Pause"),
        versions.pause,
        (State.LIVE, State.DRAINING),
        ngettext_lazy(
            "%(n)d person is on the way. The clock stops: nobody enters and nobody moves until you resume.",
            "%(n)d people are on the way. The clock stops: nobody enters and nobody moves until you resume.",
            "n",
        ),
        ngettext_lazy("Paused; %(n)d person waits.", "Paused; %(n)d people wait.", "n"),
    ),
    "resume": Act(
        gettext_lazy("Resume"),
        versions.resume,
        (State.PAUSED,),
        ngettext_lazy(
            "%(n)d person waits. Every wait ends later by the length of the pause; "
            "what the person did in the meantime counts.",
            "%(n)d people wait. Every wait ends later by the length of the pause; "
            "what people did in the meantime counts.",
            "n",
        ),
        ngettext_lazy("Resumed; %(n)d person goes on.", "Resumed; %(n)d people go on.", "n"),
    ),
    "drain": Act(
        gettext_lazy("Let nobody in"),
        versions.drain,
        (State.LIVE,),
        ngettext_lazy(
            "%(n)d person is on the way and walks to the end; nobody enters any more. Then the journey is ended.",
            "%(n)d people are on the way and walk to the end; nobody enters any more. Then the journey is ended.",
            "n",
        ),
        ngettext_lazy(
            "Nobody enters any more; %(n)d person walks on.", "Nobody enters any more; %(n)d people walk on.", "n"
        ),
    ),
    "end": Act(
        gettext_lazy("End now"),
        versions.end,
        (State.LIVE, State.PAUSED, State.DRAINING),
        ngettext_lazy(
            "%(n)d person is on the way and is taken out at once, wherever they stand. This cannot be undone.",
            "%(n)d people are on the way and are taken out at once, wherever they stand. This cannot be undone.",
            "n",
        ),
        ngettext_lazy("Ended; %(n)d person left.", "Ended; %(n)d people left.", "n"),
        is_grave=True,
    ),
}


class ChangeState(JourneyScreen):
    """One act on the whole journey, with its count said first."""

    template_name = "journeys/state.html"
    act: Act

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Raises: Http404 for an act that is not there."""
        super().setup(request, *args, **kwargs)
        if kwargs["act"] not in ACTS:
            raise Http404
        self.act = ACTS[kwargs["act"]]

    def get_page_title(self) -> str:
        """The button's own word."""
        return f"{self.journey}: {self.act.label}"

    def get(self, request: HttpRequest, journey_id: int, act: str) -> HttpResponse:
        """Say what will happen to how many people."""
        n_people = figures.n_inside(self.journey)
        return self.answer(
            journey=self.journey,
            act=self.act,
            is_possible=self.journey.state in self.act.states,
            sentence=self.act.before % {"n": n_people},
        )

    def post(self, request: HttpRequest, journey_id: int, act: str) -> HttpResponse:
        """Do it."""
        try:
            n_people = self.act.does(self.journey, user=colleague(request), now=timezone.now())
        except versions.WrongState as error:
            messages.error(request, str(error))
        else:
            messages.success(request, self.act.after % {"n": n_people})
        return redirect("journeys:edit", self.journey.pk)
