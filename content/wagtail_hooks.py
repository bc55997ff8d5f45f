"""Where this room enters the Wagtail admin: snippets, guards of files and pages."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from content import deleting, guards
from content.snippets import AuthorViewSet, TopicViewSet

register_snippet(TopicViewSet)
register_snippet(AuthorViewSet)


@hooks.register("before_serve_document")
def keep_resource_files(document: Any, request: HttpRequest) -> None:  # Any: a document of the configured model
    """A resource's file leaves only through its own checked door; its plain address does not exist."""
    if not guards.may_have(document, request):
        raise Http404


@hooks.register("before_delete_page")
def refuse_deleting(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say why a page must stay instead of failing half-way."""
    return _refuse(request, [page])


@hooks.register("before_bulk_action")
def refuse_deleting_many(
    request: HttpRequest, action_type: str, objects: Sequence[Any], action: Any
) -> HttpResponse | None:  # Any: pages, images, documents or snippets, and Wagtail's own action
    """The same for pages ticked in a list: all stay when one must."""
    if action_type != "delete" or action.models != [Page]:
        return None
    return _refuse(request, objects)


def _refuse(request: HttpRequest, pages: Sequence[Page]) -> HttpResponse | None:
    sentences = [sentence for sentence in map(deleting.refusal, pages) if sentence]
    for sentence in sentences:
        messages.error(request, sentence)
    if not sentences:
        return None
    parent = pages[0].get_parent()
    return redirect("wagtailadmin_explore", parent.pk if parent else pages[0].pk)
