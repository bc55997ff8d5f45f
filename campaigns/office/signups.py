"""Sign-up forms and purposes in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from campaigns.office.listing import SaysWhatFor
from subscribers.models import Purpose, SignupForm


class SignupFormViewSet(SaysWhatFor, SnippetViewSet):
    """What a form promises; the same key joins its languages and its places in pages."""

    model = SignupForm
    what_for = _(
        "A sign-up form stands in your pages and lets people ask for your letters. Write once what it promises, and "
        "place it anywhere."
    )
    icon = "form"
    menu_label = _("Sign-up forms")
    menu_hook = "register_circolare_menu_item"
    menu_order = 600
    list_display = ["title", "key", "locale", BooleanColumn("is_open", label=_("open"))]
    panels = [
        FieldPanel("key", help_text=_("A short word; the same in both languages joins them. Better never changed.")),
        FieldPanel("title", help_text=_("Stands over the form.")),
        FieldPanel("promise"),
        FieldPanel("rhythm", help_text=_("How often you write, in words: it stands beside the button.")),
        FieldPanel("button", help_text=_("What pressing it does, beginning with a verb.")),
        FieldPanel("asks_name"),
        FieldPanel("roles"),
        FieldPanel(
            "purposes", help_text=_("One: the address is all there is to fill in. Several: each has a box to tick.")
        ),
        FieldPanel("is_open", help_text=_("Closed, it disappears from every page and takes nobody in.")),
    ]


class PurposeViewSet(SaysWhatFor, SnippetViewSet):
    """What one may agree to. The key is written once: consents name it for ever."""

    model = Purpose
    what_for = _(
        "A purpose is something people can agree to: a newsletter, or being seen while they read. Nothing is sent "
        "without one."
    )
    icon = "check"
    menu_label = _("Purposes")
    menu_hook = "register_circolare_menu_item"
    menu_order = 650
    list_display = ["key", "kind", "title_it", "title_en", BooleanColumn("is_open", label=_("open to sign-up"))]
    panels = [
        FieldPanel("key", help_text=_("A short word that consents name for ever, such as newsletter-letter.")),
        FieldPanel("kind", help_text=_("Newsletters are subscribed to; the others are asked for beside them.")),
        MultiFieldPanel(
            [FieldPanel("title_it"), FieldPanel("title_en")],
            heading=_("Title"),
            help_text=_("What readers call it, on forms, in mails and in the archive."),
        ),
        MultiFieldPanel(
            [FieldPanel("rhythm_it"), FieldPanel("rhythm_en")],
            heading=_("Rhythm"),
            help_text=_("How often it comes, in words: “every Thursday”."),
        ),
        FieldPanel("is_open", help_text=_("Closed, nobody new can agree to it; those who did keep it.")),
    ]
