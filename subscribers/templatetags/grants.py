"""The gate of a resource in its page: `{% resource_gate page %}`; and what is counted of pages, as it may be shown."""

from uuid import UUID

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from content.models import ResourcePage
from subscribers.grants import counting, gate
from subscribers.signup import known

register = template.Library()


@register.inclusion_tag("grants/gate.html", takes_context=True)
def resource_gate(context: Context, page: ResourcePage) -> dict[str, object]:
    """The form, a known reader's button, or the open download; nothing in the preview of a page not saved yet."""
    if not page.pk:
        return {}
    request, now = context.get("request"), timezone.now()
    reader = known.reader_of(request, now=now) if request else None
    built = gate.build(page, locale=(get_language() or "it")[:2], now=now, reader=reader)
    return {"request": request, "gate": built, "page": page}


@register.inclusion_tag("grants/useful.html", takes_context=True)
def useful_question(context: Context, page: Page) -> dict[str, object]:
    """Two buttons, or thanks to whoever has just pressed one."""
    request = context.get("request")
    return {"page": page, "is_answered": bool(request and "answered" in request.GET)}


@register.simple_tag
def taken_by(page: ResourcePage) -> int | None:
    """How many people took the resource, as it may be shown; None where it is too small."""
    return counting.shown(counting.people(page))


@register.simple_tag
def taken_of_all() -> dict[UUID, int]:
    """How many people took each resource, by its translation key: for sorting, and to be shown by `as_shown`."""
    return counting.people_of_all()


@register.filter
def as_shown(n_people: int) -> int | None:
    """The number as it may be shown; None where it is too small."""
    return counting.shown(n_people)


@register.simple_tag
def passed_on(page: Page) -> int | None:
    """How often the page was passed on, as it may be shown; None where it is too small."""
    return counting.shown(counting.shares(page.pk), at_least=counting.SHARES_SHOWN_FROM) if page.pk else None
