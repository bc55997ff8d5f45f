"""The sections of the reader's home, saved one by one: each takes what was posted and says what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from subscribers import consent, mail_requests
from subscribers.declared import tell
from subscribers.home import moving
from subscribers.models import Frequency, Kind, MailRequest, Permission, Purpose, Subscriber
from subscribers.signup import showing, welcoming
from subscribers.signup.fields import OneLine

PAUSES = {
    "2w": (timedelta(days=14), _("Two weeks")),
    "1m": (timedelta(days=30), _("One month")),
    "3m": (timedelta(days=91), _("Three months")),
}
SOURCE = "home"
MAX_NAME = 200
LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class Posted:
    """One section, sent off."""

    subscriber: Subscriber
    data: QueryDict
    locale: str  # the language the page was shown in
    now: datetime


Section = Callable[[Posted], bool]


@dataclass(frozen=True)
class Letter:
    """One newsletter on the page."""

    purpose: Purpose
    title: str
    rhythm: str
    wording: str
    is_given: bool


def letters(subscriber: Subscriber, locale: str) -> list[Letter]:
    """The newsletters one may have: those open to sign-up, and those already had."""
    given = set(Permission.objects.filter(subscriber=subscriber, is_given=True).values_list("purpose_id", flat=True))
    every = Purpose.objects.filter(kind=Purpose.Kind.NEWSLETTER).order_by("pk")
    shown = [purpose for purpose in every if purpose.is_open or purpose.pk in given]
    words = consent.newest_wordings(shown, locale)
    return [
        Letter(
            purpose=one,
            title=one.title(locale),
            rhythm=one.rhythm(locale),
            wording=words[one.pk].text if one.pk in words else "",
            is_given=one.pk in given,
        )
        for one in shown
    ]


def save_letters(posted: Posted) -> bool:
    """Each newsletter as its switch stands; those the page did not show stay as they are."""
    wanted, shown = set(posted.data.getlist("letters")), set(posted.data.getlist("shown"))
    for letter in letters(posted.subscriber, posted.locale):
        key = letter.purpose.key
        if key not in shown or (key in wanted) == letter.is_given:
            continue
        if letter.is_given:
            consent.withdraw(posted.subscriber, letter.purpose, source=SOURCE, now=posted.now)
        else:
            consent.give(posted.subscriber, letter.purpose, source=SOURCE, locale=posted.locale, now=posted.now)
    return True


def save_often(posted: Posted) -> bool:
    """Each letter, or at most one mail a week."""
    frequency = posted.data.get("frequency", "")
    if frequency not in Frequency.values:
        return False
    welcoming.keep_frequency(posted.subscriber, str(frequency), now=posted.now)
    return True


def save_topics(posted: Posted) -> bool:
    """The topics that were ticked."""
    fields = welcoming.Choices(posted.subscriber, posted.locale, posted.data)
    if not fields.is_valid():
        return False
    welcoming.keep_topics(posted.subscriber, fields.topics(), now=posted.now)
    return True


def save_pause(posted: Posted) -> bool:
    """A pause of one of the offered lengths, or its end."""
    length = posted.data.get("pause", "")
    if length == "end":
        consent.resume(posted.subscriber, now=posted.now)
    elif length in PAUSES:
        consent.pause(posted.subscriber, posted.now + PAUSES[length][0], now=posted.now)
    else:
        return False
    return True


def save_tracking(posted: Posted) -> bool:
    """Whether reading and clicks may be seen."""
    purpose = showing.tracking_purpose()
    if purpose is None:
        return False
    if posted.data.get("tracking"):
        consent.give(posted.subscriber, purpose, source=SOURCE, locale=posted.locale, now=posted.now)
    else:
        consent.withdraw(posted.subscriber, purpose, source=SOURCE, now=posted.now)
    return True


def save_language(posted: Posted) -> bool:
    """The language of the mails."""
    language = posted.data.get("language", "")
    if language not in LANGUAGES:
        return False
    if language != posted.subscriber.locale:
        Subscriber.objects.filter(pk=posted.subscriber.pk).update(locale=language)
        posted.subscriber.locale = language
        tell(posted.subscriber, Kind.PREFERENCE_CHANGED, now=posted.now, payload={"locale": language})
    return True


def save_name(posted: Posted) -> bool:
    """How we call the person; without a new name, nothing."""
    name = OneLine().to_python(posted.data.get("name", ""))
    if not name or len(name) > MAX_NAME:
        return False
    Subscriber.objects.filter(pk=posted.subscriber.pk).update(name=name)
    tell(posted.subscriber, Kind.PREFERENCE_CHANGED, now=posted.now, payload={"changed": "name"})
    return True


def drop_name(posted: Posted) -> bool:
    """Forget the name."""
    Subscriber.objects.filter(pk=posted.subscriber.pk).update(name="")
    tell(posted.subscriber, Kind.PREFERENCE_CHANGED, now=posted.now, payload={"changed": "name"})
    return True


def _by_mail(kind: str) -> Section:
    """A thing that only the mailbox's owner may do: its link comes by mail, at most one of a kind an hour."""

    def wish(posted: Posted) -> bool:
        key = f"{kind}:{posted.subscriber.pk}:{posted.now:%Y%m%d%H}"
        asked = mail_requests.ask(
            kind,
            posted.subscriber,
            key=key,
            locale=posted.locale,
            payload=moving.allowed_by_old(posted.subscriber) if kind == MailRequest.Kind.ADDRESS else {},
            now=posted.now,
        )
        return asked is not None or MailRequest.objects.filter(key=key).exists()

    return wish


SECTIONS: dict[str, Section] = {
    "letters": save_letters,
    "often": save_often,
    "topics": save_topics,
    "pause": save_pause,
    "tracking": save_tracking,
    "language": save_language,
    "name": save_name,
    "no-name": drop_name,
    "export": _by_mail(MailRequest.Kind.EXPORT),
    "erase": _by_mail(MailRequest.Kind.ERASE),
    "address": _by_mail(MailRequest.Kind.ADDRESS),
}
