"""Segments in the admin: a rule is checked before it is kept, said in words, and counted."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList, Panel
from wagtail.admin.ui.tables import Column, NumberColumn, Table
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from campaigns.office.listing import SaysWhatFor
from subscribers.models import Segment
from subscribers.segments import references, rules, sets, words

LIST_SECONDS = 3.0  # for all the numbers of a list
ONE_SECONDS = 1.0  # for one of them
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


class SegmentIndex(IndexView):
    """With the number of people in each, as far as counting them all stays quick."""

    def get_table(self, object_list: Sequence[Segment]) -> Table:
        """Count the rows that are shown, in the time there is; the rest have no number."""
        until = monotonic() + LIST_SECONDS
        for segment in object_list:
            segment.n_people = quick_count(segment, until - monotonic())  # type: ignore[attr-defined]
        return super().get_table(object_list)


def quick_count(segment: Segment, seconds: float) -> int | str:
    """How many people it describes now; empty where its rule cannot be read or the time is over."""
    if seconds <= 0:
        return ""
    try:
        return sets.count(rules.parse(segment.rule), now=timezone.now(), seconds=min(seconds, ONE_SECONDS))
    except (rules.RuleError, sets.TooSlow):
        return ""


class SegmentViewSet(SaysWhatFor, SnippetViewSet):
    """Rules that describe people, written as data and checked when saved."""

    model = Segment
    what_for = gettext_lazy(
        "A segment describes people by what they did, chose or are; issues and journeys can be for them alone."
    )
    icon = "group"
    menu_label = gettext_lazy("Segments")
    menu_hook = "register_circolare_menu_item"
    menu_order = 500
    index_view_class = SegmentIndex
    list_display = [
        "name",
        Column("sentence", label=gettext_lazy("Who"), accessor=sentence),
        NumberColumn("n_people", label=gettext_lazy("People"), accessor="n_people", classname="office-number"),
    ]

    def get_edit_handler(self) -> ObjectList:
        """The editor's fields, with the check of the rule."""
        return ObjectList(PANELS, base_form_class=SegmentForm).bind_to_model(self.model)
