"""The sample's newsletters: what people agree to, in which words, on which form, and who stands behind it."""

from datetime import datetime

from wagtail.models import Locale, Site

from campaigns.models import Newsletter, PublisherSettings
from campaigns.sample import publication, words
from subscribers.models import Purpose, SignupForm, Wording

LETTER, MINUTE, NOTEBOOK = "newsletter-lettera", "newsletter-minuto", "newsletter-taccuino"
GENERAL_FORM, COLUMN_FORM = "lettera", "minuto"
SOURCES = {LETTER: f"form:{GENERAL_FORM}", MINUTE: f"form:{COLUMN_FORM}", NOTEBOOK: "home"}
SENDER = {
    "sender_name": "Circolare",
    "sender_address": "lettera@circolare.example",
    "reply_to": "redazione@circolare.example",
}


def make(now: datetime) -> dict[str, Newsletter]:
    """The newsletters with purpose and wordings; gives them by the key of their purpose.

    What an earlier clearing had to keep, because somebody's consent stands on it, is taken up again.
    """
    return {key: _newsletter(key, now) for key in words.newsletters()}


def _newsletter(key: str, now: datetime) -> Newsletter:
    given = words.newsletters()[key]
    italian, english = given["it"], given["en"]
    titles = {"title_it": italian["name"], "title_en": english["name"]}
    rhythms = {"rhythm_it": italian["rhythm"], "rhythm_en": english["rhythm"]}
    kind = {"kind": Purpose.Kind.NEWSLETTER, "is_open": True, "is_sample": True}
    purpose, _is_new = Purpose.objects.update_or_create(key=key, defaults={**titles, **rhythms, **kind})
    for locale in ("it", "en"):
        shown = {"text": given[locale]["wording"], "created_at": now}
        Wording.objects.get_or_create(purpose=purpose, locale=locale, version=1, defaults=shown)
    row = {"name": italian["name"], "purpose": purpose, **SENDER, "is_sample": True}
    newsletter, _is_new = Newsletter.objects.update_or_create(slug=given["slug"], defaults=row)
    return newsletter


def make_forms() -> dict[str, dict[str, int]]:
    """A sign-up form for each newsletter that comes often, in both languages; gives {key: {language: id}}."""
    return {key: _make_form(key, given) for key, given in words.forms().items()}


def _make_form(key: str, given: words.Words) -> dict[str, int]:
    ids = {}
    for code in ("it", "en"):
        form = SignupForm(
            **given[code],
            key=key,
            locale=Locale.objects.get(language_code=code),
            translation_key=publication.key(f"form:{key}"),
            is_sample=True,
        )
        form.purposes = [Purpose.objects.get(key=given["purpose"])]
        form.save()
        ids[code] = form.pk
    return ids


def introduce_publisher() -> None:
    """Name and address under each mail, without which none may leave; only where nobody gave any."""
    site = Site.objects.get(is_default_site=True)
    settings = PublisherSettings.objects.filter(site=site).first()
    if settings is None:
        PublisherSettings.objects.create(site=site, **words.publisher())
