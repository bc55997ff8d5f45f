"""The doors of the sign-up; every address begins with the language."""

from django.urls import path

from subscribers.signup import confirming, following, views

urlpatterns = [
    path("subscribe/", views.signup, name="signup"),
    path("subscribe/", views.signup, name="signup_page"),
    path("subscribe/sent/", views.sent, name="signup_sent"),
    path("following/<slug:key>/", following.followed, name="followed"),
    path("confirm/<str:token>/", confirming.confirm, name="confirm"),
    path("not-me/<str:token>/", confirming.refuse, name="refuse"),
    path("welcome/<str:token>/", confirming.welcome, name="welcome"),
]
