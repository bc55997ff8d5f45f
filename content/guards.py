"""Who may have a file by its plain address: nobody, where the file belongs to a resource."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from wagtail.models import Revision

from content.models import ResourcePage


def belongs_to_resource(document_id: int) -> bool:
    """Whether a resource offers the file now, did so before, or will in a draft."""
    if ResourcePage.objects.filter(document_id=document_id).exists():
        return True
    kind = ContentType.objects.get_for_model(ResourcePage)
    return Revision.objects.filter(content_type=kind, content__document=document_id).exists()


def may_have(document: Any, request: HttpRequest) -> bool:  # Any: a document of the configured model
    """Whether the plain address serves it: to those who work in the office, and to all where no resource holds it."""
    user = getattr(request, "user", AnonymousUser())
    return user.has_perm("wagtailadmin.access_admin") or not belongs_to_resource(document.pk)
