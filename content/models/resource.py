"""The library and its free resources."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.documents.models import AbstractDocument
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from content import tools
from content.blocks import TEXT_FEATURES, BodyBlock
from content.editing import TopicsForm
from content.models.covered import CoveredPage
from content.models.serving import Served

MOST_EXCERPT_PAGES = 4  # seen before a file is taken; more would be the file
FILMS = {"mp4": "video/mp4", "webm": "video/webm"}  # {ending: type}; what every browser of these years can play


class LibraryPage(Served, Page):
    """All free resources in one language."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "content/library.html"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["content.ResourcePage", "content.SeriesPage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text=_("One or two sentences under the title.")),
    ]

    class Meta:
        verbose_name = _("library")


class ResourcePage(CoveredPage):
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
    document = models.ForeignKey(
        "wagtaildocs.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    n_pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    n_excerpt_pages = models.PositiveSmallIntegerField(
        _("pages to look into"), default=2, validators=[MaxValueValidator(MOST_EXCERPT_PAGES)]
    )
    n_seconds = models.PositiveIntegerField(_("seconds"), null=True, blank=True)
    captions_it = models.ForeignKey(
        "wagtaildocs.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("captions in Italian"),
    )
    captions_en = models.ForeignKey(
        "wagtaildocs.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("captions in English"),
    )
    transcript = RichTextField(_("transcript"), features=TEXT_FEATURES, blank=True)
    tool = models.CharField(_("tool"), max_length=40, choices=tools.choices, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    template = "content/resource.html"
    base_form_class = TopicsForm
    parent_page_types = ["content.LibraryPage", "content.SeriesPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("abstract", help_text=_("What the reader can do with it, in two sentences.")),
        MultiFieldPanel(
            [
                FieldPanel("kind", help_text=_("Stands over the title and is a filter of the library.")),
                FieldPanel(
                    "gate", help_text=_("For an address: the file comes by mail, with or without a newsletter.")
                ),
                FieldPanel("document", help_text=_("Has no public address: it leaves only through this page.")),
                FieldPanel("n_pages", help_text=_("How long it is, where it has pages.")),
                FieldPanel(
                    "n_excerpt_pages",
                    help_text=_(
                        "So many of the first pages of a PDF stand in the page as pictures, for everybody: 4 at most, "
                        "0 for none. Of a file for an address it is never all, so a single page is not shown."
                    ),
                ),
            ],
            heading=_("The file"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("n_seconds", help_text=_("How long the video is.")),
                FieldPanel("captions_it", help_text=_("A file .vtt: what is said or shown, line by line.")),
                FieldPanel("captions_en", help_text=_("The same in English. Readers choose in the player.")),
                FieldPanel(
                    "transcript",
                    help_text=_("The whole video in words, below the player; for those who do not watch or hear it."),
                ),
            ],
            heading=_("A video"),
            help_text=_(
                "An MP4 or WebM file that is free to take plays in the page. For an address, it comes by mail."
            ),
        ),
        MultiFieldPanel(
            [FieldPanel("tool", help_text=_("It stands in the page and needs no file. Only for the kind Tool."))],
            heading=_("A tool"),
        ),
        FieldPanel(
            "topics",
            widget=forms.CheckboxSelectMultiple,
            help_text=_("The drawn cover takes its colours from them; the library is filtered by them."),
        ),
        FieldPanel("cover"),
        FieldPanel("body", help_text=_("What the reader will find, so that nobody takes it in vain.")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("abstract"),
        index.SearchField("body"),
        index.SearchField("transcript"),
    ]

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(n_excerpt_pages__lte=MOST_EXCERPT_PAGES), name="resource_excerpt_is_short"
            )
        ]

    @property
    def plays(self) -> bool:
        """Whether the page has a player: an open video whose file browsers can play. A gated one is a file like any."""
        is_open_video = self.kind == self.Kind.VIDEO and self.gate == self.Gate.OPEN
        return is_open_video and self.document is not None and _ending(self.document) in FILMS

    def clean(self) -> None:
        """Raises: ValidationError, by field, where kind, gate and files do not fit together."""
        super().clean()
        wrong: dict[str, object] = {}
        if self.kind == self.Kind.VIDEO and self.document and _ending(self.document) not in FILMS:
            wrong["document"] = _("A video is a file of the kind .mp4 or .webm; this one is not.")
        for name in ("captions_it", "captions_en"):
            if (captions := getattr(self, name)) and _ending(captions) != "vtt":
                wrong[name] = _("Captions are a file of the kind .vtt; this one is not.")
        if self.tool and self.kind != self.Kind.TOOL:
            wrong["tool"] = _("Only a resource of the kind Tool can hold a tool.")
        elif self.tool and self.gate != self.Gate.OPEN:
            wrong["gate"] = _("A tool stands in the page for everybody: choose “Free to take”.")
        if wrong:
            raise ValidationError(wrong)


def _ending(document: AbstractDocument) -> str:
    return document.file_extension.lower()
