"""This room's doors for readers; every address begins with the language."""

from django.urls import path

from campaigns.feeds import Issues
from campaigns.why import views

urlpatterns = [
    path("feed/issues/", Issues(), name="issue_feed"),
    path("why/<str:token>/", views.why, name="why"),
    path("path/<str:token>/", views.stop_path, name="stop_path"),
    path("counting/<str:token>/", views.untrack, name="untrack"),
]
