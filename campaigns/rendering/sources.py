"""What a mailing says in one language, before it is compiled: an issue, an email of a journey, or a service mail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.blocks import StreamValue

from campaigns.models.mailings import PurposeClass
from campaigns.models.publisher import Identity, PublisherSettings
from campaigns.rendering import syntax
from campaigns.rendering.braces import literal
from campaigns.rendering.links import absolute
from content.look import shown
from content.look.shown import Look

if TYPE_CHECKING:
    # The models use this module for their previews.
    from campaigns.models.newsletters import Email, IssuePage, Newsletter
    from subscribers.models import Purpose


@dataclass(frozen=True)
class Source:
    """A message as its makers left it. `subject` and `preheader` are template source."""

    language: str  # of the content: the reader's, or the default where a translation is missing
    title: str  # plain text: what the mail is called in its head
    subject: str
    preheader: str
    sender_name: str
    sender_address: str
    reply_to: str
    newsletter: str  # name of the publication, empty for service mails
    publisher: Identity
    look: Look
    vocabulary: syntax.Vocabulary
    purpose_class: str
    body: StreamValue | None = None  # None for service mails, whose words stand in templates
    service_kind: str = ""
    web_url: str = ""  # page of the issue in the archive; empty where there is none
    wraps: str = ""  # a staff test says so above the mail it tries: the kind it wraps


def of_issue(issue: IssuePage) -> Source:
    """An issue as it stands on this page object: live, or a draft for previews and tests."""
    newsletter = issue.newsletter
    language = language_of(issue)
    return Source(
        language=language,
        title=issue.title,
        subject=issue.subject or literal(issue.title),
        preheader=issue.preheader,
        newsletter=newsletter.title(language),
        publisher=PublisherSettings.current().identity(language),
        look=shown.read(),
        vocabulary=syntax.ISSUE,
        purpose_class=PurposeClass.ISSUE,
        body=issue.body,
        web_url=absolute(issue.url or "") if issue.pk and issue.live else "",
        **_sender(newsletter),
    )


def translations(issue: IssuePage) -> list[IssuePage]:
    """The issue in the other languages it goes out in: as published, or as approved to be published on a day."""
    others = issue.get_translations() if issue.pk else ()
    ready = (other if other.live else other.get_scheduled_revision_as_object() for other in others)
    return [other for other in ready if other is not None]


def of_email(email: Email, purpose: Purpose | None = None) -> Source:
    """An email; the journey's purpose names the newsletter whose sender it has, where there is one."""
    language = language_of(email)
    publisher = PublisherSettings.current().identity(language)
    look = shown.read()
    newsletter = _newsletter_of(purpose)
    title = newsletter.title(language) if newsletter else look.name
    sender = _sender(newsletter) if newsletter else _own_sender(look)
    if email.sender_name:
        sender["sender_name"] = email.sender_name
    return Source(
        language=language,
        title=title,
        subject=email.subject or literal(email.name),
        preheader=email.preheader,
        newsletter=title,
        publisher=publisher,
        look=look,
        vocabulary=syntax.EMAIL,
        purpose_class=PurposeClass.JOURNEY,
        body=email.body,
        **sender,
    )


def of_service(kind: str, locale: str) -> Source:
    """A service mail: its words stand in site/templates/mail/service/."""
    language = locale if locale in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    publisher = PublisherSettings.current().identity(language)
    look = shown.read()
    return Source(
        language=language,
        title=look.name,
        subject="",
        preheader="",
        newsletter="",
        publisher=publisher,
        look=look,
        vocabulary=syntax.EMAIL,
        purpose_class=PurposeClass.SERVICE,
        service_kind=kind,
        **_own_sender(look),
    )


def language_of(message: IssuePage | Email) -> str:
    """The message's language; the default one for a message that was never saved."""
    return message.locale.language_code if message.locale_id else settings.LANGUAGE_CODE


def _newsletter_of(purpose: Purpose | None) -> Newsletter | None:
    try:
        return purpose.newsletter if purpose else None
    except ObjectDoesNotExist:
        return None


def _sender(newsletter: Newsletter) -> dict[str, str]:
    return {
        "sender_name": newsletter.sender_name,
        "sender_address": newsletter.sender_address,
        "reply_to": newsletter.reply_to,
    }


def _own_sender(look: Look) -> dict[str, str]:
    return {
        "sender_name": look.name,
        "sender_address": settings.DEFAULT_FROM_EMAIL,
        "reply_to": "",
    }


def as_test(source: Source) -> Source:
    """The same message as staff try it: marked in its subject, inert where it would do something."""
    with translation.override(source.language):
        mark = _("[Test]")
    return replace(
        source,
        subject=f"{mark} {source.subject}",
        purpose_class=PurposeClass.TEST,
        wraps=source.purpose_class,
    )
