"""Sending accounts in the admin: speed and connections, changed without a restart."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.viewsets.model import ModelViewSet

from campaigns.models import Account, Mailing


class DeleteAccountView(DeleteView):
    """Deletes an account, but never the one that mail leaves by, nor one that the ledger names."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete, or say what comes first."""
        if self.object.is_default:
            messages.error(request, _("Mail leaves by this account. Let another one be the default first."))
            return redirect(self.get_success_url())
        if Mailing.objects.filter(account=self.object).exists():
            messages.error(request, _("Mailings left by this account, and their history names it. It was kept."))
            return redirect(self.get_success_url())
        return super().post(request, *args, **kwargs)


class AccountViewSet(ModelViewSet):
    """Addresses and passwords stand in the environment; here stands how fast and whether."""

    model = Account
    icon = "mail"
    menu_label = _("Sending accounts")
    add_to_settings_menu = True
    copy_view_enabled = False
    delete_view_class = DeleteAccountView
    inspect_view_enabled = False
    list_display = ["name", "is_default", "n_per_second", "n_connections", "paused_at", "pause_reason"]
    panels = [
        FieldPanel("name"),
        FieldPanel("url_variable"),
        FieldPanel("is_default"),
        MultiFieldPanel(
            [FieldPanel("n_per_second"), FieldPanel("n_connections"), FieldPanel("n_per_connection")],
            heading=_("Speed"),
        ),
        MultiFieldPanel([FieldPanel("paused_at"), FieldPanel("pause_reason")], heading=_("Pause")),
    ]
