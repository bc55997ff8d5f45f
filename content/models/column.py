"""Columns: a named series by one author; its pieces are the articles below it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

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
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/column.html"
    parent_page_types = ["content.MagazinePage"]
    subpage_types = ["content.ArticlePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text=_("What the series is about, in one or two sentences.")),
        FieldPanel("author"),
        FieldPanel("rhythm", help_text=_("How often a piece comes, in words: “every weekday morning”.")),
    ]

    class Meta:
        verbose_name = _("column")
        verbose_name_plural = _("columns")
