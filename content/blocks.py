"""Blocks of an article's body. A block that needs something from above names its model by string."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

INLINE_FEATURES = ["bold", "italic", "link"]
TEXT_FEATURES = ["h3", "bold", "italic", "link", "ol", "ul", "hr", "superscript", "code"]


class FigureBlock(blocks.StructBlock):
    """An image with its caption and credit; the alternative text is asked for with the image."""

    image = ImageBlock(label=_("image"))
    caption = blocks.RichTextBlock(label=_("caption"), features=INLINE_FEATURES, required=False)
    credit = blocks.CharBlock(label=_("credit"), max_length=120, required=False)

    class Meta:
        icon = "image"
        label = _("Figure")
        template = "content/blocks/figure.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, or the article's own as a pull quote when nobody is named."""

    text = blocks.TextBlock(label=_("text"), rows=3)
    source = blocks.CharBlock(label=_("who said it"), max_length=160, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "content/blocks/quote.html"


class VoiceBlock(blocks.StructBlock):
    """A reader's own words; somebody always stands behind them."""

    text = blocks.TextBlock(label=_("text"), rows=3, max_length=400)
    source = blocks.CharBlock(label=_("who said it"), max_length=160, help_text=_("Name, and what they do."))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "content/blocks/quote.html"


class ResourceCardBlock(blocks.StructBlock):
    """A free resource offered in the text; shown in the page's language where it exists."""

    resource = blocks.PageChooserBlock(label=_("resource"), page_type="content.ResourcePage")

    class Meta:
        icon = "download"
        label = _("Resource")
        template = "content/blocks/resource_card.html"


class SignupBlock(blocks.StructBlock):
    """A sign-up form in the text."""

    form = SnippetChooserBlock("subscribers.SignupForm", label=_("form"))

    class Meta:
        icon = "mail"
        label = _("Sign-up form")
        template = "content/blocks/signup.html"


class FurtherReadingBlock(blocks.StructBlock):
    """One thing to go on reading, with its source and the reason why."""

    title = blocks.CharBlock(label=_("title"), max_length=200)
    url = blocks.URLBlock(label=_("address"))
    source = blocks.CharBlock(label=_("source"), max_length=120, required=False)
    reason = blocks.CharBlock(label=_("why read it"), max_length=240, required=False)

    class Meta:
        icon = "link"
        label = _("Further reading")


class BodyBlock(blocks.StreamBlock):
    """The body of an article, a resource or a plain page."""

    heading = blocks.CharBlock(label=_("Heading"), icon="title", max_length=160, template="content/blocks/heading.html")
    text = blocks.RichTextBlock(
        label=_("Text"), icon="pilcrow", features=TEXT_FEATURES, template="content/blocks/text.html"
    )
    figure = FigureBlock()
    quote = QuoteBlock()
    code = blocks.TextBlock(label=_("Code"), icon="code", template="content/blocks/code.html")
    resource = ResourceCardBlock()
    signup = SignupBlock()
