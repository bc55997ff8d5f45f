"""Journeys in the Wagtail admin: the list, the form, and the addresses of their own screens."""

from typing import Any

from django.db.models import Count, Model, Q, QuerySet
from django.forms import Select
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import NumberColumn, StatusTagColumn, UpdatedAtColumn
from wagtail.snippets.views.snippets import (
    CreateView,
    EditView,
    IndexView,
    SnippetViewSet,
    UnpublishView,
)

from campaigns.journeys import acting, people, screens
from campaigns.journeys.forms import JourneyForm, OutlineWidget
from campaigns.journeys.panels import StatePanel
from campaigns.models import Journey, Run
from campaigns.office.listing import SaysWhatFor

PANELS = [
    StatePanel(heading=gettext_lazy("State")),
    FieldPanel("name", help_text=gettext_lazy("How you find it again. Readers see it where they ask why a mail came.")),
    FieldPanel("purpose", widget=Select),
    FieldPanel(
        "graph",
        widget=OutlineWidget,
        help_text=gettext_lazy(
            "From above to below; a step may lead back to an earlier one. Nothing happens before you publish."
        ),
    ),
]


class JourneyIndex(IndexView):
    """Name, state, people inside; Wagtail's own "live" column would say less than the state."""

    list_display = [
        "__str__",
        StatusTagColumn(
            "state",
            label=gettext_lazy("State"),
            accessor=lambda journey: journey.get_state_display(),
            primary=lambda journey: journey.state == Journey.State.LIVE,
        ),
        NumberColumn("n_inside", label=gettext_lazy("On the way")),
        UpdatedAtColumn(label=gettext_lazy("Updated")),
    ]


class SavesAlone:
    """Wagtail's Publish would put a draft online without freezing a version: here it only saves.

    "Save and publish…" leads on to the page that says what publishing means.
    """

    request: HttpRequest
    object: Model

    def get_available_actions(self) -> list[str]:
        """Without publish."""
        return [action for action in super().get_available_actions() if action != "publish"]  # type: ignore[misc]

    def run_after_hook(self) -> HttpResponse | None:
        """On to the publishing page where that button was pressed."""
        answer = super().run_after_hook()  # type: ignore[misc]
        if answer is None and "action-review" in self.request.POST:
            return redirect("journeys:publish", self.object.pk)
        return answer


class JourneyCreate(SavesAlone, CreateView):
    """A new journey."""


class JourneyEdit(SavesAlone, EditView):
    """The form of a journey."""


class JourneyUnpublish(UnpublishView):
    """A journey is paused, drained or ended, never unpublished."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the pause."""
        return redirect("journeys:state", kwargs["pk"], "pause")


class JourneyViewSet(SaysWhatFor, SnippetViewSet):
    """The list, the form and our own screens below one address."""

    model = Journey
    what_for = gettext_lazy(
        "A journey accompanies people step by step: it waits, listens to what they do and writes at the right moment."
    )
    icon = "redirect"
    menu_label = gettext_lazy("Journeys")
    menu_hook = "register_circolare_menu_item"
    menu_order = 300
    base_url_path = "journeys"
    url_namespace = "journeys"
    add_to_reference_index = False
    copy_view_enabled = False
    index_view_class = JourneyIndex
    add_view_class = JourneyCreate
    edit_view_class = JourneyEdit
    unpublish_view_class = JourneyUnpublish
    list_display = JourneyIndex.list_display
    list_filter = ["state"]
    search_fields = ["name"]
    ordering = "name"

    def get_edit_handler(self) -> ObjectList:
        """The panels with our form."""
        return ObjectList(PANELS, base_form_class=JourneyForm).bind_to_model(self.model)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Journey]:
        """With the number of people inside."""
        inside = Count("runs", filter=Q(runs__state=Run.State.OPEN))
        return Journey.objects.annotate(n_inside=inside).select_related("purpose")

    def get_urlpatterns(self) -> list[URLPattern]:
        """Wagtail's and ours."""
        return [
            path("outline/", screens.OutlineFragment.as_view(), name="outline"),
            path("<int:journey_id>/publish/", acting.Publish.as_view(), name="publish"),
            path("<int:journey_id>/state/<slug:act>/", acting.ChangeState.as_view(), name="state"),
            path("<int:journey_id>/people/", people.PeopleInside.as_view(), name="people"),
            path("<int:journey_id>/enter/", people.LetIn.as_view(), name="enter"),
            path("runs/<int:run_id>/", people.Way.as_view(), name="run"),
            path("runs/<int:run_id>/act/", people.Act.as_view(), name="run_act"),
            *super().get_urlpatterns(),
        ]
