"""The pages themselves: stands after everything else below a language, just before Wagtail's own addresses."""

from django.urls import re_path
from wagtail.urls import serve_pattern

from content import views

# Below _util/ stand Wagtail's own doors, the one that takes a page's password among them.
urlpatterns = [re_path(rf"^(?!_util/){serve_pattern.removeprefix('^')}", views.page, name="serve_page")]
