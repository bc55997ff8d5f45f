"""The last step: one person's mail as bytes, from what was prepared once for all of them."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from campaigns.models.mailings import Mailing, MessageVersion, PurposeClass
from campaigns.rendering import braces, headers, liquid, places
from campaigns.rendering.people import Person
from campaigns.rendering.people import of_deliveries as people
from campaigns.rendering.skeleton import Builder, Skeleton, Slot, line_of
from campaigns.rendering.values import Frame, Values

CRLF = "\r\n"
# Quoted-printable never writes "=_": no body can hold the boundary (RFC 2045 6.7).
BOUNDARY = "=_circolare_alternative"
MAX_CACHED = 64  # versions; one of 34 kB with both skeletons takes about 250 kB
ONE_CLICK_CLASSES = frozenset({PurposeClass.ISSUE, PurposeClass.JOURNEY})
AUTOMATIC_CLASSES = frozenset({PurposeClass.SERVICE, PurposeClass.RESOURCE})


class Unwritable(Exception):
    """This mail cannot be written for this person; `reason` says why, without the address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Envelope:
    """What all mails of a version share in their heads."""

    sender_name: str
    sender_address: str  # domain in A-labels
    reply_to: str
    subject: str  # template source
    purpose_class: str
    feedback_id: str
    list_name: str  # empty where the mail belongs to no list
    list_key: str


class Writer:
    """Writes the mails of one version; holds its skeletons."""

    def __init__(self, envelope: Envelope, frame: Frame, *, html: str, text: str) -> None:
        self.envelope = envelope
        self.frame = frame
        self.html = html
        self.text = text
        self.sender_domain = headers.domain_of(envelope.sender_address)
        self._is_subject_fixed = not braces.has_tags(envelope.subject)
        self._subject_line = line_of(envelope.subject)
        self._subject_template = liquid.TEXT.from_string(envelope.subject)
        self._fixed = self._fixed_head()
        self._skeletons: dict[bool, Skeleton] = {}
        self._date = (0, "")

    def write(self, person: Person, *, now: datetime) -> bytes:
        """One whole message (RFC 5322) with CRLF line ends, no line longer than 998 octets.

        Raises: Unwritable, when the address has no safe form in a head.
        """
        values = Values(person, self.frame, now)
        try:
            head = self._head(person, values)
        except headers.BadHeader as error:
            raise Unwritable(str(error)) from error
        return f"{head}{self._skeleton(person.is_tracked).filled(values)}".encode()

    def envelope_sender(self, person: Person) -> str:
        """The address that this mail's bounces come to."""
        return headers.envelope_sender(person.delivery_uid, self.sender_domain)

    def _head(self, person: Person, values: Values) -> str:
        lines = [
            f"Date: {self._date_of(values.now)}",
            f"To: {headers.mailbox(person.name, person.address)}",
            f"Message-ID: {headers.message_id(person.delivery_uid, self.sender_domain)}",
        ]
        if not self._is_subject_fixed:
            lines.append(f"Subject: {headers.text(self._subject(values))}")
        if self.envelope.purpose_class in ONE_CLICK_CLASSES:
            before, behind = places.around(places.ONE_CLICK.url_name, self.frame.language)
            lines.append(f"List-Unsubscribe: <{before}{values.token(places.ONE_CLICK)}{behind}>")
        return f"{CRLF.join(lines)}{CRLF}{self._fixed}"

    def _subject(self, values: Values) -> str:
        if self._subject_line is not None:
            return "".join(part if isinstance(part, str) else part.text(values) for part in self._subject_line)
        try:
            return self._subject_template.render(values)
        except liquid.LiquidError:
            return "".join(piece.text for piece in braces.split(self.envelope.subject) if not piece.is_tag)

    def _date_of(self, now: datetime) -> str:
        second = int(now.timestamp())
        if self._date[0] != second:
            self._date = (second, headers.date(now))
        return self._date[1]

    def _fixed_head(self) -> str:
        """The lines that are the same for all, and the blank line below the head."""
        envelope = self.envelope
        lines = [f"From: {headers.mailbox(envelope.sender_name, envelope.sender_address)}"]
        if envelope.reply_to:
            lines.append(f"Reply-To: {envelope.reply_to}")
        if self._is_subject_fixed:
            lines.append(f"Subject: {headers.text(envelope.subject)}")
        if envelope.purpose_class in ONE_CLICK_CLASSES:
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        if envelope.list_key:
            listed = headers.list_id(envelope.list_name, envelope.list_key, self.sender_domain)
            lines.append(f"List-Id: {listed}")
        if envelope.purpose_class in AUTOMATIC_CLASSES:
            lines.append("Auto-Submitted: auto-generated")
        lines += [
            f"Feedback-ID: {envelope.feedback_id}",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/alternative;{CRLF} boundary="{BOUNDARY}"',
            "",
            "",
        ]
        return CRLF.join(lines)

    def _skeleton(self, is_tracked: bool) -> Skeleton:
        found = self._skeletons.get(is_tracked)
        if found is None:
            shared: dict[object, Slot] = {}
            plain = Builder(self.frame, is_tracked, is_html=False, tokens=shared).build(self.text)
            rich = Builder(self.frame, is_tracked, is_html=True, tokens=shared).build(self.html)
            parts = [_opening("plain"), *plain, CRLF, _opening("html"), *rich, f"{CRLF}--{BOUNDARY}--{CRLF}"]
            found = self._skeletons[is_tracked] = Skeleton.of(parts)
        return found


def _opening(kind: str) -> str:
    return (
        f"--{BOUNDARY}{CRLF}Content-Type: text/{kind}; charset=utf-8{CRLF}"
        f"Content-Transfer-Encoding: quoted-printable{CRLF}{CRLF}"
    )


def writer(version_id: int) -> Writer:
    """The writer of a frozen version, kept in this process.

    Raises: MessageVersion.DoesNotExist.
    """
    return _writer(connection.settings_dict["NAME"], version_id)


@lru_cache(maxsize=MAX_CACHED)
def _writer(database: str, version_id: int) -> Writer:
    version = MessageVersion.objects.select_related("mailing").get(pk=version_id)
    return of_version(version)


def of_version(version: MessageVersion) -> Writer:
    """A writer made from the row and its links."""
    mailing = version.mailing
    envelope = Envelope(
        sender_name=version.sender_name,
        sender_address=version.sender_address,
        reply_to=version.reply_to,
        subject=version.subject,
        purpose_class=mailing.purpose_class,
        feedback_id=f"{version.pk}:{mailing.pk}:{mailing.purpose_class}:circolare",
        list_name=version.newsletter,
        list_key=_list_key(mailing),
    )
    frame = Frame(
        language=version.language or version.locale,
        newsletter=version.newsletter,
        web_url=version.web_url,
        destinations={link.position: link.url for link in version.links.all()},
    )
    return Writer(envelope, frame, html=version.html, text=version.text)


def _list_key(mailing: Mailing) -> str:
    """What stays when newsletter and journey are renamed; empty where the mail belongs to no list."""
    if mailing.purpose_class == PurposeClass.ISSUE and mailing.purpose_id:
        return f"newsletter-{mailing.purpose_id}"
    if mailing.purpose_class == PurposeClass.JOURNEY:
        return "-".join(mailing.key.split(":")[:2])
    return ""


__all__ = ["Envelope", "Person", "Unwritable", "Writer", "of_version", "people", "writer"]
