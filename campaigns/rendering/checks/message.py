"""What else a message should be looked at for: its head, its size, what somebody forgot in it."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from campaigns.rendering.checks.texts import Message, Text, of_message
from campaigns.rendering.trouble import Finding, Level

CLIPPED_AT = 102_400  # bytes of HTML; Gmail shows the rest only on demand
MAX_SUBJECT = 60  # characters that phones show
LEFTOVER = re.compile(
    r"\b(TK|TKTK|TODO|FIXME|XXX+)\b|lorem ipsum|\?\?\?|\[(?:nome|titolo|data|link|name|title|date|…|\.\.\.)\]",
)
BARE_NAME = re.compile(r"\{\{-?\s*person\.(?:first_)?name\s*-?\}\}")
ASKED_FIRST = re.compile(r"\{%-?\s*(?:if|unless|case)\s+person\.(?:first_)?name")
TRIED = frozenset({"test", "prova", "asdf"})


def head(message: Message) -> Iterator[Finding]:
    """Subject and preheader, as far as they are there."""
    subject, preheader = message.subject.strip(), message.preheader.strip()
    if len(subject) > MAX_SUBJECT:
        words = _("The subject has %(n)d characters; phones show about %(most)d.")
        yield Finding(Level.WARN, words % {"n": len(subject), "most": MAX_SUBJECT})
    if subject.lower() in TRIED:
        yield Finding(Level.STOP, _("The subject is “%(subject)s”, as in a trial.") % {"subject": subject})
    if not preheader:
        yield Finding(Level.WARN, _("There is no preheader: inboxes show the first words of the mail instead."))
    elif preheader == subject:
        yield Finding(Level.WARN, _("The preheader repeats the subject."))


def body(message: Message) -> Iterator[Finding]:
    """That something is said, and that nothing was forgotten in it."""
    if not message.body:
        yield Finding(Level.STOP, _("The mail is empty."))
    for text in of_message(message):
        yield from _forgotten(text)


def _forgotten(text: Text) -> Iterator[Finding]:
    if match := LEFTOVER.search(text.source):
        where = text.place or text.field
        words = _("%(where)s: “%(words)s” was left there.") % {"where": where, "words": match.group()}
        yield Finding(Level.STOP, words, text.block_id)
    if BARE_NAME.search(text.source) and not ASKED_FIRST.search(text.source):
        words = _("A name without a fallback: write {{ person.first_name | default: 'reader' }}.")
        yield Finding(Level.WARN, words, text.block_id)


def size(html: str) -> Iterator[Finding]:
    """Whether mail programs cut it."""
    n_bytes = len(html.encode())
    if n_bytes > CLIPPED_AT:
        words = _("The mail has %(n)d kB; Gmail cuts it after %(most)d.")
        yield Finding(Level.WARN, words % {"n": n_bytes // 1024, "most": CLIPPED_AT // 1024})
