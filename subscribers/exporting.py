"""Everything this room knows about one person, as plain values for a file (GDPR 15, 20)."""

from datetime import datetime
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import ModelLogEntry

from subscribers import suppression
from subscribers.models import (
    ConsentProof,
    Event,
    Facts,
    Grant,
    MailRequest,
    Signup,
    Subscriber,
)

Row = dict[str, object]
PERSON = (
    "uid", "address", "name", "locale", "zone", "role", "attributes", "state", "frequency", "paused_until", "stage",
    "source", "created_at",
)  # fmt: skip


def everything(subscriber: Subscriber) -> dict[str, list[Row]]:
    """{part: rows}, each row {column: value} with texts, numbers, booleans, lists, objects and ISO times in UTC."""
    key = subscriber.address_key or ""
    return {
        "person": rows(Subscriber.objects.filter(pk=subscriber.pk), *PERSON),
        "topics": rows(subscriber.topics.all(), "name", "slug", "locale__language_code"),
        "consents": rows(
            subscriber.consents.all(),
            "at", "step", "purpose__key", "purpose__title_it", "purpose__title_en", "wording__version", "wording__text",
            "locale", "source", "page_url", "delivery_id", "evidence",
        ),
        "proofs": rows(
            ConsentProof.objects.filter(consent__subscriber=subscriber),
            "at", "consent__step", "consent__purpose__key", "ip", "user_agent",
        ),
        "permissions": rows(subscriber.permissions.all(), "purpose__key", "is_given", "since"),
        "signups": rows(
            Signup.objects.filter(subscriber=subscriber),
            "uid", "form", "name", "role", "zone", "page_url", "resource_id", "locale", "at", "expires_at",
            "confirmed_at", "refused_at",
        ),
        "service_mails": rows(
            MailRequest.objects.filter(subscriber=subscriber),
            "kind", "key", "locale", "payload", "due_at", "requested_at", "taken_at", "dropped",
        ),
        "events": rows(
            Event.objects.filter(subscriber=subscriber).order_by("occurred_at", "id"),
            "occurred_at", "recorded_at", "kind", "visitor", "object_kind", "object_key", "source", "evidence",
            "evidence_reason", "payload",
        ),
        "facts": rows(Facts.objects.filter(subscriber=subscriber)),
        "grants": rows(
            Grant.objects.filter(subscriber=subscriber),
            "uid", "title", "page_url", "granted_at", "expires_at", "n_downloads", "last_download_at",
        ),
        "suppressions": [{"reason": why} for why in sorted(suppression.reasons_among([key]).get(key, set()))],
        "staff_log": rows(_log_of(subscriber), "timestamp", "action", "label", "data"),
    }  # fmt: skip


def rows(found: QuerySet, *columns: str) -> list[Row]:
    """The chosen columns of each row as plain values."""
    return [_plain(row) for row in found.values(*columns)]


def _plain(row: Row) -> Row:
    return {column: _value(value) for column, value in row.items()}


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _log_of(subscriber: Subscriber) -> QuerySet:
    content_type = ContentType.objects.get_for_model(Subscriber)
    return ModelLogEntry.objects.filter(content_type=content_type, object_id=str(subscriber.pk)).order_by("timestamp")
