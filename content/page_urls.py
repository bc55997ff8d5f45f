"""The pages themselves: stands after everything else below a language, just before Wagtail's own addresses."""

from django.urls import re_path
from wagtail.urls import serve_pattern

from content import views

urlpatterns = [re_path(serve_pattern, views.page, name="serve_page")]
