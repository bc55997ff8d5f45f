"""Hand mails to a provider's API through django-anymail, which knows the providers and their words.

Where a provider promises to take a key once, a lost answer is asked again with the same key; elsewhere it is unknown.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import requests
from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import get_connection

from campaigns.transports.contract import AccountRefused, Answer, Busy, Envelope, Outcome, Record
from campaigns.transports.ways import Way

# Resend keeps a key for 24 hours (its documentation, 2026); SES, Mailgun, Postmark and Brevo promise nothing.
IDEMPOTENT = frozenset({"resend"})
SPOKEN_FOR = frozenset(
    {"from", "to", "subject", "reply-to", "mime-version", "content-type", "content-transfer-encoding", "date"}
)
NOT_US = frozenset({401, 402, 403})
NAME = re.compile(r"[a-z0-9_]{2,40}")
TAKEN = frozenset({"sent", "queued"})
REFUSED = frozenset({"invalid", "rejected", "failed"})


class EspTransport:
    """One provider, one session, one mail a request."""

    is_network = True

    def __init__(self, way: Way) -> None:
        if not NAME.fullmatch(way.esp):
            raise AccountRefused(f"{way.esp!r} is not the name of a provider Anymail knows")
        self.esp = way.esp
        try:
            self.backend = get_connection(
                f"anymail.backends.{way.esp}.EmailBackend",
                ignore_unsupported_features=True,
                ignore_recipient_status=True,
            )
        except (ImportError, ImproperlyConfigured) as error:
            raise AccountRefused(f"Anymail cannot use {way.esp}: {error}") from error

    def hand_over(self, envelopes: Iterator[Envelope], record: Record) -> None:
        """Send one by one; see `contract.Transport`."""
        self.backend.open()
        answered: list[Outcome] = []
        try:
            for envelope in envelopes:
                allowed = record.step(answered, [envelope.delivery_id])
                answered = []
                if envelope.delivery_id in allowed:
                    answered.append(self._send(envelope))
        except Stopped as error:
            answered.append(error.outcome)
            raise error.why from error
        finally:
            if answered:
                record.step(answered, [])

    def close(self) -> None:
        """End the session."""
        self.backend.close()

    def _send(self, envelope: Envelope) -> Outcome:
        message = as_django(envelope)
        session = getattr(self.backend, "session", None)
        if session is not None and self.esp in IDEMPOTENT:
            session.headers["Idempotency-Key"] = envelope.key
        try:
            self.backend.send_messages([message])
        except (AnymailError, requests.RequestException) as error:
            return self._failure(envelope, error)
        return of_status(envelope, message)

    def _failure(self, envelope: Envelope, error: Exception) -> Outcome:
        """What an exception says about the mail.

        Raises: Stopped when it is not the mail that is wrong.
        """
        number, status = envelope.delivery_id, getattr(error, "status_code", None)
        if isinstance(error, AnymailRecipientsRefused):
            return Outcome(delivery_id=number, answer=Answer.REFUSED, code="550", reply="the provider refuses it")
        if status in NOT_US:
            why: Exception = AccountRefused(f"{self.esp} refuses our key: HTTP {status}")
            raise Stopped(Outcome(delivery_id=number, answer=Answer.BUSY, reply=str(why)), why)
        if status == 429 or never_reached(error):
            wait = retry_after(error)
            busy = Busy(f"{self.esp}: {'HTTP 429' if status else 'cannot be reached'}", wait_seconds=wait)
            raise Stopped(Outcome(delivery_id=number, answer=Answer.BUSY, reply=str(busy), wait_seconds=wait), busy)
        if status is not None and 400 <= status < 500:
            words = " ".join(str(error).split())[:300]
            return Outcome(delivery_id=number, answer=Answer.REFUSED, code=f"{status}", reply=words)
        answer = Answer.BUSY if self.esp in IDEMPOTENT else Answer.UNKNOWN
        return Outcome(delivery_id=number, answer=answer, reply=f"{self.esp}: {type(error).__name__} {status or ''}")


class Stopped(Exception):
    """One mail's outcome, and why no other is tried."""

    def __init__(self, outcome: Outcome, why: Exception) -> None:
        super().__init__(str(why))
        self.outcome, self.why = outcome, why


def as_django(envelope: Envelope) -> AnymailMessage:
    """The mail as Anymail wants it: the same head and both bodies."""
    parsed = message_from_bytes(envelope.raw, policy=policy.default)
    message = AnymailMessage(
        subject=str(parsed["Subject"] or ""),
        body=body_of(parsed, "plain"),
        from_email=str(parsed["From"]),
        to=[str(parsed["To"] or envelope.recipient)],
        reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
        headers={name: str(value) for name, value in parsed.items() if name.lower() not in SPOKEN_FOR},
    )
    html = body_of(parsed, "html")
    if html:
        message.attach_alternative(html, "text/html")
    message.metadata = {"delivery": envelope.key}
    message.envelope_sender = envelope.sender
    return message


def body_of(parsed: EmailMessage, kind: str) -> str:
    """The text of a part; empty where there is none."""
    part = parsed.get_body((kind,))
    return part.get_content() if part is not None else ""


def of_status(envelope: Envelope, message: AnymailMessage) -> Outcome:
    """What the provider said about the only recipient."""
    status = message.anymail_status
    said = next(iter(status.status or {"unknown"}))
    name = str(status.message_id or "")
    if said in REFUSED:
        reply = f"the provider says: {said}"
        return Outcome(delivery_id=envelope.delivery_id, answer=Answer.REFUSED, code="550", reply=reply)
    answer = Answer.ACCEPTED if said in TAKEN or name else Answer.UNKNOWN
    return Outcome(delivery_id=envelope.delivery_id, answer=answer, code="250", reply=said, provider_id=name)


def never_reached(error: Exception) -> bool:
    """Whether the request certainly did not arrive: no connection was made."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    return isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error.__cause__ or error)


def retry_after(error: Exception) -> float | None:
    """Seconds the provider asked us to wait, given as a number or a date (RFC 9110 10.2.3); None where it did not."""
    response = getattr(error, "response", None)
    value = response.headers.get("Retry-After", "") if response is not None else ""
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except ValueError:
        return None
