"""One person in the admin: who, what they agreed to, the whole history, and what a colleague may do."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from campaigns.journeys import frozen, outline
from campaigns.office import timeline, words
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.forms import NoteForm
from subscribers import consent, erasure, events
from subscribers.models import Facts, Kind, Subscriber


class Person(OfficeView):
    """One person: who, what they agreed to, where they are, the whole history."""

    permission = "subscribers.view_subscriber"
    act_permission = "subscribers.change_subscriber"
    template_name = "office/person.html"
    header_icon = "user"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """The person of the address."""
        super().setup(request, *args, **kwargs)
        self.person = get_object_or_404(Subscriber, pk=kwargs["subscriber_id"])

    def get_page_title(self) -> str:
        """The name, or the address."""
        return str(self.person)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Back to the list."""
        people = reverse("wagtailsnippets_subscribers_subscriber:list")
        return [
            *self.breadcrumbs_items,
            {"url": people, "label": _("Subscribers")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get(self, request: HttpRequest, subscriber_id: int, note_form: NoteForm | None = None) -> HttpResponse:
        """The page; `?before=` goes on from where it ended."""
        before = parse_datetime(request.GET.get("before", "")[:40])
        lines = timeline.of(self.person, before=before if before and timezone.is_aware(before) else None)
        runs = self.person.runs.filter(state="open").select_related("journey")
        return self.answer(
            person=self.person,
            facts=Facts.objects.filter(pk=self.person.pk).first(),
            permissions=self.person.permissions.select_related("purpose").order_by("purpose__key"),
            runs=[(run, outline.step_words(frozen.graph(run.version_id), run.step)) for run in runs],
            language=words.language(self.person.locale),
            came_by=words.origins([self.person.source])[self.person.source] or "—",
            lines=lines,
            older=lines[-1].at.isoformat() if len(lines) == timeline.N_ROWS else "",
            note_form=note_form or NoteForm(),
            may_change=request.user.has_perm(self.act_permission),
            may_erase=request.user.has_perm("subscribers.erase_subscriber"),
        )

    def post(self, request: HttpRequest, subscriber_id: int) -> HttpResponse:
        """Add a note, withdraw one's mails on a person's word, or erase."""
        acts = {"note": self.note, "stop": self.stop, "erase": self.erase}
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            messages.error(request, _("That button is not known; nothing was changed."))
            return redirect(request.path)
        return act()

    def note(self) -> HttpResponse:
        """Keep the note as an event of the person."""
        form = NoteForm(self.request.POST)
        if not form.is_valid():
            return self.get(self.request, self.person.pk, note_form=form)
        now = timezone.now()
        events.record(
            Kind.NOTED,
            subscriber_id=self.person.pk,
            occurred_at=now,
            now=now,
            source="admin",
            evidence="human",
            payload={"text": form.cleaned_data["text"], "by": colleague(self.request).pk},
        )
        messages.success(self.request, _("Noted."))
        return redirect(self.request.path)

    def stop(self) -> HttpResponse:
        """Withdraw every permission, because the person asked a colleague to."""
        consent.withdraw_all(self.person, source=f"admin:{colleague(self.request).pk}", now=timezone.now())
        log(self.person, "circolare.person.stop", user=colleague(self.request), title=f"#{self.person.pk}")
        messages.success(self.request, _("Nothing more will be sent to this person."))
        return redirect(self.request.path)

    def erase(self) -> HttpResponse:
        """Erase after the number on the page was typed; needs its own right."""
        if not self.request.user.has_perm("subscribers.erase_subscriber"):
            messages.error(self.request, _("Erasing needs the administrator's right; nothing was erased."))
            return redirect(self.request.path)
        if self.request.POST.get("number", "").strip() != str(self.person.pk):
            messages.error(self.request, _("The number does not match; nothing was erased."))
            return redirect(self.request.path)
        erasure.erase(self.person, now=timezone.now())
        log(self.person, "circolare.person.erase", user=colleague(self.request), title=f"#{self.person.pk}")
        messages.success(self.request, _("Erased. Counts remain, without the person."))
        return redirect("wagtailsnippets_subscribers_subscriber:list")
