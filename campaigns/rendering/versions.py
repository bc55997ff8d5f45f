"""Freezing what a mailing says in one language: one row, and its links, that every delivery of it names."""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from campaigns.models import Email, IssuePage, Link, Mailing, MessageVersion, PublisherSettings, PurposeClass
from campaigns.rendering import compiling, sources
from campaigns.rendering.sources import Source

MARKETING = frozenset({PurposeClass.ISSUE, PurposeClass.JOURNEY})


class NotReady(Exception):
    """The mailing cannot be made into mail before somebody mends something; the text says what, for humans."""


def ensure(mailing: Mailing, locale: str, *, now: datetime) -> MessageVersion:
    """The frozen message of a mailing in a language, compiled where it is missing.

    An issue is frozen once and for all. What a standing mailing or a test says may change: a changed source
    makes a new number, and deliveries written before keep the old one.

    Raises: NotReady. Changes: at most one MessageVersion and its links; safe to run twice and at once.
    """
    newest = _newest(mailing, locale)
    if newest is not None and mailing.purpose_class == PurposeClass.ISSUE:
        return newest
    source, compiled = prepare(mailing, locale)
    digest = _digest(source, compiled)
    if newest is not None and newest.digest == digest:
        return newest
    with transaction.atomic():
        _queue_up(mailing, locale)
        newest = _newest(mailing, locale)
        if newest is not None and (newest.digest == digest or mailing.purpose_class == PurposeClass.ISSUE):
            return newest
        number = newest.number + 1 if newest else 1
        return _freeze(mailing, locale, source=source, compiled=compiled, digest=digest, number=number, now=now)


def prepare(mailing: Mailing, locale: str) -> tuple[Source, compiling.Compiled]:
    """What the mailing would say now. Raises: NotReady."""
    if mailing.purpose_class in MARKETING and (missing := PublisherSettings.current().missing()):
        raise NotReady(
            _("Who publishes this is not complete, and the law wants it in each mail: %(fields)s.")
            % {"fields": ", ".join(missing)}
        )
    source = source_of(mailing, locale)
    try:
        return source, compiling.compile(source)
    except compiling.CannotCompile as error:
        raise NotReady(_("The message cannot be made into a mail: %(why)s") % {"why": error}) from error


def source_of(mailing: Mailing, locale: str) -> Source:
    """What the mailing says in a language. Raises: NotReady, when its issue or email is gone."""
    is_test = mailing.purpose_class == PurposeClass.TEST
    if mailing.issue is not None:
        source = sources.of_issue(issue_in(mailing.issue, locale, is_draft=is_test))
    elif mailing.email is not None:
        source = sources.of_email(_email_in(mailing.email, locale, is_draft=is_test), mailing.purpose)
    elif mailing.service_kind:
        return sources.of_service(mailing.service_kind, locale)
    else:
        raise NotReady(_("What this mailing says was deleted."))
    return sources.as_test(source) if is_test else source


def issue_in(issue: IssuePage, locale: str, *, is_draft: bool = False) -> IssuePage:
    """The issue in the reader's language where that is ready (a draft: where it exists), else as it was chosen.

    The chosen page itself is taken as it was last saved: that is what its maker saw before pressing Send.
    """
    if issue.locale.language_code == locale:
        return issue.get_latest_revision_as_object()
    others = issue.get_translations() if is_draft else sources.translations(issue)
    found = next((other for other in others if other.locale.language_code == locale), issue)
    return found.get_latest_revision_as_object() if is_draft or found is issue else found


def _email_in(key: UUID, locale: str, *, is_draft: bool) -> Email:
    """The email in the reader's language, else in the default one, else in any."""
    rows = Email.objects.filter(translation_key=key).select_related("locale")
    known = {email.locale.language_code: email for email in rows if email.live or is_draft}
    found = known.get(locale) or known.get(settings.LANGUAGE_CODE) or next(iter(known.values()), None)
    if found is None:
        raise NotReady(_("The email is not published, or was deleted."))
    return found.get_latest_revision_as_object() if is_draft else found


def _newest(mailing: Mailing, locale: str) -> MessageVersion | None:
    return MessageVersion.objects.filter(mailing=mailing, locale=locale).order_by("-number").first()


def _queue_up(mailing: Mailing, locale: str) -> None:
    """Let workers that would freeze the same message pass one by one."""
    key = hashlib.blake2b(f"version:{mailing.pk}:{locale}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(key, "big", signed=True)])


def _freeze(
    mailing: Mailing,
    locale: str,
    *,
    source: Source,
    compiled: compiling.Compiled,
    digest: str,
    number: int,
    now: datetime,
) -> MessageVersion:
    version = MessageVersion.objects.create(
        mailing=mailing,
        locale=locale,
        number=number,
        digest=digest,
        compiled_at=now,
        newsletter=source.newsletter,
        web_url=source.web_url,
        **_columns(compiled),
    )
    Link.objects.bulk_create(
        Link(version=version, position=row.position, url=row.url, label=row.label, page_id=row.page_id)
        for row in compiled.destinations
    )
    return version


def _columns(compiled: compiling.Compiled) -> dict[str, str]:
    return {
        "language": compiled.language,
        "subject": compiled.subject,
        "preheader": compiled.preheader,
        "sender_name": compiled.sender_name,
        "sender_address": compiled.sender_address,
        "reply_to": compiled.reply_to,
        "html": compiled.html,
        "text": compiled.text,
    }


def _digest(source: Source, compiled: compiling.Compiled) -> str:
    """Changes when anything that reaches a reader changes."""
    rows = [asdict(row) for row in compiled.destinations]
    whole = json.dumps([_columns(compiled), rows, source.newsletter, source.web_url], sort_keys=True)
    return hashlib.blake2b(whole.encode(), digest_size=32).hexdigest()
