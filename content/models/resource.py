"""The library and its free resources."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from content.blocks import BodyBlock
from content.editing import TopicsForm
from content.models.serving import Served


class LibraryPage(Served, Page):
    """All free resources in one language."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "content/library.html"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["content.ResourcePage"]
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("library")


class ResourcePage(Served, Page):
    """Something free to take. The file has no public address: it leaves only through a checked view."""

    class Kind(models.TextChoices):
        GUIDE = "guide", _("Guide")
        CANVAS = "canvas", _("Canvas")
        CHECKLIST = "checklist", _("Checklist")
        BOOK = "book", _("Book")
        VIDEO = "video", _("Video")
        TOOL = "tool", _("Tool")

    class Gate(models.TextChoices):
        OPEN = "open", _("Free to take")
        MAIL = "mail", _("For an address")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.GUIDE)
    gate = models.CharField(_("gate"), max_length=8, choices=Gate, default=Gate.MAIL)
    abstract = models.TextField(_("abstract"), blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("what is in it"), blank=True)
    topics = ParentalManyToManyField("content.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    document = models.ForeignKey(
        "wagtaildocs.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    n_pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    cover = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover"),
        help_text=_("Empty: a cover is drawn from title and topic."),
    )
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/resource.html"
    base_form_class = TopicsForm
    parent_page_types = ["content.LibraryPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("abstract", help_text=_("What the reader can do with it, in two sentences.")),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel(
                    "gate", help_text=_("For an address: the file comes by mail, with or without a newsletter.")
                ),
                FieldPanel("document", help_text=_("Has no public address: it leaves only through this page.")),
                FieldPanel("n_pages"),
            ],
            heading=_("The file"),
        ),
        FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
        FieldPanel("cover"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("abstract"), index.SearchField("body")]

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
