"""The way from an address to its page in one query instead of two a level."""

from django.http import Http404, HttpRequest
from django.utils import translation
from wagtail.models import Page, Site

from content.models import ArticlePage, ResourcePage

KEPT_BY_WAGTAIL = "_wagtail_route_for_request"  # named in the docstring of Page.route_for_request


def remember(request: HttpRequest, path: str) -> None:
    """Put the route where Wagtail looks for it first; leave the search to Wagtail where we find nothing."""
    page = find(path)
    if page is None:
        return
    try:
        setattr(request, KEPT_BY_WAGTAIL, page.route(request, []))
    except Http404:
        setattr(request, KEPT_BY_WAGTAIL, None)


def find(path: str) -> Page | None:
    """The page at a path below the active language's home page; articles come with author, resources with file.

    None where no page stands there, or where several sites share the installation.
    """
    roots = Site.get_site_root_paths()
    if len({root.site_id for root in roots}) != 1:
        return None
    language = translation.get_language()
    root_path = next((root.root_path for root in roots if root.language_code == language), None)
    if root_path is None:
        return None
    url_path = f"{root_path}{path}"
    article = ArticlePage.objects.select_related("author", "cover", "locale").filter(url_path=url_path).first()
    if article is not None:
        return article
    page = Page.objects.filter(url_path=url_path).first()
    if page is not None and page.specific_class is ResourcePage:
        return ResourcePage.objects.select_related("document", "cover", "locale").get(pk=page.pk)
    return page.specific if page else None
