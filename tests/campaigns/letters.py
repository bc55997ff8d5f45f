"""Newsletters, issues, mailings and deliveries for tests of rendering; what a test asserts on, the test says."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from wagtail.models import Locale, Site

from campaigns.models import (
    Account,
    ArchivePage,
    Delivery,
    Email,
    IssuePage,
    Mailing,
    Newsletter,
    PublisherSettings,
    PurposeClass,
)
from subscribers.models import Purpose, Segment, Subscriber
from tests.factories import content
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_numbers = count(1)


def publisher(**fields: Any) -> PublisherSettings:
    """A complete identity."""
    return PublisherSettings.objects.create(
        site=Site.objects.get(is_default_site=True),
        **{
            "name": "Edizioni del Giro",
            "address_it": "Via dell'Anello 4\n40100 Bologna",
            "contact": "redazione@giro.example",
            "rights_it": "privacy@giro.example",
            **fields,
        },
    )


def newsletter(purpose: Purpose | None = None, **fields: Any) -> Newsletter:
    """A newsletter with its purpose."""
    number = next(_numbers)
    return Newsletter.objects.create(
        purpose=purpose or people.purpose(f"newsletter-test-{number}", title_it="Lettera del giovedì"),
        **{
            "name": "Lettera del giovedì",
            "slug": f"lettera-{number}",
            "sender_name": "Ada di Circolare",
            "sender_address": "ada@lettera.example",
            **fields,
        },
    )


def issue(locale: Locale, *blocks: tuple[str, Any], letter: Newsletter | None = None, **fields: Any) -> IssuePage:
    """A published issue; one block of text when none is given."""
    archive = ArchivePage.objects.get(locale=locale)
    page = IssuePage(
        newsletter=letter or newsletter(),
        body=list(blocks) or [("text", "<p>Una lettera parte.</p>")],
        **{"title": f"Numero {next(_numbers)}", "subject": "La lettera", "preheader": "In breve", **fields},
    )
    return content.below(archive, page)


def email(locale: Locale, *blocks: tuple[str, Any], **fields: Any) -> Email:
    """A published email."""
    made = Email(locale=locale, body=list(blocks), **{"name": "Benvenuto", "subject": "Benvenuto", **fields})
    made.save()
    made.save_revision().publish()
    return Email.objects.get(pk=made.pk)


def mailing(page: IssuePage | None = None, **fields: Any) -> Mailing:
    """A mailing of an issue, or of what the fields say."""
    account, _made = Account.objects.get_or_create(is_default=True, defaults={"name": "EMAIL_URL"})
    defaults: dict[str, Any] = {
        "purpose_class": PurposeClass.ISSUE,
        "key": f"issue:{next(_numbers)}:1",
        "title": page.title if page else "Posta",
        "state": Mailing.State.SENDING,
        "issue": page,
        "purpose": page.newsletter.purpose if page else None,
        "account": account,
        "is_standing": page is None,
    }
    return Mailing.objects.create(**{**defaults, **fields})


def service(kind: str) -> Mailing:
    """The standing mailing of a service mail."""
    return mailing(purpose_class=PurposeClass.SERVICE, service_kind=kind, key=f"service:{kind}:{next(_numbers)}")


def delivery(of: Mailing, person: Subscriber | None, **fields: Any) -> Delivery:
    """One mail to one person; to nobody in particular it needs an `address`, as staff tests do."""
    known = {"address": person.address, "address_key": person.address_key, "locale": person.locale} if person else {}
    return Delivery.objects.create(
        mailing=of,
        subscriber=person,
        **{"locale": "it", "intent_key": "issue", "created_at": NOW, **known, **fields},
    )


def segment() -> Segment:
    """Everybody who reads English."""
    return Segment.objects.create(name=f"Inglese {next(_numbers)}", rule={"field": "locale", "is": "en"})
