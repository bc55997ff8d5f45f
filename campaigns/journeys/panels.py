"""What stands above the outline of a journey: its state, the people inside, and the buttons for the whole of it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.panels import Panel

from campaigns.journeys import figures, versions
from campaigns.journeys.acting import ACTS
from campaigns.models import Journey


class StatePanel(Panel):
    """Shown once the journey is saved."""

    class BoundPanel(Panel.BoundPanel):
        """For one journey and one colleague."""

        template_name = "journeys/panel.html"
        instance: Journey
        request: HttpRequest

        def is_shown(self) -> bool:
            """Not on the form of a new journey."""
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
            """State, figures, buttons."""
            context: dict[str, Any] = super().get_context_data(parent_context)
            journey = Journey.objects.get(pk=self.instance.pk)
            version = versions.newest(journey)
            numbers = figures.by_step(journey.pk) if version else {}
            return context | {
                "journey": journey,
                "version": version,
                "has_changes": bool(version and version.graph != self.instance.graph),
                "n_inside": sum(row.waiting for row in numbers.values()),
                "n_stuck": sum(row.stuck for row in numbers.values()),
                "retired": [(step, numbers.get(step.id, figures.Figures())) for step in versions.retired(journey)],
                "buttons": self._buttons(journey),
                "now": timezone.localtime(),
            }

        def _buttons(self, journey: Journey) -> list[tuple[str, str]]:
            if not self.request.user.has_perm("campaigns.run_journey"):
                return []
            acts = [
                (reverse("journeys:state", args=[journey.pk, word]), str(act.label))
                for word, act in ACTS.items()
                if journey.state in act.states
            ]
            if journey.state != Journey.State.LIVE:
                return acts
            return [*acts, (reverse("journeys:enter", args=[journey.pk]), _("Let a person in"))]
