"""Addresses of this room without a language: pictures and what crawlers ask for."""

from django.contrib.sitemaps.views import sitemap
from django.urls import path, re_path

from content import views
from content.excerpts import views as excerpt_views
from content.look import views as look_views
from content.sitemaps import SITEMAPS

urlpatterns = [
    path("covers/<int:page_id>.svg", views.cover_svg, name="cover_svg"),
    path("covers/<int:page_id>-tall.svg", views.cover_tall, name="cover_tall"),
    path("covers/<int:page_id>.png", views.cover_png, name="cover_png"),
    path("excerpts/<int:page_id>-<int:number>.webp", excerpt_views.sheet, name="excerpt"),
    re_path(r"^look/(?P<digest>[0-9a-f]{12})\.css$", look_views.style_sheet, name="look_sheet"),
    re_path(r"^ring/(?P<colour>[0-9a-f]{6})\.png$", look_views.ring_png, name="ring_png"),
    re_path(r"^ring/(?P<light>[0-9a-f]{6})-(?P<dark>[0-9a-f]{6})\.svg$", look_views.ring_svg, name="ring_svg"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
]
