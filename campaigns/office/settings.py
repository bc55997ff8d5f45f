"""Sending accounts in the admin: speed and connections, changed without a restart."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet

from campaigns.models import Account, Mailing
from campaigns.office.listing import SaysWhatFor


class DeleteAccountView(DeleteView):
    """Deletes an account, but never the one that mail leaves by, nor one that the ledger names."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete, or say what comes first."""
        if self.object.is_default:
            messages.error(request, gettext("Mail leaves by this account. Let another one be the default first."))
            return redirect(self.get_success_url())
        if Mailing.objects.filter(account=self.object).exists():
            messages.error(request, gettext("Mailings left by this account, and their history names it. It was kept."))
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)


class AccountViewSet(SaysWhatFor, ModelViewSet):
    """Addresses and passwords stand in the environment; here stands how fast and whether."""

    model = Account
    what_for = _("A sending account is a way out for mail: which server, how fast, and whether it rests.")
    icon = "mail"
    menu_label = _("Sending accounts")
    add_to_settings_menu = True
    copy_view_enabled = False
    delete_view_class = DeleteAccountView
    inspect_view_enabled = False
    list_display = [
        "name",
        BooleanColumn("is_default", label=_("mail leaves by this account")),
        "n_per_second",
        "n_connections",
        DateColumn("paused_at", label=_("paused")),
        "pause_reason",
    ]
    panels = [
        FieldPanel("name", help_text=_("For the office.")),
        FieldPanel(
            "url_variable", help_text=_("The one that holds the server's address and password. Empty: EMAIL_URL.")
        ),
        FieldPanel("is_default", help_text=_("One account has this; giving it here takes it from the other.")),
        MultiFieldPanel(
            [
                FieldPanel("n_per_second"),
                FieldPanel("n_connections", help_text=_("How many each worker keeps open at once.")),
                FieldPanel("n_per_connection", help_text=_("After so many a connection is opened anew.")),
            ],
            heading=_("Speed"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "paused_at", help_text=_("With a moment here nothing leaves by this account; empty it to go on.")
                ),
                FieldPanel("pause_reason", help_text=_("For colleagues; what a server said stands here by itself.")),
            ],
            heading=_("Pause"),
        ),
    ]
