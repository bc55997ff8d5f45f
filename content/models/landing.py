"""Landing pages: one promise, one form, and what speaks for it."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from content.blocks import SignupBlock, VoiceBlock
from content.models.serving import Served


class LandingPage(Served, Page):
    """Where a link from elsewhere arrives: a reader may subscribe, read one issue first, or go on to the front page."""

    headline = models.CharField(_("headline"), max_length=160, blank=True)
    promise = models.TextField(_("promise"), blank=True)
    form = StreamField([("signup", SignupBlock())], verbose_name=_("sign-up form"), blank=True, max_num=1)
    voices = StreamField([("voice", VoiceBlock())], verbose_name=_("what readers say"), blank=True, max_num=6)
    shows_readers = models.BooleanField(_("say how many read it"), default=True)
    shows_issue = models.BooleanField(_("show the newest issue"), default=True)
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/landing.html"
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("headline", help_text=_("The largest words of the page. Empty: the title.")),
        FieldPanel("promise", help_text=_("What comes, how often, and why it is worth an address. Three sentences.")),
        FieldPanel("form", help_text=_("Empty: the first open form of this language.")),
        MultiFieldPanel(
            [
                FieldPanel(
                    "shows_readers",
                    help_text=_("Confirmed readers of the form’s newsletters, rounded down; under a hundred nothing."),
                ),
                FieldPanel(
                    "shows_issue",
                    help_text=_("The newest public issue of this language; before the first, the newest article."),
                ),
            ],
            heading=_("Proof"),
        ),
        FieldPanel("voices", help_text=_("True words of people who allowed you to print them with their name.")),
    ]
    search_fields = [*Page.search_fields, index.SearchField("headline"), index.SearchField("promise")]

    class Meta:
        verbose_name = _("landing page")
        verbose_name_plural = _("landing pages")

    @property
    def chosen_form(self) -> Any:  # Any: a form of the room above
        """The form somebody chose, None where nobody did or it was deleted."""
        return next((block.value["form"] for block in self.form), None)

    @property
    def introduction(self) -> str:
        """What cards and previews say of the page."""
        return self.promise
