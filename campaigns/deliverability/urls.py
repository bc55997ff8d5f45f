"""Where providers tell us what became of mails; no language in front, machines read none."""

from django.urls import path

from campaigns.deliverability import hooks

urlpatterns = [path("hooks/mail/<slug:esp>/", hooks.provider, name="provider_hook")]
