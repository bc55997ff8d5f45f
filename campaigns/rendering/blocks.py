"""Blocks of a mail. Each has an MJML partial and a text partial in `site/templates/mail/blocks/`."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

MAIL_FEATURES = ["bold", "italic", "link", "ol", "ul"]
# Addresses that are another one for each reader; a link in a text names them by an anchor: #home.
PLACES = [
    ("home", _("page with preferences")),
    ("leave", _("page to leave")),
    ("why", _("page that says why the mail came")),
    ("web", _("web version of the issue")),
    ("resource", _("resource that was unlocked")),
]


class ButtonBlock(blocks.StructBlock):
    """One clear next thing to do."""

    label = blocks.CharBlock(label=_("label"), max_length=60, help_text=_("What happens next, beginning with a verb."))
    page = blocks.PageChooserBlock(
        label=_("page"), required=False, help_text=_("One of yours; in the reader's language where it exists.")
    )
    url = blocks.CharBlock(
        label=_("or address"),
        max_length=500,
        required=False,
        help_text=_(
            "Complete, with https://. In journey mails also {{ context.something | url }}, and nothing around it."
        ),
    )
    place = blocks.ChoiceBlock(
        label=_("or the reader's own"),
        choices=PLACES,
        required=False,
        help_text=_("Another address for each reader, without a password."),
    )

    class Meta:
        icon = "link"
        label = _("Button")

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Raises: StructBlockValidationError, when not exactly one of page, address and place is given."""
        cleaned = super().clean(value)
        given = [name for name in ("page", "url", "place") if cleaned.get(name)]
        if len(given) != 1:
            message = _("Give one of the three: a page, an address, or the reader's own.")
            raise blocks.StructBlockValidationError({given[-1] if given else "page": ValidationError(message)})
        return cleaned


class ArticleCardBlock(blocks.StructBlock):
    """An article with cover, title and standfirst, in the reader's language where it exists."""

    article = blocks.PageChooserBlock(
        label=_("article"), page_type="content.ArticlePage", help_text=_("Published; its cover and title come along.")
    )
    lead = blocks.TextBlock(
        label=_("why read it"), rows=2, required=False, help_text=_("Empty: the article's own standfirst.")
    )

    class Meta:
        icon = "doc-full"
        label = _("Article")


class ResourceCardBlock(blocks.StructBlock):
    """A free resource with cover and abstract."""

    resource = blocks.PageChooserBlock(
        label=_("resource"), page_type="content.ResourcePage", help_text=_("Published; its cover and title come along.")
    )
    lead = blocks.TextBlock(
        label=_("why take it"), rows=2, required=False, help_text=_("Empty: the resource's own abstract.")
    )

    class Meta:
        icon = "download"
        label = _("Resource")


class MailFigureBlock(blocks.StructBlock):
    """An image across the column."""

    image = ImageBlock(label=_("image"))
    caption = blocks.CharBlock(
        label=_("caption"), max_length=200, required=False, help_text=_("What the picture shows or adds.")
    )

    class Meta:
        icon = "image"
        label = _("Image")


class MailQuoteBlock(blocks.StructBlock):
    """Words worth setting apart."""

    text = blocks.TextBlock(label=_("text"), rows=3, help_text=_("Without quotation marks."))
    source = blocks.CharBlock(
        label=_("who said it"), max_length=160, required=False, help_text=_("Empty: the mail's own words, set large.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")


class MailBlock(blocks.StreamBlock):
    """The body of an issue or an email."""

    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=160, help_text=_("What the next part is about, in a few words.")
    )
    text = blocks.RichTextBlock(
        label=_("Text"),
        icon="pilcrow",
        features=MAIL_FEATURES,
        help_text=_(
            "{{ person.first_name | default: 'reader' }} puts in a name. The anchors #home, #leave, #why and #web "
            "lead to the reader's own pages."
        ),
    )
    article = ArticleCardBlock()
    resource = ResourceCardBlock()
    button = ButtonBlock()
    figure = MailFigureBlock()
    quote = MailQuoteBlock()
    divider = blocks.StaticBlock(label=_("Rule"), icon="horizontalrule", admin_text=_("A rule across the column."))
    signature = blocks.TextBlock(label=_("Signature"), icon="user", rows=2, help_text=_("Who writes, line by line."))
