"""The door of mail programs; its address has no language."""

from django.urls import path

from subscribers.home import leave_views

urlpatterns = [path("u/<str:token>", leave_views.one_click, name="one_click")]
