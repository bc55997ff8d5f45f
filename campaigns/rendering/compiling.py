"""From a source to what is frozen: blocks → MJML with its tags guarded → HTML, plain text, link table. Once a mailing.

The result still holds Liquid: names and personal addresses, and `link_1`, `link_2`, … for the rows of the table.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from mjml import mjml2html

from campaigns.models.mailings import PurposeClass
from campaigns.rendering import braces, dress, liquid, pieces, theme, wrapping
from campaigns.rendering.links import PLACES, Destination, LinkTable, absolute
from campaigns.rendering.sources import Source
from campaigns.rendering.trouble import Finding, Troubles
from subscribers import addresses

MAX_BYTES = 1_000_000  # of the MJML; a long issue has 60 000
MARKETING = frozenset({PurposeClass.ISSUE, PurposeClass.JOURNEY})
SERVICE_PLACES = ("confirm", "refuse", "export", "erase", "address", "untrack")
# Texts of service mails about one request; `context.py` says where each comes from.
SERVICE_TEXTS = ("form", "asked_on", "newsletters", "resource_title", "expires_on")


NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")  # what XML 1.0 cannot hold


class CannotCompile(Exception):
    """The message cannot be made into a mail; the text says why, for humans."""


@dataclass(frozen=True)
class Compiled:
    """One message in one language. Everything but `destinations` and `findings` is template source."""

    language: str
    subject: str
    preheader: str
    sender_name: str
    sender_address: str
    reply_to: str
    html: str
    text: str
    destinations: list[Destination]
    findings: list[Finding] = field(default_factory=list)


def compile(source: Source) -> Compiled:  # noqa: A001 -- read as `compiling.compile`
    """The source made into mail.

    Raises: CannotCompile, when the MJML or a tag in it cannot be read.
    """
    troubles = Troubles()
    table = LinkTable(troubles)
    with translation.override(source.language):
        if source.body is None:
            subject, html, text = _service(source)
        else:
            read = list(pieces.read(source.body, troubles))
            subject = source.subject
            html = _html(source, dress.write_all(dress.Mail(table, source.look), read))
            plain = dress.Text(table)
            text = _text(source, dress.write_all(plain, read), plain.numbers)
    return Compiled(
        language=source.language,
        subject=subject,
        preheader=source.preheader,
        sender_name=source.sender_name,
        sender_address=_mailbox(source.sender_address),
        reply_to=_mailbox(source.reply_to) if source.reply_to else "",
        html=_checked(html),
        text=_checked(text),
        destinations=table.rows,
        findings=troubles.found,
    )


def _mailbox(address: str) -> str:
    """The address as it goes onto the wire, its domain in A-labels."""
    try:
        return addresses.read(address).written
    except addresses.BadAddress as error:
        message = _("nobody can answer to “%(address)s”: %(why)s")
        raise CannotCompile(message % {"address": address, "why": error.message}) from error


def _context(source: Source, speak: Callable[[str], SafeString]) -> dict[str, object]:
    """What the templates of the frame and of service mails see.

    Takes: `speak`, which makes data into template source of the part being written.
    Gives: beside the theme, `put` with a tag by the name of what it puts in.
    """
    publisher = source.publisher
    return {
        **theme.context(source.look),
        **theme.signs(source.look),
        "language": source.language,
        "title": speak(source.title.replace("{", "(").replace("}", ")")),  # MJML doubles it: no tag may stand there
        "preheader": braces.markup(source.preheader),
        "newsletter": speak(source.newsletter or source.title),
        "name": speak(source.look.name),
        "identity": [speak(part) for part in (publisher.name, publisher.address) if part],
        "contact": speak(publisher.contact),
        "rights": speak(publisher.rights),
        "legal": [speak(line.strip()) for line in _in(source, source.look.legal).splitlines() if line.strip()],
        "privacy_url": speak(absolute(_in(source, source.look.privacy))),
        "site": speak(f"{source.look.name} ({settings.BASE_URL})"),
        "site_url": speak(absolute("/")),
        "web_url": speak(source.web_url),
        "is_marketing": (source.wraps or source.purpose_class) in MARKETING,
        "is_test": source.purpose_class == PurposeClass.TEST,
        "put": _tags(),
        "rule": wrapping.RULE,
        "double_rule": wrapping.DOUBLE_RULE,
    }


def _in(source: Source, texts: dict[str, str]) -> str:
    return texts.get(source.language, "")


def _for_html(data: str) -> SafeString:
    return braces.markup(braces.literal(data))


def _for_text(data: str) -> SafeString:
    return mark_safe(braces.literal(data))  # noqa: S308 -- plain text


def _tags() -> dict[str, SafeString]:
    names = {
        "name": "person.name",
        "first_name": "person.first_name",
        "mailbox": "person.address",
        **PLACES,
        **{place: f"links.{place}" for place in SERVICE_PLACES},
        **{text: f"context.{text}" for text in SERVICE_TEXTS},
    }
    tags = {key: f"{{{{ {name} }}}}" for key, name in names.items()}
    tags |= {f"if_{key}": f"{{% if {name} %}}" for key, name in names.items()}
    tags |= {"if_tracked": "{% if person.is_tracked %}", "else": "{% else %}", "endif": "{% endif %}"}
    return {key: mark_safe(tag) for key, tag in tags.items()}  # noqa: S308 -- our own tags


def _service(source: Source) -> tuple[str, str, str]:
    folder = f"mail/service/{source.service_kind}"
    plain = _context(source, _for_text)
    try:
        subject = " ".join(render_to_string(f"{folder}.subject.txt", plain).split())
        html = _to_html(render_to_string(f"{folder}.mjml", _context(source, _for_html)))
        return subject, html, wrapping.wrap(render_to_string(f"{folder}.txt", plain))
    except TemplateDoesNotExist as error:
        raise CannotCompile(_("there is no service mail “%(kind)s”") % {"kind": source.service_kind}) from error


def _html(source: Source, blocks: str) -> str:
    written = {**_context(source, _for_html), "blocks": mark_safe(blocks)}  # noqa: S308 -- escaped by its dress
    return _to_html(render_to_string("mail/message.mjml", written))


def _to_html(mjml: str) -> str:
    if len(mjml.encode()) > MAX_BYTES:
        raise CannotCompile(_("it is larger than %(n)d bytes") % {"n": MAX_BYTES})
    guard = braces.Guard()
    try:
        # Includes stay refused: no loader is given, so `mj-include` is an error.
        return guard.restore(mjml2html(guard.protect(NO_XML.sub("", mjml)), disable_comments=False))
    except (ValueError, braces.TagsLost) as error:
        raise CannotCompile(str(error)) from error


def _text(source: Source, blocks: str, numbers: dict[str, int]) -> str:
    rows = [{"number": number, "href": mark_safe(href)} for href, number in numbers.items()]  # noqa: S308
    written = {**_context(source, _for_text), "blocks": mark_safe(blocks), "rows": rows}  # noqa: S308
    return wrapping.wrap(NO_XML.sub("", render_to_string("mail/message.txt", written)))


def _checked(template: str) -> str:
    """The finished source, read once by Liquid: a mail that could not be written is found here."""
    try:
        liquid.HTML.from_string(template)
    except liquid.LiquidError as error:
        raise CannotCompile(str(error.message)) from error
    return template
