"""A message as a reader would get it, for those who make it: written as real mail is, its personal links dead."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale

from campaigns.models.mailings import PurposeClass
from campaigns.rendering import compiling, sources
from campaigns.rendering.people import TRACKING, Person, invented_name
from campaigns.rendering.personalise import Envelope, Writer
from campaigns.rendering.sources import Source
from campaigns.rendering.values import Frame
from subscribers.models import Permission, Subscriber

if TYPE_CHECKING:
    from campaigns.models.newsletters import Email, IssuePage

NOBODY = UUID(int=0)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # a token made then opens nothing that lives for a while only
DARK_RULE = "@media (prefers-color-scheme: dark)"
TURN = "filter:invert(1) hue-rotate(180deg)"
INVERTED = f"<style>html{{{TURN};background:#fff}}img{{{TURN}}}</style>"
PHONE = "body{margin:0;display:grid;place-items:center;background:#888}iframe{border:0;height:100vh;background:#fff}"
SOURCE_OF_IMAGE = re.compile(r'(<img[^>]*?) src="[^"]*"')
PHONE_WIDTH = 360  # CSS pixels


def sample(language: str, *, is_tracked: bool = True, name: str | None = None) -> Person:
    """An invented reader."""
    return Person(
        delivery_id=0,
        delivery_uid=NOBODY,
        mailing_id=0,
        purpose_class=PurposeClass.TEST,
        address="anna@reader.example",
        locale=language,
        name=invented_name(language) if name is None else name,
        is_tracked=is_tracked,
    )


def as_reader(subscriber: Subscriber) -> Person:
    """A real reader's name, language and choice. No link of the preview opens anything of theirs."""
    is_tracked = Permission.objects.filter(subscriber=subscriber, purpose__key=TRACKING, is_given=True).exists()
    known = sample(subscriber.locale, is_tracked=is_tracked, name=subscriber.name)
    return replace(known, address=subscriber.address or "")


def html(message: IssuePage | Email, locale: str = "", person: Subscriber | Person | None = None) -> str:
    """The HTML part, or a page that says why there is none."""
    try:
        return _part(message, locale, person, "html")
    except compiling.CannotCompile as error:
        return f"<!doctype html><title>-</title><p>{escape(str(error))}</p>"


def text(message: IssuePage | Email, locale: str = "", person: Subscriber | Person | None = None) -> str:
    """The text part, or a sentence that says why there is none."""
    try:
        return _part(message, locale, person, "plain")
    except compiling.CannotCompile as error:
        return str(error)


def source(message: IssuePage | Email, locale: str = "", person: Subscriber | Person | None = None) -> str:
    """The whole mail as it would go over the wire. Raises: CannotCompile."""
    return _raw(message, locale, person).decode()


def subject(message: IssuePage | Email, locale: str = "", person: Subscriber | Person | None = None) -> str:
    """The subject as the reader would see it. Raises: CannotCompile."""
    parsed = email.message_from_bytes(_raw(message, locale, person), policy=email.policy.default)
    return str(parsed["Subject"])


def dark(page: str) -> str:
    """The mail as programs show it that follow our own dark scheme."""
    return page.replace(DARK_RULE, "@media all")


def light(page: str) -> str:
    """The mail by day, whatever the scheme of whoever looks at it."""
    return page.replace(DARK_RULE, "@media not all")


def inverted(page: str) -> str:
    """The mail as programs show it that turn colours round by force."""
    return page.replace("</head>", f"{INVERTED}</head>", 1)


def without_images(page: str) -> str:
    """The mail where images are switched off."""
    return SOURCE_OF_IMAGE.sub(r'\1 src="data:,"', page)


def on_phone(page: str) -> str:
    """The mail in a frame as wide as a phone."""
    frame = f'<iframe sandbox title="{_("Mail")}" width="{PHONE_WIDTH}" srcdoc="{escape(page)}"></iframe>'
    return f"<!doctype html><title>{_('Mail on a phone')}</title><style>{PHONE}</style>{frame}"


def _part(message: IssuePage | Email, locale: str, person: Subscriber | Person | None, kind: str) -> str:
    parsed = email.message_from_bytes(_raw(message, locale, person), policy=email.policy.default)
    body = parsed.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _raw(message: IssuePage | Email, locale: str, person: Subscriber | Person | None) -> bytes:
    shown = _in_language(message, locale)
    made = sources.of_issue(shown) if hasattr(shown, "newsletter_id") else sources.of_email(shown)
    reader = as_reader(person) if isinstance(person, Subscriber) else person or sample(made.language)
    return _writer(made).write(reader, now=EPOCH if person else timezone.now())


def _writer(made: Source) -> Writer:
    compiled = compiling.compile(made)
    envelope = Envelope(
        sender_name=compiled.sender_name,
        sender_address=compiled.sender_address,
        reply_to=compiled.reply_to,
        subject=compiled.subject,
        purpose_class=PurposeClass.TEST,
        feedback_id="preview",
        list_name="",
        list_key="",
    )
    frame = Frame(
        language=compiled.language,
        newsletter=made.newsletter,
        web_url=made.web_url,
        destinations={row.position: row.url for row in compiled.destinations},
    )
    return Writer(envelope, frame, html=compiled.html, text=compiled.text)


def _in_language(message: IssuePage | Email, locale: str) -> IssuePage | Email:
    """The translation where there is one, as its newest draft; else the message as given."""
    if not locale or not message.pk or sources.language_of(message) == locale:
        return message
    language = Locale.objects.filter(language_code=locale).first()
    found = message.get_translation_or_none(language) if language else None
    return found.get_latest_revision_as_object() if found else message
