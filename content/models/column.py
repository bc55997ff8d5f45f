"""Columns: a named series by one author; its pieces are the articles below it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.snippets.blocks import SnippetChooserBlock

from content.models.serving import Served


class ColumnPage(Served, Page):
    """A series with its own archive, previous and next, feed and rhythm."""

    introduction = models.TextField(_("introduction"), blank=True)
    author = models.ForeignKey(
        "content.Author",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    rhythm = models.CharField(_("rhythm"), max_length=80, blank=True)
    # A block and not a foreign key: this room knows nothing of the tables above it.
    follow = StreamField(
        [("form", SnippetChooserBlock("subscribers.SignupForm", label=_("form")))],
        verbose_name=_("form to follow it"),
        blank=True,
        max_num=1,
        help_text=_(
            "The form of the newsletter that carries this column. It stands on the column's page and under each of its "
            "pieces. Empty: the general form."
        ),
    )
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/column.html"
    parent_page_types = ["content.MagazinePage"]
    subpage_types = ["content.ArticlePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text=_("What the series is about, in one or two sentences.")),
        FieldPanel("author", help_text=_("Who writes it; stands under the title.")),
        FieldPanel("rhythm", help_text=_("How often a piece comes, in words: “every weekday morning”.")),
        FieldPanel("follow"),
    ]

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")

    @property
    def follow_form(self) -> int | None:
        """The number of the form by which it is followed, without loading that form."""
        return next((block["value"] for block in self.follow.raw_data), None)
