"""Addresses of resources below a language."""

from django.urls import path

from subscribers.grants import views

urlpatterns = [
    path("unlock/<int:page_id>/", views.grant, name="grant"),
    path("unlock/<int:page_id>/sent/", views.sent, name="grant_sent"),
    path("granted/<token>/", views.granted, name="granted"),
]
