"""The sample's newsletters: what people agree to, in which words, on which form, and who stands behind it."""

from datetime import datetime

from wagtail.models import Locale, Site

from campaigns.models import Newsletter, PublisherSettings
from campaigns.sample import publication, words
from subscribers.models import Purpose, SignupForm, Wording

LETTER, MINUTE, NOTEBOOK = "newsletter-lettera", "newsletter-minuto", "newsletter-taccuino"
FORM_KEY = "lettera"
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
    promises = {"promise_it": italian["promise"], "promise_en": english["promise"]}
    row = {"name": italian["name"], "purpose": purpose, **SENDER, **promises, "is_sample": True}
    newsletter, _is_new = Newsletter.objects.update_or_create(slug=given["slug"], defaults=row)
    return newsletter


def make_form() -> dict[str, int]:
    """The sign-up form in both languages, for the two that come often; gives its ids by language."""
    purposes = list(Purpose.objects.filter(key__in=(LETTER, MINUTE)).order_by("key"))
    ids = {}
    for code, given in words.form().items():
        form = SignupForm(
            **{**given, "roles": "\n".join(given["roles"])},
            key=FORM_KEY,
            locale=Locale.objects.get(language_code=code),
            translation_key=publication.key("form:lettera"),
            is_sample=True,
        )
        form.purposes = purposes
        form.save()
        ids[code] = form.pk
    return ids


def introduce_publisher() -> None:
    """Name and address under each mail, without which none may leave; only where nobody gave any."""
    site = Site.objects.get(is_default_site=True)
    settings = PublisherSettings.objects.filter(site=site).first()
    if settings is None:
        PublisherSettings.objects.create(site=site, **words.publisher())
