"""The sample's mails: Markdown as the blocks of a mail, in both languages."""

import json
import re
import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page

from campaigns.models import ArchivePage, Email, IssuePage, Newsletter
from campaigns.sample import publication, texts
from content.importing import bodies
from content.importing.drafts import Block, Code, Heading, Quote, Text
from content.importing.fitting import Fitter, RawBlock
from content.importing.images import Gallery
from content.importing.pieces import Piece

DIRECTIVE = re.compile(r"(?P<kind>[a-z]+)(?::\s*(?P<what>.*))?$")
FOLDERS = ("articles", "column")


@dataclass
class MailFitter(Fitter):
    """Leads links to our pages; anchors such as #home stay for the reader's own pages."""

    def _link(self, href: str, words: str, piece: Piece) -> str:
        if href.startswith("#"):
            return f'<a href="{href}">{words}</a>'
        return super()._link(href, words, piece)

    def mail(self, piece: Piece) -> list[RawBlock]:
        """The blocks of a mail. A code block is a directive: `article: name`, `button: place home`, `signature`."""
        blocks, _notes = bodies.read(piece.html)
        raw = [self._mail_block(block, piece) for block in blocks]
        for number, block in enumerate(raw):
            block["id"] = str(uuid.uuid5(publication.KEYS, f"{piece.key}#{number}"))
        return raw

    def _mail_block(self, block: Block, piece: Piece) -> RawBlock:
        match block:
            case Heading():
                return {"type": "heading", "value": block.text}
            case Text():
                return {"type": "text", "value": self.links(block.html, piece)}
            case Quote():
                return {"type": "quote", "value": {"text": block.text, "source": block.source}}
            case Code():
                return self._directive(block.text, piece.language)
            case _:
                raise ValueError(f"a mail of the sample holds no {type(block).__name__}")

    def _directive(self, text: str, language: str) -> RawBlock:
        first, _newline, rest = text.partition("\n")
        match = DIRECTIVE.match(first.strip())
        kind, what = (match["kind"], match["what"] or "") if match else ("", "")
        if kind == "article":
            return {"type": "article", "value": {"article": self._page(what, language), "lead": rest.strip()}}
        if kind == "resource":
            resource = self.targets[f"/{language}/resources/{what}"]
            return {"type": "resource", "value": {"resource": resource, "lead": rest.strip()}}
        if kind == "button":
            return {"type": "button", "value": self._button(what, rest.strip(), language)}
        if kind == "divider":
            return {"type": "divider", "value": None}
        return {"type": "signature", "value": rest.strip()}

    def _button(self, what: str, label: str, language: str) -> dict[str, object]:
        kind, _blank, name = what.partition(" ")
        page = self._page(name, language) if kind == "article" else None
        url, place = (name if kind == wanted else "" for wanted in ("url", "place"))
        return {"label": label, "page": page, "url": url, "place": place}

    def _page(self, name: str, language: str) -> int:
        return next(
            self.targets[address] for folder in FOLDERS if (address := f"/{language}/{folder}/{name}") in self.targets
        )


def make_emails(targets: dict[str, int], day: date) -> dict[str, str]:
    """Every mail of the journeys, published in both languages; gives {its text: translation key in hex}."""
    for language in texts.LANGUAGES:
        for name in texts.names("mails"):
            source, piece = texts.one(language, "mails", name, day)
            email = Email(
                name=piece.title,
                subject=str(piece.extra["subject"]),
                preheader=str(piece.extra["preheader"]),
                body=json.dumps(MailFitter(source, targets, Gallery()).mail(piece)),
                locale=publication.locales()[language],
                translation_key=publication.key(f"mail:{name}"),
                live=False,
                is_sample=True,
            )
            email.full_clean()
            email.save()
            email.save_revision().publish()
    return {name: publication.key(f"mail:{name}").hex for name in texts.names("mails")}


def make_issue(name: str, newsletter: Newsletter, targets: dict[str, int], day: date) -> IssuePage:
    """One issue in both languages, as drafts; gives the Italian one."""
    made: list[IssuePage] = []
    for language in texts.LANGUAGES:
        source, piece = texts.one(language, "issues", name, day)
        issue = IssuePage(
            title=piece.title,
            slug=piece.slug,
            newsletter=newsletter,
            subject=str(piece.extra["subject"]),
            preheader=str(piece.extra["preheader"]),
            body=json.dumps(MailFitter(source, targets, Gallery()).mail(piece)),
            locale=publication.locales()[language],
            translation_key=publication.key(f"issue:{name}"),
            live=False,
            has_unpublished_changes=True,
            content_type=ContentType.objects.get_for_model(IssuePage),
            is_sample=True,
        )
        Page.objects.get(pk=ArchivePage.objects.get(locale__language_code=language).pk).add_child(instance=issue)
        issue.save_revision()
        made.append(issue)
    return made[0]


def set_publication(issue: IssuePage, at: datetime) -> None:
    """Approve the issue to be published at a moment: a mailing before it goes out in that language too."""
    issue.go_live_at = at
    issue.save_revision().publish(skip_permission_checks=True)
