"""Newsletters, and the emails of journeys, in the Wagtail admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from campaigns.models import Email, Newsletter
from campaigns.office.editing import EmailCreateView, EmailEditView
from campaigns.office.listing import SaysWhatFor

MENU = "register_circolare_menu_item"


class NewsletterViewSet(SaysWhatFor, SnippetViewSet):
    """A publication people subscribe to."""

    model = Newsletter
    what_for = _(
        "A newsletter is a letter people can subscribe to: who it is from and what they agree to. Its issues are pages."
    )
    icon = "mail"
    menu_label = _("Newsletters")
    menu_hook = MENU
    menu_order = 200
    list_display = ["name", "purpose", "sender_name", "sender_address"]


class EmailViewSet(SaysWhatFor, SnippetViewSet):
    """A message without a page, one row a language, used by journeys."""

    model = Email
    what_for = _("Here are the mails that journeys send by themselves, each in every language you write in.")
    icon = "doc-full"
    add_view_class = EmailCreateView
    edit_view_class = EmailEditView
    menu_label = _("Emails of journeys")
    menu_hook = MENU
    menu_order = 320
    list_display = ["name", "subject", "locale"]
    list_filter = ["live", "locale"]
    search_fields = ["name", "subject"]
    panels = [
        FieldPanel("name", help_text=_("How you find it again; readers do not see it.")),
        FieldPanel("subject", help_text=_("What inboxes show. Empty: the name.")),
        FieldPanel("preheader", help_text=_("The line that inboxes show beside the subject.")),
        FieldPanel("sender_name", help_text=_("Empty: the newsletter's sender.")),
        FieldPanel(
            "body",
            help_text=_("The mail, block by block. Who publishes it and how to leave stand below by themselves."),
        ),
    ]
