"""What does a mail say that came back to us? Delivery reports, complaints, automatic answers. Pure.

Sources: RFC 3462 and 3464 (delivery status), RFC 5965 (complaints), RFC 3834 (automatic answers), RFC 3463 (codes);
flufl.bounce, which GNU Mailman uses, for servers that write reports of their own making.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from flufl.bounce import all_failures

from campaigns.deliverability import classify
from campaigns.deliverability.classify import Meaning

MAX_BYTES = 4_000_000  # of one returned mail; more of it is an attachment that nobody needs
MAX_RECIPIENTS = 100
ADDRESS = re.compile(r"[^\s<>;,:()\[\]\"']{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}")
SMTP_CODE = re.compile(r"\b([245]\d\d)[ -]?#?\(?([245]\.\d{1,3}\.\d{1,3})?")
FEEDBACK = "message/feedback-report"
AUTOMATIC = ("auto-replied", "auto-generated", "auto-notified")
BOUNCER = re.compile(r"(?i)mailer-?daemon|postmaster|mail delivery|delivery (subsystem|system|agent)|<>")
UNDELIVERED = re.compile(
    r"(?i)undeliver|returned mail|delivery (status|failure|failed|problem|report|notification)|failure noti"
    r"|mail delivery|could ?n.t be delivered|not (be )?deliver|returning message|mail failure|unzustellbar"
    r"|mancat[oa] (recapito|consegna)"
)
COPY_BELOW = re.compile(
    r"(?im)^.{0,12}(original message|copy of (the|your) message|message headers?|below this line|received: )"
)
NO_DOMAIN = re.compile(
    r"(?i)(host|domain)( or domain)?( name)? (not found|unknown)|name service error|no such (host|domain)|nxdomain"
    r"|couldn't find (a mail exchanger|any host)|domain (does not exist|is not reachable)|unrouteable"
)
VACATION = re.compile(
    r"(?i)out of (the )?office|vacation|auto(matic)?[- ]?(reply|response|antwort)|risposta automatica|fuori sede"
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a returned mail says about one recipient."""

    kind: str  # bounced, deferred, delivered, complained, unsubscribed
    recipient: str  # as the report writes it; empty where it was blacked out
    code: str = ""  # "550 5.1.1"
    words: str = ""  # the server's
    message_id: str = ""  # of the mail it is about
    return_path: str = ""  # to whom that mail's bounces were to go

    @property
    def is_hard(self) -> bool:
        """Whether nobody lives there. A domain that was not found, when a server has given up, is nobody's either."""
        if self.kind != "bounced":
            return False
        is_gone = bool(NO_DOMAIN.search(self.words)) or self.code.endswith(("5.4.4", "5.1.2"))
        code = self.code if self.code.startswith("5") else "550"
        return is_gone or classify.read(code, self.words) == Meaning.NO_MAILBOX


def read(raw: bytes) -> list[Returned]:
    """What a mail reports, one a recipient; empty for automatic answers and mails that report nothing.

    Never raises, whatever the bytes.
    """
    message = message_from_bytes(unix_lines(raw[:MAX_BYTES]), policy=policy.compat32)
    try:
        if any(part.get_content_type() == FEEDBACK for part in message.walk()):
            return list(_complaints(message))
        found = list(_statuses(message))
        if not found and not is_automatic(message):
            found = list(_by_custom(message)) or list(_by_words(message))
    except (ValueError, LookupError, TypeError, AttributeError):  # email.message meets bytes its authors did not
        return []
    return found[:MAX_RECIPIENTS]


def unix_lines(raw: bytes) -> bytes:
    """The same with LF alone: reports travel through programs that know CR alone or CRLF."""
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def is_automatic(message: Message) -> bool:
    """Whether a program answered for a person who is away, or confirms something."""
    declared = str(message.get("Auto-Submitted", "")).lower()
    is_report = message.get_content_type() == "multipart/report" or bool(BOUNCER.search(str(message.get("From", ""))))
    if any(word in declared for word in AUTOMATIC) and not is_report:
        return True
    if any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "X-Vacation")):
        return not is_report
    return bool(VACATION.search(str(message.get("Subject", ""))))


# -- RFC 5965 -----------------------------------------------------------------------------------------------
def _complaints(message: Message) -> Iterator[Returned]:
    for part in message.walk():
        if part.get_content_type() != FEEDBACK:
            continue
        fields = _fields(part)
        kind = {"abuse": "complained", "fraud": "complained", "opt-out": "unsubscribed"}.get(
            fields.get("feedback-type", "").strip().lower(), ""
        )
        original = _original(message)
        wanted = fields.get("original-rcpt-to") or fields.get("removal-recipient") or original.get("to", "")
        if kind:
            yield Returned(kind, _address(wanted), "", fields.get("user-agent", ""), *_signs(original))


# -- RFC 3464 -----------------------------------------------------------------------------------------------
def _statuses(message: Message) -> Iterator[Returned]:
    original = _original(message)
    for part in message.walk():
        if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
            for fields in _groups(part):
                if "final-recipient" in fields or "original-recipient" in fields:
                    yield _status(fields, original)


