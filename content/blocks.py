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
    caption = blocks.RichTextBlock(
        label=_("caption"), features=INLINE_FEATURES, required=False, help_text=_("What the picture shows or adds.")
    )
    credit = blocks.CharBlock(
        label=_("credit"), max_length=120, required=False, help_text=_("Who made it, and where it comes from.")
    )

    class Meta:
        icon = "image"
        label = _("Figure")
        template = "content/blocks/figure.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, or the article's own as a pull quote when nobody is named."""

    text = blocks.TextBlock(label=_("text"), rows=3, help_text=_("Without quotation marks."))
    source = blocks.CharBlock(
        label=_("who said it"), max_length=160, required=False, help_text=_("Empty: the piece's own words, set large.")
    )

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "content/blocks/quote.html"


class VoiceBlock(blocks.StructBlock):
    """A reader's own words; somebody always stands behind them."""

    text = blocks.TextBlock(label=_("text"), rows=3, max_length=400, help_text=_("Without quotation marks."))
    source = blocks.CharBlock(label=_("who said it"), max_length=160, help_text=_("Name, and what they do."))

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "content/blocks/quote.html"


class ResourceCardBlock(blocks.StructBlock):
    """A free resource offered in the text; shown in the page's language where it exists."""

    resource = blocks.PageChooserBlock(
        label=_("resource"),
        page_type="content.ResourcePage",
        help_text=_("Its cover, title and gate; in the reader's language where it exists."),
    )

    class Meta:
        icon = "download"
        label = _("Resource")
        template = "content/blocks/resource_card.html"


class SignupBlock(blocks.StructBlock):
    """A sign-up form in the text."""

    form = SnippetChooserBlock(
        "subscribers.SignupForm", label=_("form"), help_text=_("In the language of the page where the form has it.")
    )

    class Meta:
        icon = "mail"
        label = _("Sign-up form")
        template = "content/blocks/signup.html"


class FurtherReadingBlock(blocks.StructBlock):
    """One thing to go on reading, with its source and the reason why."""

    title = blocks.CharBlock(label=_("title"), max_length=200, help_text=_("As it is called there."))
    url = blocks.URLBlock(label=_("address"), help_text=_("Complete, with https://."))
    source = blocks.CharBlock(
        label=_("source"), max_length=120, required=False, help_text=_("Who wrote or publishes it.")
    )
    reason = blocks.CharBlock(
        label=_("why read it"), max_length=240, required=False, help_text=_("One sentence to somebody who hesitates.")
    )

    class Meta:
        icon = "link"
        label = _("Further reading")


class BodyBlock(blocks.StreamBlock):
    """The body of an article, a resource or a plain page."""

    heading = blocks.CharBlock(
        label=_("Heading"),
        icon="title",
        max_length=160,
        template="content/blocks/heading.html",
        help_text=_("What the next part is about, in a few words."),
    )
    text = blocks.RichTextBlock(
        label=_("Text"),
        icon="pilcrow",
        features=TEXT_FEATURES,
        template="content/blocks/text.html",
        help_text=_("Paragraphs, lists and links. / offers the rest."),
    )
    figure = FigureBlock()
    quote = QuoteBlock()
    code = blocks.TextBlock(
        label=_("Code"), icon="code", template="content/blocks/code.html", help_text=_("Shown letter by letter.")
    )
    resource = ResourceCardBlock()
    signup = SignupBlock()
