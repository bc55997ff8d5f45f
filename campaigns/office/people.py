"""Subscribers in the admin: the list, and one person with the whole history."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Column, DateColumn, StatusTagColumn
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, DeleteView, IndexView, SnippetViewSet

from campaigns.office import timeline
from campaigns.office.doors import OfficeView, colleague
from campaigns.office.forms import NoteForm
from subscribers import consent, erasure, events
from subscribers.models import Facts, Kind, State, Subscriber


class SubscriberFilters(WagtailFilterSet):
    """Chips above the list."""

    class Meta:
        model = Subscriber
        fields = ["state", "locale", "frequency", "stage"]


class SubscriberIndex(IndexView):
    """The title leads to the person's page, not to a form. Nothing is ticked: people are not deleted in bulk."""

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Without Wagtail's boxes: deleting is all that they could do."""
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_edit_url(self, instance: Subscriber) -> str:
        """The person's page."""
        return reverse("office_person", args=[instance.pk])


class NoAdd(CreateView):
    """A person comes in with a consent that can be shown: by a form, or by an import that names its source."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say so."""
        messages.info(request, _("People come in by a sign-up form, or by an import that names where they agreed."))
        return redirect("wagtailsnippets_subscribers_subscriber:list")


class NoDelete(DeleteView):
    """People are erased, with a trace that holds nothing personal; rows are not deleted."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the page where erasing is."""
        messages.warning(request, _("People are not deleted but erased: the button is on this page."))
        return redirect("office_person", kwargs["pk"])


class SubscriberViewSet(SnippetViewSet):
    """List, search, filters, and a short form for what a colleague may correct."""

    model = Subscriber
    icon = "group"
    menu_label = gettext_lazy("Subscribers")
    menu_hook = "register_circolare_menu_item"
    menu_order = 400
    add_to_reference_index = False
    index_view_class = SubscriberIndex
    add_view_class = NoAdd
    delete_view_class = NoDelete
    copy_view_enabled = False
    list_display = [
        "__str__",
        Column("address", label=gettext_lazy("Address")),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda row: row.get_state_display(),
            primary=lambda row: row.state == State.ACTIVE,
        ),
        Column("locale", label=gettext_lazy("Language")),
        Column("stage", label=gettext_lazy("Stage"), accessor=lambda row: row.get_stage_display()),
        DateColumn("created_at", label=gettext_lazy("Added"), sort_key="created_at"),
    ]
    list_per_page = 50
    filterset_class = SubscriberFilters
    search_fields = ["name", "address_key"]
    ordering = "-created_at"
    panels = [
        FieldPanel("name", help_text=gettext_lazy("As the person writes it; mails may greet by it.")),
        FieldPanel("locale", help_text=gettext_lazy("The language of the mails.")),
        FieldPanel(
            "zone", help_text=gettext_lazy("Such as Europe/Rome. Quiet hours go by it; empty: the publication's.")
        ),
        FieldPanel("role", help_text=gettext_lazy("What the person chose under “I am a…” on a form.")),
        FieldPanel("topics", help_text=gettext_lazy("What the person chose; segments and journeys ask for it.")),
    ]

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Without the button that leads to a form nobody should need."""
        return super().get_index_view_kwargs(**kwargs) | {"add_url_name": None}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        """Everybody but those who were erased."""
        return Subscriber.objects.exclude(state=State.ERASED)


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
        return self.answer(
            person=self.person,
            facts=Facts.objects.filter(pk=self.person.pk).first(),
            permissions=self.person.permissions.select_related("purpose").order_by("purpose__key"),
            runs=self.person.runs.filter(state="open").select_related("journey"),
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
