"""The home page of one language and plain pages such as "about" and "privacy"."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from content.blocks import BodyBlock
from content.models.serving import Served


class HomePage(Served, Page):
    """The front of the publication in one language."""

    tagline = models.CharField(_("tagline"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)

    template = "content/home.html"
    parent_page_types = ["wagtailcore.Page"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("tagline", help_text=_("The largest words of the front page: who you are in one line.")),
        FieldPanel("introduction", help_text=_("Two sentences below it: what you bring, how often.")),
    ]

    class Meta:
        verbose_name = _("home page")


class PlainPage(Served, Page):
    """A page without a date: about, privacy, accessibility."""

    body = StreamField(BodyBlock(), verbose_name=_("body"), blank=True)
    import_key = models.CharField(max_length=255, blank=True, db_index=True, editable=False)  # as of an article
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/plain.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("body", help_text=_("Text, headings, quotes, figures, a form, a resource: the plus adds them.")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("body")]

    @property
    def shown_kind(self) -> str:
        """Nothing: “plain” is a word of the office."""
        return ""

    class Meta:
        verbose_name = _("plain page")
