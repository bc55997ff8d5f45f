"""Addresses of the built-in inbox, outside the languages: it shows mails in all of them."""

from django.urls import path

from campaigns.transports import inbox_views

urlpatterns = [
    path("inbox/", inbox_views.mails, name="inbox"),
    path("inbox/<int:mail_id>/", inbox_views.mail, name="inbox_mail"),
    path("inbox/<int:mail_id>/html/", inbox_views.html, name="inbox_html"),
    path("inbox/<int:mail_id>/text/", inbox_views.text, name="inbox_text"),
    path("inbox/<int:mail_id>/source/", inbox_views.source, name="inbox_source"),
]
