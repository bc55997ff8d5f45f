"""Issues in pages of other rooms."""

from django import template
from django.template.context import Context
from wagtail.models import Page

from campaigns.models import IssuePage
from campaigns.rendering import archive

register = template.Library()


@register.simple_tag(takes_context=True)
def newest_issue(context: Context, page: Page) -> archive.Row | None:
    """The newest issue that everybody may read, in the page's language; None before the first."""
    found = archive.newest(IssuePage.objects.filter(locale=page.locale_id), context["request"], 1)
    return found[0] if found else None
