"""Newsletters, their issues (pages with a web archive) and emails (messages without a page)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Page,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
)
from wagtail.search import index

from campaigns.rendering import archive, heading, syntax, web
from campaigns.rendering.blocks import MailBlock
from campaigns.rendering.checks import texts
from campaigns.rendering.previewing import MailPreview
from content.models.serving import Served
from subscribers.models import Purpose, Segment


class Newsletter(models.Model):
    """A publication people subscribe to. Its consent purpose carries its public title and rhythm."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    purpose = models.OneToOneField(
        Purpose,
        on_delete=models.PROTECT,
        related_name="newsletter",
        verbose_name=_("what people agree to"),
        limit_choices_to={"kind": Purpose.Kind.NEWSLETTER},
    )
    sender_name = models.CharField(_("sender"), max_length=120)
    sender_address = models.EmailField(_("sender's address"))
    reply_to = models.EmailField(_("replies go to"), blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    panels = [
        FieldPanel("name", help_text=_("For the office. Readers see the title of what they agreed to.")),
        FieldPanel("slug", help_text=_("A short word that mail programs sort by. Better never changed.")),
        FieldPanel("purpose", help_text=_("Only who agreed to it gets the issues; its title is the public name.")),
        MultiFieldPanel(
            [
                FieldPanel("sender_name", help_text=_("Who it is from, as inboxes show it.")),
                FieldPanel("sender_address", help_text=_("Of a domain that your mail server may write for.")),
                FieldPanel("reply_to", help_text=_("Empty: replies go to the sender. Somebody should read them.")),
            ],
            heading=_("Sender"),
        ),
    ]

    class Meta:
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def title(self, locale: str) -> str:
        """What readers of this language call it; the name is for the office."""
        return self.purpose.title(locale)


class ArchivePage(Served, Page):
    """The archive of all issues in one language."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "campaigns/archive.html"
    parent_page_types = ["content.HomePage"]
    subpage_types = ["campaigns.IssuePage"]
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction", help_text=_("One or two sentences under the title.")),
    ]

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, Any]:
        """The issues, one part of them at a time."""
        found = archive.shelf(IssuePage.objects.child_of(self), request)
        return {**super().get_context(request, *args, **kwargs), "found": found}

    class Meta:
        verbose_name = _("archive of issues")


class IssuePage(Served, MailPreview, Page):
    """One edition of a newsletter. Publishing puts it into the web archive; only a mailing sends it."""

    WEB = ("web", _("Web version"))

    newsletter = models.ForeignKey(Newsletter, on_delete=models.PROTECT, related_name="+", verbose_name=_("newsletter"))
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("preheader"), max_length=200, blank=True)
    segment = models.ForeignKey(
        Segment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only to"),
        help_text=_("Empty: everybody who subscribed to the newsletter."),
    )
    body = StreamField(MailBlock(), verbose_name=_("body"), blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    template = "campaigns/issue.html"
    parent_page_types = ["campaigns.ArchivePage"]
    subpage_types: list[str] = []
    content_panels = [
        TitleFieldPanel("title", help_text=_("How you find it again, and its address in the archive.")),
        FieldPanel("newsletter", help_text=_("Its readers get the issue, from its sender.")),
        FieldPanel(
            "subject", help_text=_("What inboxes show, and the heading in the archive. Without one it does not leave.")
        ),
        FieldPanel("preheader", help_text=_("The line that inboxes show beside the subject.")),
        FieldPanel("segment"),
        FieldPanel(
            "body",
            help_text=_("The mail, block by block. Who publishes it and how to leave stand below by themselves."),
        ),
    ]
    search_fields = [*Page.search_fields, *map(index.SearchField, ("subject", "preheader", "body"))]
    shown_with = heading.NEEDS

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")

    def clean(self) -> None:
        """Raises: ValidationError, naming block, line and column of each tag that could not be filled in."""
        super().clean()
        if wrong := texts.errors(self, syntax.ISSUE):
            raise ValidationError(wrong)

    @classmethod
    def unlisted(cls) -> models.QuerySet:
        """Issues to a segment: they are there for whoever has the address."""
        return cls.objects.exclude(segment=None)

    @property
    def shown_title(self) -> str:
        """The subject, as in the archive and over the issue."""
        return heading.of(self).subject

    @property
    def shown_summary(self) -> str:
        """The preheader."""
        return heading.of(self).preheader

    @property
    def shown_kind(self) -> str:
        """The newsletter it is an issue of."""
        return heading.of(self).newsletter

    def get_context(self, request: HttpRequest, *args: object, **kwargs: object) -> dict[str, Any]:
        """The issue for nobody in particular, and what stands beside it."""
        return {**super().get_context(request, *args, **kwargs), "shown": web.show(self)}


class Email(
    MailPreview, TranslatableMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model
):
    """A reusable message, one row a language, used by journeys."""

    name = models.CharField(_("name"), max_length=120)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("preheader"), max_length=200, blank=True)
    sender_name = models.CharField(_("sender"), max_length=120, blank=True)
    body = StreamField(MailBlock(), verbose_name=_("body"), blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises: ValidationError, when the name is empty or a tag could not be filled in."""
        super().clean()
        wrong: dict[str, Any] = dict(texts.errors(self, syntax.EMAIL))
        if not self.name.strip():
            wrong["name"] = _("Give the email a name.")
        if wrong:
            raise ValidationError(wrong)
