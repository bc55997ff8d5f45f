"""The reader's door to everything both rooms know; its address begins with the language."""

from django.urls import path

from campaigns import data_views

urlpatterns = [path("export/<str:token>/", data_views.export, name="export")]
