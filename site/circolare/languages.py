"""Which language a visitor reads: by the address, and where it names none, by what the browser says."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware


class AddressLanguageMiddleware(LocaleMiddleware):
    """Django's own, but a view's “not found” stays one.

    Django sends every 404 without a language in its address on to the same path with one; for endpoints that
    have no language (a click, a download, a one-click POST) a bad token would become a redirect.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave an answer alone that a view of ours has given."""
        if response.status_code == 404 and getattr(request, "resolver_match", None) is not None:
            return response
        return super().process_response(request, response)
