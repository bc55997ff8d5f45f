"""Subscribers in the admin: the list with its filters, and the file of it for those who may take it away."""

from typing import Any

import django_filters
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin.auth import permission_denied
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Column, DateColumn, StatusTagColumn
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.log_actions import log
from wagtail.snippets.views.snippets import CreateView, DeleteView, IndexView, SnippetViewSet

from campaigns import exporting
from campaigns.office import words
from campaigns.office.doors import colleague
from campaigns.office.listing import SaysWhatFor
from subscribers.models import Permission, Purpose, Segment, SignupForm, State, Subscriber
from subscribers.segments import rules, sets

EXPORT = "subscribers.export_subscriber"
Choices = list[tuple[str, str]]


def newsletters() -> Choices:
    """What one may have agreed to, by its title in the language of the office."""
    here = get_language() or settings.LANGUAGE_CODE
    return [(str(one.pk), one.title(here)) for one in Purpose.objects.all()]


def topics() -> Choices:
    """Every topic by the key that joins its languages, in the order of the alphabet."""
    return sorted(words.topics().items(), key=lambda choice: choice[1])


def sources() -> Choices:
    """The forms, and the ways in that are no form."""
    codes = [f"form:{key}" for key in SignupForm.objects.order_by("key").values_list("key", flat=True).distinct()]
    return list(words.origins([*codes, "import", "home", "api"]).items())


def segments() -> Choices:
    """Every segment by its name."""
    return [(str(one.pk), one.name) for one in Segment.objects.all()]


class SubscriberFilters(WagtailFilterSet):
    """Chips above the list."""

    locale = django_filters.ChoiceFilter(choices=settings.LANGUAGES, label=gettext_lazy("Language"))
    agreed = django_filters.ChoiceFilter(choices=newsletters, method="agreed_to", label=gettext_lazy("Agreed to"))
    topic = django_filters.ChoiceFilter(choices=topics, method="chose", label=gettext_lazy("Topic"))
    source = django_filters.ChoiceFilter(choices=sources, method="came_by", label=gettext_lazy("Came by"))
    segment = django_filters.ChoiceFilter(choices=segments, method="inside", label=gettext_lazy("Segment"))

    class Meta:
        model = Subscriber
        fields = ["state", "locale", "agreed", "topic", "source", "segment", "frequency", "stage"]

    def agreed_to(self, people: QuerySet[Subscriber], name: str, value: str) -> QuerySet[Subscriber]:
        """Whose permission stands."""
        given = Permission.objects.filter(subscriber=OuterRef("pk"), purpose_id=value, is_given=True)
        return people.filter(Exists(given))

    def chose(self, people: QuerySet[Subscriber], name: str, value: str) -> QuerySet[Subscriber]:
        """Who ticked the topic, in whichever language."""
        ticked = Subscriber.topics.through.objects.filter(subscriber=OuterRef("pk"), topic__translation_key=value)
        return people.filter(Exists(ticked))

    def came_by(self, people: QuerySet[Subscriber], name: str, value: str) -> QuerySet[Subscriber]:
        """One form, or every import."""
        is_form = value.startswith("form:")
        return people.filter(source=value) if is_form else people.filter(source__startswith=value)

    def inside(self, people: QuerySet[Subscriber], name: str, value: str) -> QuerySet[Subscriber]:
        """Whom the segment describes now; nobody where its rule cannot be read any more."""
        segment = Segment.objects.get(pk=value)
        try:
            return people.filter(pk__in=sets.matching(rules.parse(segment.rule), now=timezone.now()).values("pk"))
        except rules.RuleError as error:
            if self.request:
                messages.error(self.request, f"{segment}: {error}")
            return people.none()


class SubscriberIndex(IndexView):
    """The title leads to the person's page, not to a form. Nothing is ticked: people are not deleted in bulk."""

    # A cell that begins like a formula would be one in a spreadsheet.
    custom_value_preprocess = {**SpreadsheetExportMixin.custom_value_preprocess, str: {"csv": exporting.cell}}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse the file to whoever may not take it away."""
        if self.is_export and not request.user.has_perm(EXPORT):
            return permission_denied(request)
        return super().dispatch(request, *args, **kwargs)

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        """Keep in the log who took how many people away."""
        if self.is_export:
            user = colleague(self.request)
            log(user, "circolare.people.export", user=user, data={"people": len(context["object_list"])})
        return super().render_to_response(context, **options)

    @cached_property
    def show_export_buttons(self) -> bool:
        """For those who have the right."""
        return self.request.user.has_perm(EXPORT)

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


class SubscriberViewSet(SaysWhatFor, SnippetViewSet):
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
    what_for = gettext_lazy(
        "Here are the people who asked for your letters: who they are, what they agreed to, and their whole history. "
        "They come in by a sign-up form."
    )
    list_display = [
        "__str__",
        Column("address", label=gettext_lazy("Address")),
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda row: row.get_state_display(),
            primary=lambda row: row.state == State.ACTIVE,
        ),
        Column("locale", label=gettext_lazy("Language"), accessor=lambda row: words.language(row.locale)),
        Column("stage", label=gettext_lazy("Stage"), accessor=lambda row: row.get_stage_display()),
        DateColumn("created_at", label=gettext_lazy("Added"), sort_key="created_at"),
    ]
    list_export = [
        "name",
        "address",
        "locale",
        "get_state_display",
        "get_frequency_display",
        "get_stage_display",
        "source",
        "created_at",
    ]
    export_headings = {
        "get_state_display": gettext_lazy("State"),
        "get_frequency_display": gettext_lazy("How often"),
        "get_stage_display": gettext_lazy("Stage"),
        "source": gettext_lazy("Came by"),
    }
    export_filename = "circolare-people"
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
        """Without the button that leads to a form nobody should need; an empty list leads to the sign-up forms."""
        first = {
            "what_for": self.what_for,
            "first_url": reverse_lazy("wagtailsnippets_subscribers_signupform:list"),
            "first_label": gettext_lazy("To the sign-up forms"),
        }
        return super().get_index_view_kwargs(**{"extra_context": first, **kwargs}) | {"add_url_name": None}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscriber]:
        """Everybody but those who were erased."""
        return Subscriber.objects.exclude(state=State.ERASED)
