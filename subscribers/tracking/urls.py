"""Addresses of the page's script, without a language."""

from django.urls import path

from subscribers.tracking import views

urlpatterns = [path("b", views.beacon, name="beacon")]
