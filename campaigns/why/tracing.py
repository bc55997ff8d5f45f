"""How one mail came to one person, in plain words and without anything only staff may see."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from campaigns.models import Delivery, Journey, PublisherSettings, PurposeClass, Run
from campaigns.models.publisher import Identity
from campaigns.rendering.people import TRACKING
from subscribers import addresses, tokens
from subscribers.models import Consent, Event, Frequency, Kind, Permission, SignupForm, State, Subscriber

MARKETING = frozenset({PurposeClass.ISSUE, PurposeClass.JOURNEY})


@dataclass(frozen=True)
class Agreement:
    """When and where somebody agreed, and to which words."""

    at: datetime
    asked_at: datetime | None
    where: str  # the form's title, or what else it came by
    page_url: str
    wording: str

    @property
    def is_linkable(self) -> bool:
        """Whether the page is one of ours: what a form told us of its page shall lead nowhere else."""
        return url_has_allowed_host_and_scheme(self.page_url, allowed_hosts=None)


@dataclass(frozen=True)
class Path:
    """The journey behind a mail."""

    run_id: int | None
    name: str
    entered_at: datetime | None
    because: str  # “you downloaded «Guida»”; may be empty
    is_open: bool  # there is still something to stop


@dataclass(frozen=True)
class Trace:
    """Everything the page says."""

    delivery: Delivery
    subscriber: Subscriber | None  # None for staff tests and where the person is erased
    masked: str
    title: str  # of the newsletter or path agreed to; empty for service mails
    rhythm: str
    is_given: bool  # the permission still stands
    is_weekly: bool
    paused_until: datetime | None  # None unless a pause holds
    is_tracked: bool
    is_marketing: bool
    agreement: Agreement | None
    path: Path | None
    publisher: Identity

    @property
    def is_test(self) -> bool:
        """Whether staff tried the mail out on themselves."""
        return self.delivery.mailing.purpose_class == PurposeClass.TEST


def read(token: str, *, now: datetime) -> Trace | None:
    """What a genuine “why” link stands for; None where mail or person are gone.

    Raises: BadToken.
    """
    ids = tokens.read(tokens.WHY, token, now=now).ids()
    if len(ids) != 1:
        raise tokens.BadToken
    delivery = Delivery.objects.select_related("mailing__purpose").filter(pk=ids[0]).first()
    if delivery is None or delivery.address is None:
        return None
    return of_delivery(delivery)


def of_delivery(delivery: Delivery) -> Trace | None:
    """The trace in the active language; None where the person was erased."""
    subscriber = Subscriber.objects.filter(pk=delivery.subscriber_id or 0).first()
    if subscriber is not None and subscriber.state == State.ERASED:
        return None
    language = (translation.get_language() or "it")[:2]
    purpose = delivery.mailing.purpose
    given = _given(subscriber)
    return Trace(
        delivery=delivery,
        subscriber=subscriber,
        masked=addresses.mask(delivery.address or ""),
        title=purpose.title(language) if purpose else "",
        rhythm=purpose.rhythm(language) if purpose else "",
        is_given=purpose is not None and purpose.key in given,
        is_weekly=subscriber is not None and subscriber.frequency == Frequency.WEEKLY,
        paused_until=subscriber.paused_until if subscriber and subscriber.state == State.PAUSED else None,
        is_tracked=TRACKING in given,
        is_marketing=delivery.mailing.purpose_class in MARKETING,
        agreement=_agreement(subscriber, delivery, language) if subscriber and purpose else None,
        path=_path(delivery) if delivery.mailing.purpose_class == PurposeClass.JOURNEY else None,
        publisher=PublisherSettings.current().identity(language),
    )


def _given(subscriber: Subscriber | None) -> set[str]:
    if subscriber is None:
        return set()
    rows = Permission.objects.filter(subscriber=subscriber, is_given=True)
    return set(rows.values_list("purpose__key", flat=True))


def _agreement(subscriber: Subscriber, delivery: Delivery, language: str) -> Agreement | None:
    """The newest confirmation before the mail left."""
    steps = Consent.objects.filter(subscriber=subscriber, purpose=delivery.mailing.purpose, at__lte=delivery.created_at)
    given = steps.filter(step=Consent.Step.CONFIRMED).select_related("wording").last()
    if given is None:
        return None
    asked = steps.filter(step=Consent.Step.ASKED, pk__lt=given.pk).last()
    return Agreement(
        at=given.at,
        asked_at=asked.at if asked else None,
        where=_where(given.source, language),
        page_url=given.page_url,
        wording=given.wording.text if given.wording else "",
    )


def _where(source: str, language: str) -> str:
    """The source of a consent in words."""
    kind, _colon, key = source.partition(":")
    if kind == "form":
        form = SignupForm.objects.filter(key=key, locale__language_code=language).first()
        return _("the form “%(title)s”") % {"title": form.title} if form else _("a form on this site")
    words = {
        "home": _("your own page"),
        "undo": _("your own page"),
        "import": _("an earlier list of ours, on which you had agreed"),
        "admin": _("our office, which you asked to"),
    }
    return words.get(kind, "")


def _path(delivery: Delivery) -> Path:
    """The run is named by the intent (`run:12:step:4:lap:2`), the journey by the mailing (`journey:3:…`)."""
    run = Run.objects.select_related("journey").filter(pk=_number(delivery.intent_key, "run")).first()
    if run is None:
        journey = Journey.objects.filter(pk=_number(delivery.mailing.key, "journey")).first()
        return Path(None, journey.name if journey else "", None, "", is_open=False)
    return Path(
        run_id=run.pk,
        name=run.journey.name,
        entered_at=run.entered_at,
        because=_because(run),
        is_open=run.state == Run.State.OPEN,
    )


def _number(key: str, word: str) -> int:
    name, _colon, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if name == word and number.isdigit() else 0


def _because(run: Run) -> str:
    """What the person did that began it, as the event tells it."""
    event = Event.objects.filter(pk=_number(run.entry_key, "event"), subscriber=run.subscriber_id).first()
    if event is None:
        return ""
    title = str(event.payload.get("title", ""))
    words = {
        Kind.RESOURCE_GRANTED: _("you unlocked “%(title)s”"),
        Kind.RESOURCE_DOWNLOADED: _("you downloaded “%(title)s”"),
        Kind.PAGE_READ: _("you read “%(title)s”"),
        Kind.LINK_CLICKED: _("you followed a link to “%(title)s”"),
    }
    if event.kind in words and title:
        return words[Kind(event.kind)] % {"title": title}
    return _("you confirmed your subscription") if event.kind == Kind.CONSENT_CONFIRMED else ""
