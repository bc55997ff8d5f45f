"""Addresses of this room below a language."""

from django.urls import path

from content import feeds, views

urlpatterns = [
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("authors/<slug:slug>/", views.author, name="author"),
    path("search/", views.find, name="search"),
    path("feed/", feeds.Articles(), name="feed"),
    path("feed/columns/<int:page_id>/", feeds.OfColumn(), name="column_feed"),
    path("feed/topics/<slug:slug>/", feeds.OfTopic(), name="topic_feed"),
]
