"""The form of a journey: its name, what people agreed to, and the graph as an outline over one hidden field."""

import json
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from campaigns.journeys import figures, outline
from campaigns.models import Journey


class OutlineWidget(forms.Widget):
    """The outline, and the hidden text that holds the graph; its script puts each change into the text.

    `journey` is set by the form: figures and "is not in versions any more" need to know it.
    """

    journey: Journey | None = None

    class Media:
        css = {"all": ["circolare/journeys/outline.css"]}
        js = ["circolare/journeys/outline.js"]

    def format_value(self, value: Any) -> str:
        """The graph as readable JSON; text that is no graph as it was sent."""
        return value if isinstance(value, str) else as_text(value)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The hidden text and the outline of it."""
        text = self.format_value(value)
        context = {"name": name, "text": text, "attrs": attrs or {}, "journey": self.journey}
        return render_to_string("journeys/widget.html", {**context, **outline_context(_graph(text), self.journey)})


class JourneyForm(WagtailAdminModelForm):
    """A draft is saved with whatever mistakes it has; only publishing asks for more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "graph" in self.fields:
            self.fields["graph"].widget.journey = self.instance if self.instance.pk else None

    def clean_graph(self) -> dict[str, Any]:
        """Raises: ValidationError for anything but a JSON object; then the old one stays."""
        graph = self.cleaned_data["graph"]
        if graph in (None, ""):
            return {}
        if not isinstance(graph, dict):
            raise forms.ValidationError(_("The steps could not be read; the draft is kept as it was saved last."))
        return graph


def outline_context(data: Any, journey: Journey | None) -> dict[str, Any]:
    """What the outline's template shows."""
    numbers = figures.by_step(journey.pk) if journey and journey.state != Journey.State.DRAFT else None
    drawn = outline.of(data, journey_id=journey.pk if journey else None, figures=numbers)
    return {"outline": drawn, "journey": journey}


def as_text(data: Any) -> str:
    """A graph as it stands in the hidden field."""
    return json.dumps(data if data is not None else {}, ensure_ascii=False, indent=2)


def _graph(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return {}
