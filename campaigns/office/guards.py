"""What the office keeps from happening in Wagtail's own screens."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks

from campaigns.office import deleting


@hooks.register("before_delete_snippet", order=10)
def keep_what_is_used(request: HttpRequest, snippets: Sequence[Model]) -> HttpResponse | None:
    """One row or many ticked in a list: all stay when one must, and each that must says why."""
    sentences = dict.fromkeys(sentence for sentence in map(deleting.refusal, snippets) if sentence)
    for sentence in sentences:
        messages.error(request, sentence)
    if not sentences:
        return None
    viewset: Any = type(snippets[0]).snippet_viewset  # type: ignore[attr-defined]  # Wagtail hangs it on the model
    return redirect(viewset.get_url_name("list"))