def _status(fields: dict[str, str], original: dict[str, str]) -> Returned:
    words = " ".join(fields.get("diagnostic-code", "").partition(";")[2].split())[:500]
    status = fields.get("status", "").split("(")[0].strip()
    action = fields.get("action", "failed").split()[0].lower() if fields.get("action", "").strip() else "failed"
    kinds = {"failed": "bounced", "delayed": "deferred"}
    recipient = _address(fields.get("final-recipient", "")) or _address(fields.get("original-recipient", ""))
    return Returned(kinds.get(action, "delivered"), recipient, codes(status, words), words, *_signs(original))


def codes(status: str, words: str) -> str:
    """`550 5.1.1` from a status field and a server's words; the more telling of two enhanced codes."""
    found = SMTP_CODE.search(words)
    basic = found[1] if found else f"{status[:1]}50" if status[:1] in {"4", "5"} else ""
    inner = (found[2] if found else "") or classify.found_in(words)
    is_vague = not status or status.endswith(".0.0")
    enhanced = (inner or status) if is_vague else status
    return f"{basic} {enhanced}".strip()


# -- of their own making ------------------------------------------------------------------------------------
def _by_custom(message: Message) -> Iterator[Returned]:
    temporary, permanent = all_failures(message)
    text = _text(message)
    signs = _signs(_original(message))
    for kind, addresses in (("bounced", permanent), ("deferred", temporary)):
        for address in sorted(_decoded(addresses)):
            words = _around(text, address)
            yield Returned(kind, address, codes("", words), words, *signs)


def _by_words(message: Message) -> Iterator[Returned]:
    """The addresses that a server's plain words name before it repeats our mail."""
    head = f"{message.get('From', '')} {message.get('Return-Path', '')}"
    is_bounce = BOUNCER.search(head) or message.get_content_type() == "multipart/report"
    if not is_bounce and not UNDELIVERED.search(str(message.get("Subject", ""))):
        return
    text = _text(message)
    report, copy = _parted(text)
    failed = str(message.get("X-Failed-Recipients", "")) or str(message.get("X-Actual-Recipient", ""))
    original = _original(message) or _read_fields(copy)
    wanted = ADDRESS.findall(failed) or ADDRESS.findall(original.get("to", "")) or ADDRESS.findall(report)
    for address in dict.fromkeys(one.strip(".").lower() for one in wanted[:3]):
        words = " ".join(report.split())[:500]
        yield Returned("bounced", address, codes("", words), words, *_signs(original))


def _parted(text: str) -> tuple[str, str]:
    """What a report says itself, and the copy of our mail below it."""
    found = COPY_BELOW.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def _decoded(addresses: Iterable[bytes | str]) -> set[str]:
    return {one.decode("ascii", "replace") if isinstance(one, bytes) else str(one) for one in addresses}


def _around(text: str, address: str) -> str:
    """The words that stand behind an address in a report."""
    place = text.lower().find(address.lower())
    return " ".join(text[place : place + 400].split()) if place >= 0 else ""


def _text(message: Message) -> str:
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(_payload(part) for part in parts[:3])[:20_000]


# -- pieces -------------------------------------------------------------------------------------------------
def _payload(part: Message) -> str:
    content = part.get_payload(decode=True)
    return content.decode(part.get_content_charset() or "utf-8", "replace") if isinstance(content, bytes) else ""


def _groups(part: Message) -> Iterator[dict[str, str]]:
    """The groups of fields of a delivery status: the message's own first, then one a recipient."""
    content = part.get_payload()
    if isinstance(content, list):
        groups = [group for group in content if isinstance(group, Message)]
        yield from ({name.lower(): str(value) for name, value in group.items()} for group in groups)
    else:
        yield from (_read_fields(block) for block in re.split(r"\n\s*\n", str(content)))


def _fields(part: Message) -> dict[str, str]:
    merged: dict[str, str] = {}
    for group in _groups(part):
        merged = group | merged
    return merged


def _read_fields(block: str) -> dict[str, str]:
    unfolded = re.sub(r"\n[ \t]+", " ", block.strip("\n"))
    lines = (line.partition(":") for line in unfolded.splitlines() if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _original(message: Message) -> dict[str, str]:
    """The head of the mail that a report is about; empty where it is not there."""
    for part in message.walk():
        if (
            part.get_content_type() in {"message/rfc822", "message/global", "text/rfc822-headers"}
            and part is not message
        ):
            content = part.get_payload()
            if isinstance(content, list) and content and isinstance(content[0], Message):
                return {name.lower(): str(value) for name, value in content[0].items()}
            return _read_fields(_payload(part) or str(content))
    return {}


def _signs(original: dict[str, str]) -> tuple[str, str]:
    return " ".join(original.get("message-id", "").split()), _address(original.get("return-path", ""))


def _address(value: str) -> str:
    found = ADDRESS.search(value.replace("rfc822;", " ").replace("RFC822;", " ").replace("utf-8;", " "))
    return found[0].strip(".").lower() if found else ""
