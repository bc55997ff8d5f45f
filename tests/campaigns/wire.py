"""Looking at mails as they go over the wire."""

import email
import email.policy
import json
import re
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from campaigns.models import PurposeClass
from campaigns.rendering.people import Person
from campaigns.rendering.personalise import Envelope, Writer
from campaigns.rendering.preview import NOBODY
from campaigns.rendering.values import Frame

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
HOSTILE = CORPORA / "hostile-input"
BARE_LINE_END = re.compile(rb"(?<!\r)\n|\r(?!\n)")
HEADERS = [
    "Date",
    "To",
    "Message-ID",
    "List-Unsubscribe",
    "From",
    "Reply-To",
    "Subject",
    "List-Unsubscribe-Post",
    "List-Id",
    "Feedback-ID",
    "MIME-Version",
    "Content-Type",
]


def parsed(raw: bytes) -> EmailMessage:
    """The message as the standard library reads it."""
    return cast(EmailMessage, email.message_from_bytes(raw, policy=email.policy.default))


def html_of(raw: bytes) -> str:
    """The HTML part."""
    return _part(raw, "html")


def text_of(raw: bytes) -> str:
    """The text part."""
    return _part(raw, "plain")


def longest_line(raw: bytes) -> int:
    """Octets of the longest line, without its end."""
    return max(map(len, raw.split(b"\r\n")))


def person(**fields: Any) -> Person:
    """Somebody who gets an issue."""
    defaults: dict[str, Any] = {
        "delivery_id": 7,
        "delivery_uid": NOBODY,
        "mailing_id": 3,
        "purpose_class": PurposeClass.ISSUE,
        "address": "anna@letters.example",
        "locale": "it",
        "subscriber_id": 5,
        "purpose_id": 2,
    }
    return Person(**{**defaults, **fields})


def writer(
    *, html: str = "<p>x</p>\n", text: str = "x\n", links: dict[int, str] | None = None, **fields: Any
) -> Writer:
    """A writer that needs no database."""
    defaults: dict[str, Any] = {
        "sender_name": "Ada di Circolare",
        "sender_address": "ada@lettera.example",
        "reply_to": "redazione@lettera.example",
        "subject": "La lettera",
        "purpose_class": PurposeClass.ISSUE,
        "feedback_id": "1:3:issue:circolare",
        "list_name": "Lettera del giovedì",
        "list_key": "newsletter-2",
    }
    frame = Frame(language="it", newsletter="Lettera", web_url="http://127.0.0.1:8000/it/x/", destinations=links or {})
    return Writer(Envelope(**{**defaults, **fields}), frame, html=html, text=text)


def hostile_lines(name: str) -> list[str]:
    """The lines of a hostile-input file; the test is skipped where the corpora are not here."""
    path = HOSTILE / name
    if not path.is_file():
        pytest.skip("the corpora are not here")
    if name.endswith(".json"):
        return [item if isinstance(item, str) else str(item) for item in json.loads(path.read_text(encoding="utf-8"))]
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _part(raw: bytes, kind: str) -> str:
    """A part with the line ends it had before it went onto the wire."""
    part = parsed(raw).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")
