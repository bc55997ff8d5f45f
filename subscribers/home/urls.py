"""The reader's doors; every address begins with the language."""

from django.urls import path

from subscribers.home import data_views, leave_views, views

urlpatterns = [
    path("yours/", views.link, name="link"),
    path("yours/<str:token>/", views.home, name="home"),
    path("leave/<str:token>/", leave_views.leave, name="leave"),
    path("erase/<str:token>/", data_views.erase, name="erase"),
    path("address/<str:token>/", data_views.address, name="address"),
]
