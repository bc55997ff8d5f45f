"""What a reader can go to from anywhere: the sections, the small print, the same page in another language."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.conf import settings
from django.db.models import BigIntegerField, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation
from wagtail.models import Page, TranslatableMixin

SECTION_DEPTH = 3  # root, home page of a language, section
IS_PLAIN = Q(content_type__app_label="content", content_type__model="plainpage")
JOINED = ("locale__language_code", "content_type__app_label", "content_type__model")
PAGE_VIEWS = {"wagtail_serve", "serve_page"}


@dataclass(frozen=True)
class Link:
    """One entry of a menu."""

    title: str
    url: str
    is_here: bool
    is_inside: bool  # the reader is somewhere below it


@dataclass(frozen=True)
class Version:
    """The page at hand in one language."""

    language: str  # "it", "en"
    name: str  # the language's own name for itself
    url: str
    is_here: bool


def home_address(language: str | None = None) -> str:
    """The front page's address in a language; the active one when none is named."""
    with translation.override(language or translation.get_language()):
        return reverse("wagtail_serve", args=[""])


def address(page: Page, request: HttpRequest | None = None) -> str:
    """A page's path on this site, without asking the database which site that is; "" where it has none."""
    parts = page.get_url_parts(request)
    return (parts[2] or "") if parts else ""


def absolute(path: str) -> str:
    """The path with the installation's own address before it; whole addresses stay as they are."""
    return f"{settings.BASE_URL}{path}" if path.startswith("/") else path


@dataclass(frozen=True)
class Surroundings:
    """Pages that the head and foot of a page name."""

    sections: list[Page]
    translations: list[Page]  # live ones and the page itself
    parent: Page | None  # the page above


def surroundings(request: HttpRequest, page: Page | None = None) -> Surroundings:
    """Sections of the active language, translations of the page and the page above it; one query a request."""
    kept: Surroundings | None = request.__dict__.get("_circolare_surroundings")
    if kept is not None:
        return kept
    is_section = Q(depth=SECTION_DEPTH, live=True, locale__language_code=translation.get_language()) & (
        IS_PLAIN | Q(show_in_menus=True)
    )
    is_near = Q(pk=None)
    above = page.path[: -Page.steplen] if page is not None else ""
    if page is not None:
        is_near = Q(translation_key=page.translation_key) & (Q(live=True) | Q(pk=page.pk)) | Q(path=above)
    found = Page.objects.filter(is_section | is_near).select_related("locale", "content_type").order_by("path")
    found = found.only("title", "path", "url_path", "show_in_menus", "translation_key", *JOINED)
    pages = list(found.annotate(is_section=is_section, follow_form=_follow_form()))
    kept = Surroundings(
        sections=[found for found in pages if found.is_section],
        translations=[found for found in pages if page and found.translation_key == page.translation_key],
        parent=next((found for found in pages if found.path == above), None),
    )
    request.__dict__["_circolare_surroundings"] = kept
    return kept


def _follow_form() -> Subquery:
    """The number of the form by which a column is followed; null for all other pages."""
    columns = apps.get_model("content", "ColumnPage").objects.filter(pk=OuterRef("pk")).order_by()
    value = KeyTextTransform("value", KeyTransform("0", "follow"))
    return Subquery(columns.annotate(form=Cast(value, BigIntegerField())).values("form"))


def menu(request: HttpRequest, page: Page | None = None) -> list[Link]:
    """The sections shown in menus, in the tree's order."""
    return _links((found for found in surroundings(request, page).sections if found.show_in_menus), request)


def small_print(request: HttpRequest, page: Page | None = None) -> list[Link]:
    """The plain pages: about, privacy, accessibility."""
    plain = (found for found in surroundings(request, page).sections if found.content_type.model == "plainpage")
    return _links(plain, request)


def _links(pages: Iterable[Page], request: HttpRequest) -> list[Link]:
    links = []
    for page in pages:
        url = address(page, request)
        links.append(Link(page.title, url, request.path == url, request.path.startswith(url)))
    return links


def versions_of_page(page: Page, request: HttpRequest) -> list[Version]:
    """Each live translation, the page itself included though it be a draft, in the order of LANGUAGES."""
    by_language = {found.locale.language_code: found for found in surroundings(request, page).translations}
    return [
        Version(code, own_name(code), address(by_language[code], request), by_language[code].pk == page.pk)
        for code, _ in settings.LANGUAGES
        if code in by_language
    ]


def versions_of_row(row: TranslatableMixin, url_name: str) -> list[Version]:
    """The page of a topic or an author in each language it exists in; one query."""
    by_language = {found.locale.language_code: found for found in row.get_translations(inclusive=True)}
    versions = []
    for code, _ in settings.LANGUAGES:
        if code in by_language:
            with translation.override(code):
                url = reverse(url_name, args=[by_language[code].slug])
            versions.append(Version(code, own_name(code), url, by_language[code].pk == row.pk))
    return versions


def versions_of_address(request: HttpRequest) -> list[Version]:
    """The same view in each language; each language's front page where the address names no view of ours."""
    here = translation.get_language()
    match = request.resolver_match
    is_view = match is not None and match.url_name not in PAGE_VIEWS
    return [
        Version(
            code,
            own_name(code),
            translate_url(request.path, code) if is_view else home_address(code),
            code == here,
        )
        for code, _ in settings.LANGUAGES
    ]


def name_in_sentence(language: str) -> str:
    """A language as it stands among other words: "English", "inglese"; the code where that is none."""
    try:
        name = str(translation.get_language_info(language)["name_translated"])
    except KeyError:
        return language
    return name.lower() if (translation.get_language() or "").startswith("it") else name


def own_name(language: str) -> str:
    """What a language calls itself: "italiano", "English"."""
    return str(translation.get_language_info(language)["name_local"])
