"""Doors of this room that are not Wagtail pages: topics, authors, search, covers, robots; and the door to the pages."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from wagtail.models import Page
from wagtail.views import serve as serve_by_wagtail

from content import listing, navigation, pictures, routing, search
from content.covers.drawing import TALL, WIDE, Frame, png, svg
from content.forms import SearchForm
from content.models import Author, Topic

COVER_SECONDS = 30 * 86_400  # a drawn raster stays in the cache
YEAR_SECONDS = 365 * 86_400
# The style inside a drawn SVG is for its two colour schemes; nothing in it can run or load.
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own view of pages, told the way beforehand."""
    routing.remember(request, path)
    return serve_by_wagtail(request, path)


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """All topics in the reader's language."""
    found = Topic.objects.filter(locale__language_code=translation.get_language())
    return render(request, "content/topics.html", {"topics": found})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One topic and its articles."""
    return _row(request, Topic, slug)


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """One author and their articles."""
    return _row(request, Author, slug)


def _row(request: HttpRequest, model: type[Topic] | type[Author], slug: str) -> HttpResponse:
    name = model._meta.model_name or ""
    here = translation.get_language()
    row = get_object_or_404(model.objects.select_related("locale"), slug=slug, locale__language_code=here)
    found = listing.articles_about(row) if isinstance(row, Topic) else listing.articles_by(row)
    context = {name: row, "versions": navigation.versions_of_row(row, name), **listing.part(found, request)}
    return render(request, f"content/{name}.html", context)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Search; an empty or impossible question shows the form alone."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    here = translation.get_language()
    found = [search.shown(page, request) for page in search.find(text, here)]
    context = {"form": form, "text": text, "found": found, "named": search.named(text, here)}
    return render(request, "content/search.html", context)


@require_safe
def cover_svg(request: HttpRequest, page_id: int) -> HttpResponse:
    """The drawn cover as SVG, wide."""
    return _cover(request, page_id, WIDE, "image/svg+xml")


@require_safe
def cover_tall(request: HttpRequest, page_id: int) -> HttpResponse:
    """The drawn cover as SVG, upright as a booklet's."""
    return _cover(request, page_id, TALL, "image/svg+xml")


@require_safe
def cover_png(request: HttpRequest, page_id: int) -> HttpResponse:
    """The drawn cover as PNG, for mail and link previews."""
    return _cover(request, page_id, WIDE, "image/png")


def _cover(request: HttpRequest, page_id: int, frame: Frame, kind: str) -> HttpResponse:
    """The picture with a lasting address; 304 where the reader has it already."""
    subject = pictures.subject(get_object_or_404(Page, pk=page_id, depth__gt=1).specific)
    etag = f'"{subject.digest}{frame.width}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    elif kind == "image/png":
        key = f"cover:{subject.digest}:{frame.width}"
        drawn = cache.get_or_set(key, lambda: png(subject, frame), COVER_SECONDS)
        response = HttpResponse(drawn, content_type=kind)
    else:
        response = HttpResponse(svg(subject, frame), content_type=kind)
        response.headers["Content-Security-Policy"] = SVG_POLICY
    is_stamped = bool(request.GET.get("v"))
    age = f"max-age={YEAR_SECONDS}, immutable" if is_stamped else "max-age=3600"
    response.headers["Cache-Control"] = f"public, {age}"
    response.headers["ETag"] = etag
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The old address that browsers try where a page names no icon."""
    return redirect(static("circolare/img/ring.svg"))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read: the publication, not the office nor anybody's personal page."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /c/",
        "Disallow: /d/",
        "Disallow: /u/",
        "Disallow: /inbox/",
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
