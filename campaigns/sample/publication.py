"""Topics, authors, column, articles and plain pages of the sample, through the importer of content."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import User
from wagtail.models import Locale, Page

from campaigns.sample import texts, words
from campaigns.sample.texts import SampleText
from content.importing import values
from content.importing.fitting import Fitter, RawBlock
from content.importing.images import Gallery
from content.importing.names import Names, slug_of
from content.importing.pieces import Piece, Source
from content.importing.run import Import, Load
from content.importing.writing import TWINS, Desk, Wishes
from content.models import Author, ColumnPage, HomePage, LandingPage, MagazinePage, Topic
from subscribers.models import SignupForm

COLUMNIST = "Nora Belvento"
KEYS = uuid.UUID("5ce9a0c5-8e0a-4f6e-9d6c-1b6a5b1f7c20")  # ours: the same words are the same row at every filling


def key(name: str) -> uuid.UUID:
    """The translation key of one thing of the sample."""
    return uuid.uuid5(KEYS, name)


def twin(name: str) -> uuid.UUID:
    """The translation key of the pages whose texts name this twin."""
    return uuid.uuid5(TWINS, name)


def locales() -> dict[str, Locale]:
    """The languages of the sample by their code."""
    return {code: Locale.objects.get(language_code=code) for code in texts.LANGUAGES}


def make_topics() -> None:
    """The topics in both languages, with the colours of their covers."""
    for name, given in words.topics().items():
        for code, locale in locales().items():
            row = {**given[code], "slug": slug_of(given[code]["name"]), "palette": given["palette"], "is_sample": True}
            Topic.objects.update_or_create(translation_key=key(f"topic:{name}"), locale=locale, defaults=row)


def make_authors() -> None:
    """The authors in both languages, each said to be invented."""
    for name, given in words.authors().items():
        for code, locale in locales().items():
            row = {**given[code], "name": name, "slug": slug_of(name), "is_invented": True, "is_sample": True}
            row["user"] = _login(name)
            Author.objects.update_or_create(translation_key=key(f"author:{name}"), locale=locale, defaults=row)


def _login(name: str) -> User | None:
    """The login that `create_logins` made for this author: what it writes is signed."""
    first, _space, last = name.partition(" ")
    return User.objects.filter(email__endswith="@circolare.example", first_name=first, last_name=last).first()


def greet() -> None:
    """Words for the front pages, where nobody has written any."""
    for code, given in words.home().items():
        home = HomePage.objects.get(locale__language_code=code)
        if not home.tagline and not home.introduction:
            home.tagline, home.introduction = given["tagline"], given["introduction"]
            home.save_revision().publish(skip_permission_checks=True)


def make_column(forms: dict[str, int]) -> ColumnPage:
    """The column, where no clearing had to keep it, with the form that follows it; gives the Italian one."""
    for code, given in words.column().items():
        if not ColumnPage.objects.filter(translation_key=key("column:minuto"), locale=locales()[code]).exists():
            _make_column(code, given, forms[code])
    return ColumnPage.objects.get(translation_key=key("column:minuto"), locale=locales()["it"])


def _make_column(code: str, given: words.Words, form: int) -> None:
    column = ColumnPage(
        **given,
        author=Author.objects.get(name=COLUMNIST, locale__language_code=code),
        follow=[("form", SignupForm.objects.get(pk=form))],
        locale=locales()[code],
        translation_key=key("column:minuto"),
        is_sample=True,
    )
    Page.objects.get(pk=MagazinePage.objects.get(locale__language_code=code).pk).add_child(instance=column)
    column.save_revision().publish(skip_permission_checks=True)


def make_landing(forms: dict[str, int], day: date) -> None:
    """The page where a link from elsewhere arrives, in both languages, with the sample's form."""
    for name in texts.names("landing"):
        for code, locale in locales().items():
            _source, piece = texts.one(code, "landing", name, day)
            page = LandingPage(
                title=piece.title,
                slug=piece.slug,
                headline=str(piece.extra["headline"]),
                promise=str(piece.extra["promise"]),
                form=[("signup", {"form": SignupForm.objects.get(pk=forms[code])})],
                voices=[("voice", voice) for voice in values.rows(piece.extra["voices"], ("text", "source"))],
                locale=locale,
                translation_key=key(f"landing:{name}"),
                is_sample=True,
            )
            Page.objects.get(pk=HomePage.objects.get(locale=locale).pk).add_child(instance=page)
            page.save_revision().publish(skip_permission_checks=True)


@dataclass
class SampleFitter(Fitter):
    """Adds what a text's head asks for and Markdown has no word for: a sign-up form, a resource."""

    forms: dict[str, int] = field(default_factory=dict)  # {language: id of the form}

    def body(self, piece: Piece) -> list[RawBlock]:
        """The text, its resource after the second heading, its form at the end."""
        raw = super().body(piece)
        extra: list[RawBlock] = []
        if resource := self.targets.get(
            f"/{piece.language}/resources/{RESOURCES.get(str(piece.extra.get('resource')))}"
        ):
            extra.append({"type": "resource", "value": {"resource": resource}})
        if piece.extra.get("signup") and piece.language in self.forms:
            extra.append({"type": "signup", "value": {"form": self.forms[piece.language]}})
        for number, block in enumerate(extra):
            block["id"] = str(uuid.uuid5(KEYS, f"{piece.key}#extra{number}"))
        return [*raw, *extra]


RESOURCES = {"guide": "guida", "canvas": "tela"}  # what a head calls it: its file


@dataclass
class SampleImport(Import):
    """The importer, with the sample's own fitter."""

    forms: dict[str, int] = field(default_factory=dict)

    def fitter(self, source: Source) -> Fitter:
        """A fitter that knows forms and resources."""
        return SampleFitter(source, self.targets, self.gallery, forms=self.forms)


def write(
    sources: list[SampleText],
    *,
    now: datetime,
    targets: dict[str, int],
    forms: dict[str, int],
    under: Page | None = None,
) -> dict[str, int]:
    """Write texts as published pages; gives {address of a text: id of its page}, the ones given included."""
    wishes = Wishes(under=under, is_sample=True)
    load = Load(sources=list(sources), n_pieces=len(sources))
    work = SampleImport(
        load, Desk(wishes, now, Names()), Gallery(), lambda *_step: None, targets=dict(targets), forms=forms
    )
    report = work.run()
    if report.skipped or report.refused:
        raise ValueError([str(finding) for finding in (*report.skipped, *report.refused)])
    return work.targets
