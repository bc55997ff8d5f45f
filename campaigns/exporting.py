"""Everything both rooms know about one person, as one readable file and as tables for a spreadsheet (GDPR 15, 20)."""

import csv
import io
import json
import zipfile
from datetime import datetime
from email import message_from_bytes
from email.policy import default as mail_policy

from django.db.models import Q

from campaigns.models import CapturedMail, Delivery, Passage, Run
from subscribers import exporting
from subscribers.exporting import Row, rows
from subscribers.models import Subscriber

# A cell that begins like a formula would be one in a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def everything(subscriber: Subscriber) -> dict[str, list[Row]]:
    """{part: rows} of both rooms; see `subscribers.exporting.everything`."""
    mails = Delivery.objects.filter(subscriber=subscriber).order_by("id")
    runs = Run.objects.filter(subscriber=subscriber).order_by("id")
    return {
        **exporting.everything(subscriber),
        "mails": rows(
            mails,
            "uid", "mailing__title", "mailing__purpose_class", "address", "locale", "intent_key", "context", "state",
            "reason", "code", "reply", "provider_id", "created_at", "due_at", "done_at",
        ),
        "captured_mails": _captured(subscriber, list(mails.values_list("id", flat=True))),
        "journeys": rows(
            runs,
            "journey__name", "version__number", "entry_key", "state", "why", "step", "lap", "laps", "entered_at",
            "entered_step_at", "due_at", "ended_at", "error",
        ),
        "journey_steps": rows(
            Passage.objects.filter(run__in=runs).order_by("id"),
            "run__journey__name", "step", "lap", "entered_at", "left_at", "outcome", "why", "seen",
        ),
    }  # fmt: skip


def as_json(parts: dict[str, list[Row]], *, now: datetime) -> bytes:
    """One file, UTF-8, keys in the order of the parts."""
    content = {"exported_at": now.isoformat(), **parts}
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


def as_zip(parts: dict[str, list[Row]], *, now: datetime) -> bytes:
    """The same as `data.json` and one CSV a part that has rows, UTF-8 with a mark that spreadsheets know."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", as_json(parts, now=now))
        for name, table in parts.items():
            if table:
                archive.writestr(f"{name}.csv", as_csv(table).encode("utf-8-sig"))
    return packed.getvalue()


def as_csv(table: list[Row]) -> str:
    """One part as CSV; nothing in it can act as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(table[0])
    writer.writerows([cell(value) for value in row.values()] for row in table)
    return text.getvalue()


def cell(value: object) -> str:
    """A value as a cell of a CSV file, harmless to spreadsheets."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def _captured(subscriber: Subscriber, delivery_ids: list[int]) -> list[Row]:
    """Mails that the built-in inbox keeps, as text."""
    found = CapturedMail.objects.filter(
        Q(delivery_id__in=delivery_ids) | Q(recipient__iexact=subscriber.address or "")
    ).order_by("id")
    return [
        {
            "at": mail.at.isoformat(),
            "sender": mail.sender,
            "recipient": mail.recipient,
            "subject": mail.subject,
            "text": _text_of(bytes(mail.raw)),
        }
        for mail in found
    ]


def _text_of(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=mail_policy).get_body(("plain", "html"))
    return body.get_content() if body else raw.decode("utf-8", "replace")
