"""Addresses of this room without a language: pictures and what crawlers ask for."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path

from content import views
from content.sitemaps import SITEMAPS

urlpatterns = [
    path("covers/<int:page_id>.svg", views.cover_svg, name="cover_svg"),
    path("covers/<int:page_id>-tall.svg", views.cover_tall, name="cover_tall"),
    path("covers/<int:page_id>.png", views.cover_png, name="cover_png"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
