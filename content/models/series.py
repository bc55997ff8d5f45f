"""Series: resources that belong together, in an order; its parts are the resources below it."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from content.editing import TopicsForm
from content.models.covered import CoveredPage


class SeriesPage(CoveredPage):
    """A numbered or lettered set of resources. The library shows it as one; each part knows its neighbours."""

    class Marks(models.TextChoices):
        LETTERS = "letters", _("Letters: A, B, C")
        NUMBERS = "numbers", _("Numbers: 1, 2, 3")

    introduction = models.TextField(_("introduction"), blank=True)
    marks = models.CharField(_("parts are marked by"), max_length=8, choices=Marks, default=Marks.NUMBERS)
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/series.html"
    base_form_class = TopicsForm
    parent_page_types = ["content.LibraryPage"]
    subpage_types = ["content.ResourcePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text=_("What the parts make together, in two or three sentences.")),
        FieldPanel(
            "marks", help_text=_("The order is that of the pages below: drag them in the list of pages to change it.")
        ),
        FieldPanel(
            "topics",
            widget=forms.CheckboxSelectMultiple,
            help_text=_("The drawn cover takes its colours from them; filters of the library go by the parts’ own."),
        ),
        FieldPanel("cover"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction")]

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def mark(self, place: int) -> str:
        """How the part at a place is called; places count from 0. Letters give way to numbers after the 26th."""
        is_lettered = self.marks == self.Marks.LETTERS and place < 26
        return chr(ord("A") + place) if is_lettered else str(place + 1)
