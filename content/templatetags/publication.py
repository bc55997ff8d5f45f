"""Tags about the publication as a whole: its name, menus and languages."""

from datetime import datetime

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page

from content import dates, navigation
from content.look import shown
from content.models import HomePage

register = template.Library()


@register.simple_tag
def publication_name() -> str:
    """The publication's name."""
    return shown.current().name


@register.simple_tag
def look() -> shown.Look:
    """What the publisher chose: logo, colours, type, the words at the foot."""
    return shown.current()


@register.simple_tag
def tab_icon() -> str:
    """The ring for the browser's tab, in the publication's accent."""
    look = shown.current()
    if not look.is_recoloured:
        return static("circolare/img/ring.svg")
    return reverse("ring_svg", args=[look.light.accent[1:], look.dark.accent[1:]])


@register.filter
def in_language(texts: dict[str, str]) -> str:
    """The text of the active language; "" where there is none."""
    return texts.get((translation.get_language() or settings.LANGUAGE_CODE)[:2], "")


@register.simple_tag
def publication_promise() -> str:
    """What the front page of the active language says below its name; empty where it says nothing."""
    fronts = HomePage.objects.live().filter(locale__language_code=translation.get_language())
    said = fronts.values_list("introduction", "tagline").first()
    return (said[0] or said[1]) if said else ""


@register.simple_tag
def home_address() -> str:
    """The front page in the active language."""
    return navigation.home_address()


@register.filter
def day(moment: datetime | None) -> str:
    """The date in the reader's language."""
    return dates.written(moment, dates.DAY)


@register.filter
def minute(moment: datetime | None) -> str:
    """The date and the time of day in the reader's language."""
    return dates.written(moment, dates.MINUTE)


@register.filter
def month(moment: datetime | None) -> str:
    """The month and year in the reader's language, shortly."""
    return dates.written(moment, "M Y")


@register.filter
def instant(moment: datetime) -> str:
    """The moment as HTML wants it in `datetime`: to the second, with the zone's distance; Django's `c` is finer."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


@register.simple_tag
def absolute(path: str) -> str:
    """A path with the installation's own address before it; whole addresses stay as they are."""
    return navigation.absolute(path)


@register.simple_tag(takes_context=True)
def menu(context: Context) -> list[navigation.Link]:
    """The sections; empty where no request is at hand."""
    request = context.get("request")
    return navigation.menu(request, _page(context)) if request else []


@register.simple_tag(takes_context=True)
def footer_links(context: Context) -> list[navigation.Link]:
    """The plain pages; empty where no request is at hand."""
    request = context.get("request")
    return navigation.small_print(request, _page(context)) if request else []


@register.simple_tag(takes_context=True)
def language_versions(context: Context) -> list[navigation.Version]:
    """The languages this page exists in. A view may give its own list as `versions`."""
    if "versions" in context:
        return context["versions"]
    request, page = context.get("request"), _page(context)
    if request is None:
        return []
    return navigation.versions_of_page(page, request) if page else navigation.versions_of_address(request)


def _page(context: Context) -> Page | None:
    """The Wagtail page being shown, when there is one and it has been saved."""
    page = context.get("page")
    return page if isinstance(page, Page) and page.pk else None
