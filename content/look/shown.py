"""The publication as readers see it: what the publisher chose, and ours where nothing was chosen."""

from dataclasses import dataclass, field
from hashlib import blake2b

from django.conf import settings
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import AbstractImage, SourceImageIOError

from content.look import keeping, sheet, tones, typefaces
from content.look.tones import Tones
from content.look.typefaces import Pair
from content.models.look import LookSettings
from content.navigation import address

LOGO_SPEC = "max-640x96|format-png"  # PNG: what mail programs read, with its transparency
DENSITY = 2  # image pixels for each CSS pixel


@dataclass(frozen=True)
class Logo:
    """A picture that stands for the name; sizes in CSS pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True)
class Look:
    """Everything that templates of pages and mails need. Texts and addresses by language: "it", "en"."""

    name: str = field(default_factory=lambda: settings.WAGTAIL_SITE_NAME)
    logo: Logo | None = None
    logo_dark: Logo | None = None  # on dark paper; None: `logo` there too
    light: Tones = tones.LIGHT
    dark: Tones = tones.DARK
    pair: Pair = typefaces.OURS
    sheet: str = ""  # CSS; empty where everything is ours
    sentences: dict[str, str] = field(default_factory=dict)
    legal: dict[str, str] = field(default_factory=dict)
    privacy: dict[str, str] = field(default_factory=dict)  # paths

    @property
    def is_recoloured(self) -> bool:
        """Whether the accent is the publisher's own in either scheme, so that our drawn ring would not fit."""
        return (self.light.accent, self.dark.accent) != (tones.LIGHT.accent, tones.DARK.accent)

    @property
    def digest(self) -> str:
        """Twelve hex digits that change when the style sheet does."""
        return blake2b(self.sheet.encode(), digest_size=6).hexdigest()


def current() -> Look:
    """The look for pages: this process's copy, a minute old at most."""
    return keeping.keep(read)


def read() -> Look:
    """The look as it stands in the database, for mails. One query, a few more where there is a logo or a page."""
    found = LookSettings.objects.filter(site__is_default_site=True)
    row = found.select_related("logo", "logo_dark", "privacy_page").first()
    return of(row) if row else Look()


def of(row: LookSettings) -> Look:
    """The look of these settings."""
    light, dark = row.tones("light"), row.tones("dark")
    pair = typefaces.PAIRS.get(row.typefaces, typefaces.OURS)
    return Look(
        name=row.name or settings.WAGTAIL_SITE_NAME,
        logo=_logo(row.logo),
        logo_dark=_logo(row.logo_dark),
        light=light,
        dark=dark,
        pair=pair,
        sheet=sheet.write(light, dark, pair),
        sentences=_by_language(row.sentence_it, row.sentence_en),
        legal=_by_language(row.legal_it, row.legal_en),
        privacy=_addresses(row),
    )


def _logo(image: AbstractImage | None) -> Logo | None:
    """None also where its file cannot be read: the name in letters is better than a broken picture."""
    if image is None:
        return None
    try:
        rendition = image.get_rendition(LOGO_SPEC)
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return None
    return Logo(rendition.url, round(rendition.width / DENSITY), round(rendition.height / DENSITY))


def _by_language(italian: str, english: str) -> dict[str, str]:
    return {"it": italian, "en": english or italian}


def _addresses(row: LookSettings) -> dict[str, str]:
    page = row.privacy_page
    if page is None:
        return {}
    found = page.get_translations(inclusive=True).filter(live=True).select_related("locale")
    by_language = {one.locale.language_code: address(one) for one in found}
    whatever = next(iter(by_language.values()), "")
    return {code: by_language.get(code, whatever) for code, _ in settings.LANGUAGES if whatever}
