"""Addresses of this room without a language: the links of mails."""

from django.urls import path

from campaigns import click_doors

urlpatterns = [path("c/<token>", click_doors.click, name="click")]
