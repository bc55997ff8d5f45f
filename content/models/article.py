"""Articles, and the magazine page they stand under when they belong to no column."""

from datetime import datetime, timedelta

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from content import reading
from content.blocks import BodyBlock, FurtherReadingBlock
from content.editing import ArticleForm
from content.models.covered import CoveredPage
from content.models.serving import Served

A_WHILE = timedelta(days=1)  # corrections of the first day are part of publishing


class MagazinePage(Served, Page):
    """The list of all articles in one language, the columns' included."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "content/magazine.html"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["content.ArticlePage", "content.ColumnPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text=_("One or two sentences under the title.")),
    ]

    class Meta:
        verbose_name = _("magazine")


class ArticlePage(CoveredPage):
    """One piece of writing, or one piece of a column when its parent is one."""

    standfirst = models.TextField(_("standfirst"), blank=True, help_text=_("Two sentences under the title."))
    author = models.ForeignKey(
        "content.Author",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    published_at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    further_reading = StreamField([("item", FurtherReadingBlock())], verbose_name=_("further reading"), blank=True)
    reading_seconds = models.PositiveIntegerField(default=0, editable=False)
    # Where an import found it, so that a second import meets the same page: "wxr:<guid>", "markdown:<path>".
    import_key = models.CharField(max_length=255, blank=True, db_index=True, editable=False)
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/article.html"
    base_form_class = ArticleForm
    parent_page_types = ["content.MagazinePage", "content.ColumnPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [
                FieldPanel("author", help_text=_("Shown in the language of the article where that author has one.")),
                FieldPanel(
                    "topics",
                    widget=forms.CheckboxSelectMultiple,
                    help_text=_("They stand over the title; related articles share them."),
                ),
                FieldPanel("published_at", help_text=_("Shown on the article; decides what comes before and after.")),
            ],
            heading=_("About"),
        ),
        FieldPanel("cover"),
        FieldPanel("body", help_text=_("Text, headings, quotes, figures, a form, a resource: the plus adds them.")),
        FieldPanel("further_reading", help_text=_("What you would hand to a reader who wants more, and why.")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("standfirst"),
        index.SearchField("body"),
        index.FilterField("published_at"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @property
    def updated_at(self) -> datetime | None:
        """When it was last published anew, if that was A_WHILE after it was written and after it came here.

        An import or a late first publication is no update: what counts is a second publication.
        """
        if self.first_published_at is None or self.last_published_at is None:
            return None
        is_later = self.last_published_at - max(self.first_published_at, self.published_at) >= A_WHILE
        return self.last_published_at if is_later else None

    def full_clean(self, *args: object, **kwargs: object) -> None:
        """Keep the reading time with the text it was worked out from."""
        self.reading_seconds = reading.seconds(self)
        super().full_clean(*args, **kwargs)
