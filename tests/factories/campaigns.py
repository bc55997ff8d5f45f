"""Newsletters, issues, mailings and deliveries for tests; whatever a test asserts on, the test sets."""

from datetime import UTC, datetime
from itertools import count

from django.contrib.auth.models import Group, User
from wagtail.models import Locale

from campaigns.models import (
    Account,
    ArchivePage,
    Delivery,
    Email,
    IssuePage,
    Mailing,
    MessageVersion,
    Newsletter,
    PurposeClass,
)
from subscribers import addresses
from subscribers.models import Purpose, Subscriber
from tests.factories import subscribers as people

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_numbers = count(1)


def account() -> Account:
    """The way out that every installation has."""
    return Account.objects.get(is_default=True)


def newsletter(*, purpose: Purpose | None = None, **fields: object) -> Newsletter:
    """A publication with a consent purpose of its own."""
    slug = f"lettera-{next(_numbers)}"
    return Newsletter.objects.create(
        purpose=purpose or people.purpose(f"newsletter-{slug}"),
        **{
            "name": f"Lettera {slug}",
            "slug": slug,
            "sender_name": "Redazione",
            "sender_address": "redazione@circolare.example",
            **fields,
        },
    )


def issue(publication: Newsletter | None = None, *, locale: str = "it", **fields: object) -> IssuePage:
    """An unpublished edition below the archive of its language; the body is a list of StreamField blocks."""
    page = IssuePage(
        newsletter=publication or newsletter(),
        live=False,
        locale=Locale.objects.get(language_code=locale),
        **{"title": f"Numero {next(_numbers)}", "subject": "Il primo numero", "body": [], **fields},
    )
    ArchivePage.objects.get(locale__language_code=locale).add_child(instance=page)
    return page


def email(*, locale: str = "it", **fields: object) -> Email:
    """A live message without a page."""
    return Email.objects.create(
        locale=Locale.objects.get(language_code=locale),
        **{"name": f"Email {next(_numbers)}", "subject": "Benvenuta", "body": [], **fields},
    )


def mailing(
    *, state: str = Mailing.State.SENDING, purpose_class: str = PurposeClass.ISSUE, **fields: object
) -> Mailing:
    """An act of sending that is under way; without a purpose it asks for no consent."""
    number = next(_numbers)
    return Mailing.objects.create(
        state=state,
        purpose_class=purpose_class,
        **{
            "key": f"test-mailing:{number}",
            "title": f"Mailing {number}",
            "account_id": account().pk if "account" not in fields else fields["account"].pk,
            "is_snapshot_complete": True,
            **fields,
        },
    )


def standing(kind: str = "confirm", *, purpose_class: str = PurposeClass.SERVICE, **fields: object) -> Mailing:
    """A standing mailing of service mails."""
    return mailing(purpose_class=purpose_class, is_standing=True, service_kind=kind, **fields)


def delivery(
    sending: Mailing, person: Subscriber | None = None, *, address: str | None = None, **fields: object
) -> Delivery:
    """One mail, due since NOW; to a new person without consent where none is given, to nobody's with an address."""
    if address is None:
        person = person or people.subscriber()
        address = person.address
    read = addresses.read(str(address))
    return Delivery.objects.create(
        mailing=sending,
        subscriber=person,
        address=read.written,
        address_key=read.key,
        domain=read.domain,
        **{"locale": person.locale if person else "it", "intent_key": "issue", "due_at": NOW, **fields},
    )


def version(sending: Mailing, *, locale: str = "it", number: int = 1, **fields: object) -> MessageVersion:
    """What a mailing says, compiled."""
    return MessageVersion.objects.create(
        mailing=sending,
        locale=locale,
        number=number,
        **{
            "subject": "Il primo numero",
            "sender_name": "Redazione",
            "sender_address": "redazione@circolare.example",
            "html": "<html><body><p>Ciao {{ person.name }}</p></body></html>",
            "text": "Ciao {{ person.name }}",
            **fields,
        },
    )


def staff(role: str = "Marketers", *, name: str | None = None) -> User:
    """A colleague with a role."""
    username = name or f"staff{next(_numbers)}"
    user = User.objects.create_user(username, f"{username}@circolare.example", "correct horse battery")
    user.groups.add(Group.objects.get(name=role))
    return user
