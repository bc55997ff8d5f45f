"""Segments in the admin: a rule is checked before it is kept, said in words, and counted."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSet

from subscribers.models import Segment
from subscribers.segments import references, rules, sets, words

EXAMPLE = (
    '{"all": [{"did": "page.read", "times": 2, "within_days": 30}, '
    '{"not": {"did": "link.clicked", "within_days": 30}}]}'
)


class SegmentForm(WagtailAdminModelForm):
    """Refuses a rule that cannot be read, or that comes back to itself, and names the place."""

    def clean_rule(self) -> object:
        """The tree as it was given. Raises: ValidationError."""
        tree = self.cleaned_data["rule"]
        try:
            references.expanded(rules.parse(tree), inside=self.instance.pk)
        except rules.RuleError as error:
            raise ValidationError(str(error)) from error
        return tree


class WordsPanel(Panel):
    """What the saved rule says, and how many people it describes now."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "office/segment_words.html"

        def is_shown(self) -> bool:
            """Only what was saved can be counted."""
            return bool(self.instance.pk)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The sentence, the number, and the moment it was true."""
            now = timezone.now()
            return {**super().get_context_data(parent_context), **described(self.instance, now), "now": now}


def described(segment: Segment, now: datetime) -> dict[str, object]:
    """The sentence of a segment's rule and its number; a trouble instead where it cannot be read or counted."""
    try:
        rule = rules.parse(segment.rule)
        return {"sentence": words.sentence(rule), "n_people": sets.count(rule, now=now)}
    except rules.RuleError as error:
        return {"trouble": str(error)}
    except sets.TooSlow:
        return {"sentence": words.sentence(rule), "trouble": _("Counting takes too long for this page.")}


def sentence(segment: Segment) -> str:
    """The rule in words, or what is wrong with it."""
    try:
        return words.sentence(rules.parse(segment.rule))
    except rules.RuleError as error:
        return str(error)


PANELS = [
    FieldPanel("name", help_text=gettext_lazy("How issues and journeys name these people.")),
    WordsPanel(heading=gettext_lazy("In words")),
    FieldPanel("rule", help_text=gettext_lazy("A tree of conditions, for example:") + f" {EXAMPLE}"),
]


class SegmentViewSet(SnippetViewSet):
    """Rules that describe people, written as data and checked when saved."""

    model = Segment
    icon = "group"
    menu_label = gettext_lazy("Segments")
    menu_hook = "register_circolare_menu_item"
    menu_order = 500
    list_display = ["name", Column("sentence", label=gettext_lazy("Who"), accessor=sentence)]

    def get_edit_handler(self) -> ObjectList:
        """The editor's fields, with the check of the rule."""
        return ObjectList(PANELS, base_form_class=SegmentForm).bind_to_model(self.model)
