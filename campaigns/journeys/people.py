"""The people of a journey: who stands where, one person's way, and what a colleague may do by hand."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin.auth import permission_denied
from wagtail.log_actions import log

from campaigns.journeys import entering, figures, frozen, hands, outline, reasons, versions
from campaigns.journeys.acting import JourneyScreen
from campaigns.journeys.graph import read
from campaigns.models import Journey, Run
from subscribers.models import Subscriber

PER_PAGE = 50
MOST_FOUND = 20


class PeopleInside(JourneyScreen):
    """Who is on the way, at one step or anywhere: since when, until when."""

    template_name = "journeys/people.html"
    page_title = gettext_lazy("People on the way")

    def get(self, request: HttpRequest, journey_id: int) -> HttpResponse:
        """The list, by `?step=` and `?state=`."""
        state = request.GET.get("state", "")
        state = state if state in Run.State.values else Run.State.OPEN
        step = request.GET.get("step", "")
        page = Paginator(figures.people(self.journey, step=step, state=state), PER_PAGE).get_page(request.GET.get("p"))
        rows = [
            (run, outline.step_words(frozen.graph(run.version_id), run.step), reasons.words(run.why)) for run in page
        ]
        return self.answer(
            journey=self.journey,
            page=page,
            elided_page_range=page.paginator.get_elided_page_range(page.number),
            linkurl=request.path,
            rows=rows,
            steps=self.steps(),
            now=timezone.localtime(),
            step=step,
            state=state,
            states=Run.State.choices,
            is_live=self.journey.state in (Journey.State.LIVE, Journey.State.DRAINING),
        )

    def steps(self) -> list[tuple[str, str]]:
        """(id, words) of the steps of the newest version, then of steps that it has no more."""
        last = versions.newest(self.journey)
        graph = frozen.graph(last.pk) if last else read({})
        current = [(step.id, outline.step_words(graph, step.id)) for step in graph.steps]
        return [*current, *((step.id, step.name or step.id) for step in versions.retired(self.journey))]


class Way(JourneyScreen):
    """One person's way: every visit with what decided it."""

    template_name = "journeys/run.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The run of the address, and its journey."""
        self.run = get_object_or_404(Run.objects.select_related("subscriber", "version"), pk=kwargs["run_id"])
        super().setup(request, *args, journey_id=self.run.journey_id, **kwargs)

    def get_page_title(self) -> str:
        """The journey and the person."""
        return f"{self.journey}: {self.run.subscriber}"

    def get(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """The visits in order."""
        graph = frozen.graph(self.run.version_id)
        passages = self.run.passages.order_by("pk")
        visits = [
            (visit, outline.step_words(graph, visit.step), reasons.of_passage(visit, graph), reasons.seen(visit))
            for visit in passages
        ]
        return self.answer(journey=self.journey, run=self.run, visits=visits, why=reasons.words(self.run.why))


class Act(View):
    """Move on, take out, try again: one run, by POST alone."""

    def post(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Do it if the person still stands where the button was shown."""
        if not request.user.has_perm("campaigns.run_journey"):
            return permission_denied(request)
        run = get_object_or_404(Run.objects.select_related("journey", "subscriber"), pk=run_id)
        act = hands.ACTS.get(request.POST.get("act", ""))
        standing = (request.POST.get("step", ""), request.POST.get("lap", ""))
        if act is None or not standing[1].isdigit():
            messages.error(request, _("That button is not known; nothing was changed."))
        else:
            self.do(request, run, act, (standing[0], int(standing[1])))
        return redirect("journeys:people", run.journey_id)

    def do(self, request: HttpRequest, run: Run, act: hands.Act, standing: tuple[str, int]) -> None:
        """One act, logged, and what came of it as a message."""
        try:
            is_done = act.does(run, standing, now=timezone.now())
        except IntegrityError:
            is_done = False
        if not is_done:
            messages.warning(
                request, _("%(person)s is not there any more; nothing was changed.") % {"person": run.subscriber}
            )
            return
        data = {"run": run.pk, "subscriber": run.subscriber_id, "step": run.step, "lap": run.lap}
        log(instance=run.journey, action=f"circolare.journey.{act.word}", user=request.user, data=data)
        messages.success(request, str(act.said) % {"person": run.subscriber})


class SearchForm(forms.Form):
    """Who shall be let in."""

    q = forms.CharField(label=gettext_lazy("Name or address"), max_length=200, required=False)


class LetIn(JourneyScreen):
    """Enter a person by hand: search, then a button beside each person found."""

    template_name = "journeys/enter.html"
    page_title = gettext_lazy("Let a person in")

    def get(self, request: HttpRequest, journey_id: int) -> HttpResponse:
        """The search and what it finds, each with the reason why not where there is one."""
        form = SearchForm(request.GET)
        words = form.cleaned_data["q"].strip() if form.is_valid() else ""
        people = list(hands.search(words)[:MOST_FOUND]) if words else []
        found = [(person, entering.refusal(self.journey, person)) for person in people]
        return self.answer(journey=self.journey, form=form, words=words, found=found)

    def post(self, request: HttpRequest, journey_id: int) -> HttpResponse:
        """Let one person in."""
        number = request.POST.get("subscriber", "")
        person = get_object_or_404(Subscriber, pk=int(number) if number.isdigit() and len(number) < 16 else 0)
        refusal = hands.let_in(self.journey, person, user_id=request.user.pk or 0, now=timezone.now())
        if refusal:
            messages.error(request, refusal)
            return redirect(request.get_full_path())
        log(
            instance=self.journey,
            action="circolare.journey.enter",
            user=request.user,
            data={"subscriber": person.pk},
        )
        messages.success(request, _("%(person)s is on the way.") % {"person": person})
        return redirect("journeys:people", self.journey.pk)
