"""Addresses without a language: files, links that pass a page on, and what readers say of it."""

from django.urls import path

from subscribers.grants import share_views, useful_views, views, watch_views

urlpatterns = [
    path("d/open/<int:page_id>/", views.open_download, name="open_download"),
    path("d/watch/<int:page_id>/", watch_views.watch, name="watch"),
    path("d/captions/<int:page_id>/<slug:language>.vtt", watch_views.captions, name="captions"),
    path("d/<token>", views.download, name="download"),
    path("s/<int:page_id>/useful", useful_views.answer, name="useful"),
    path("s/<int:page_id>/<slug:network>", share_views.share, name="share"),
]
