"""Who may have a file by its plain address: nobody, where the file belongs to a resource."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.http import HttpRequest
from wagtail.models import Revision

from content.models import ResourcePage

FILE_FIELDS = ("document", "captions_it", "captions_en")


def belongs_to_resource(document_id: int) -> bool:
    """Whether a resource offers the file now, did so before, or will in a draft."""
    is_held = _any_of(FILE_FIELDS, document_id)
    if ResourcePage.objects.filter(is_held).exists():
        return True
    was_held = _any_of([f"content__{name}" for name in FILE_FIELDS], document_id)
    kind = ContentType.objects.get_for_model(ResourcePage)
    return Revision.objects.filter(was_held, content_type=kind).exists()


def _any_of(fields: Iterable[str], document_id: int) -> Q:
    return reduce(or_, (Q(**{name: document_id}) for name in fields))


def may_have(document: Any, request: HttpRequest) -> bool:  # Any: a document of the configured model
    """Whether the plain address serves it: to those who work in the office, and to all where no resource holds it."""
    user = getattr(request, "user", AnonymousUser())
    return user.has_perm("wagtailadmin.access_admin") or not belongs_to_resource(document.pk)
