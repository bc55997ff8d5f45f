"""Issues in pages of other rooms."""

from django import template
from django.template.context import Context
from wagtail.models import Page

from campaigns.models import IssuePage
from campaigns.rendering import web

register = template.Library()


@register.simple_tag(takes_context=True)
def newest_issue(context: Context, page: Page) -> web.Row | None:
    """The newest issue that everybody may read, in the page's language; None before the first."""
    return web.newest(IssuePage.objects.filter(locale=page.locale_id), context["request"])
