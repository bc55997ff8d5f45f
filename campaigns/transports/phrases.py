"""How a mail is put on the wire: lines, dots, paths, and the name a server gives it.

Source: RFC 5321 2.3.8, 4.1.2, 4.5.2; RFC 6531 3.3; RFC 6152.
"""

import re

from campaigns.transports.contract import Envelope
from campaigns.transports.greeting import Terms

NEWLINE = re.compile(rb"\r\n|\r|\n")
# No blanks, controls or angle brackets: nothing that could end the command early.
PATH = re.compile(r"[^\s<>\x00-\x1f\x7f\u0085\u2028\u2029]{1,320}")
QUEUED_AS = re.compile(r"(?i)\bqueued as ([\w.<>@-]+)|\bid=([\w.-]+)")


def on_wire(raw: bytes) -> bytes:
    """The content as RFC 5321 wants it: CRLF alone ends a line, a leading dot is doubled, the last line is ended."""
    n_ends = raw.count(b"\r\n")
    if raw.count(b"\n") != n_ends or raw.count(b"\r") != n_ends:
        raw = NEWLINE.sub(b"\r\n", raw)
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"")
    if not raw.endswith(b"\r\n"):
        raw += b"\r\n"
    if b"\r\n." in raw:
        raw = raw.replace(b"\r\n.", b"\r\n..")
    return b"." + raw if raw.startswith(b".") else raw


def mail_command(envelope: Envelope, terms: Terms) -> bytes:
    """MAIL with the parameters this mail needs."""
    words = f"MAIL FROM:<{envelope.sender}>"
    if not (envelope.sender + envelope.recipient).isascii():
        words += " SMTPUTF8"
    if terms.offers("8BITMIME") and not envelope.raw.isascii():
        words += " BODY=8BITMIME"
    return words.encode()


def rcpt_command(envelope: Envelope) -> bytes:
    """RCPT."""
    return f"RCPT TO:<{envelope.recipient}>".encode()


def obstacle(envelope: Envelope, terms: Terms) -> tuple[str, str] | None:
    """Why a server with these terms can never take the mail, as (codes, words); None when it may."""
    if not PATH.fullmatch(envelope.recipient) or not (envelope.sender == "" or PATH.fullmatch(envelope.sender)):
        return "553 5.1.3", "this is no address"
    if not (envelope.sender + envelope.recipient).isascii() and not terms.offers("SMTPUTF8"):
        return "553 5.6.7", "the server takes no international addresses"
    if terms.max_bytes and len(envelope.raw) > terms.max_bytes:
        return "552 5.3.4", f"the server takes at most {terms.max_bytes} bytes"
    return None


def queue_name(words: str) -> str:
    """The name under which the server keeps the mail, where its reply tells one."""
    found = QUEUED_AS.search(words)
    return (found[1] or found[2]) if found else ""
