"""All addresses of an installation. Pages begin with their language; machines' endpoints do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

from circolare import setup
from circolare.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/login/", setup.Login.as_view()),  # in place of Wagtail's, under its name
    path("admin/setup/", setup.Setup.as_view(), name="setup"),
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
    path("", include("content.machine_urls")),
    path("", include("subscribers.home.machine_urls")),
    path("", include("subscribers.tracking.urls")),
    path("", include("subscribers.grants.machine_urls")),
    path("", include("campaigns.urls")),
    path("", include("campaigns.deliverability.urls")),
    path("", include("campaigns.transports.inbox_urls")),
    *i18n_patterns(
        path("", include("content.urls")),
        path("", include("subscribers.signup.urls")),
        path("", include("subscribers.home.urls")),
        path("", include("subscribers.grants.urls")),
        path("", include("campaigns.data_urls")),
        path("", include("campaigns.reader_urls")),
        path("", include("content.page_urls")),  # catches every page's address: after all other rooms
        path("", include(wagtail_urls)),
    ),
]
