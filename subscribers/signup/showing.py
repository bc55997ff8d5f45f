"""A sign-up form as it is shown: its words, its boxes, its trap; the same for the tag, the page and a second try."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.validators import slug_re
from django.db.models import Q, QuerySet
from wagtail.models import Locale

from subscribers import consent
from subscribers.models import Purpose, SignupForm, Wording
from subscribers.signup import trap
from subscribers.signup.forms import SignupFields


@dataclass(frozen=True)
class Box:
    """One newsletter to choose."""

    purpose: Purpose
    title: str
    rhythm: str
    wording: Wording | None
    is_checked: bool


@dataclass(frozen=True)
class Shown:
    """Everything its template needs."""

    form: SignupForm
    fields: SignupFields
    trap: trap.Trap
    boxes: list[Box]
    tracking: Wording | None
    page: str  # path of the page it stands in
    prefix: str  # of the ids, for pages with several forms
    is_resting: bool

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one newsletter to choose from."""
        return len(self.boxes) > 1

    @property
    def roles(self) -> list[tuple[str, str]]:
        """The “I am a…” choices, without the empty one; none when the form asks nothing."""
        return [choice for choice in self.fields.fields["role"].choices if choice[0]]  # type: ignore[attr-defined]


def find(key: str, locale: str) -> SignupForm | None:
    """The form of this key in this language, open or not."""
    if not slug_re.fullmatch(key):  # a key with NUL would be an error of the database
        return None
    return SignupForm.objects.filter(key=key, locale__language_code=locale[:2]).select_related("locale").first()


def first_open(locale: str) -> SignupForm | None:
    """The form of the sign-up page: the oldest open one of the language."""
    found = SignupForm.objects.filter(is_open=True, locale__language_code=locale[:2])
    return found.select_related("locale").order_by("pk").first()


def numbered(form_id: int, locale: str) -> SignupForm | None:
    """The form of this number in this language where it exists, else as it is; one query."""
    key = SignupForm.objects.filter(pk=form_id).values("translation_key")
    versions = list(SignupForm.objects.filter(translation_key__in=key).select_related("locale"))
    in_locale = (form for form in versions if form.locale.language_code == locale[:2])
    return next(in_locale, None) or next((form for form in versions if form.pk == form_id), None)


def in_language(form: SignupForm, locale: Locale) -> SignupForm:
    """The form in this language where it exists, else as it is."""
    if form.locale_id == locale.pk:
        return form
    return form.get_translation_or_none(locale) or form


def offered_by(form: SignupForm) -> list[Purpose]:
    """The newsletters one can choose on this form now."""
    return [purpose for purpose in _open_purposes(form) if purpose.kind == Purpose.Kind.NEWSLETTER]


def build(
    form: SignupForm,
    *,
    now: datetime,
    data: Mapping[str, object] | None = None,
    page: str = "",
    prefix: str = "signup",
) -> Shown:
    """The form ready to be shown; with `data`, filled with what was typed and its errors."""
    locale = form.locale.language_code
    worded = consent.worded(_open_purposes(form), locale)
    offered = [purpose for purpose, _wording in worded if purpose.kind == Purpose.Kind.NEWSLETTER]
    wordings = {purpose.pk: wording for purpose, wording in worded if wording}
    fields = SignupFields(form, offered, data)
    chosen = _chosen(data)
    return Shown(
        form=form,
        fields=fields,
        trap=trap.make(form.key, now=now, wording_ids=[wording.pk for wording in wordings.values()]),
        boxes=[
            Box(one, one.title(locale), one.rhythm(locale), wordings.get(one.pk), one.key in chosen) for one in offered
        ],
        tracking=_tracking_among([purpose for purpose, _wording in worded], wordings),
        page=page,
        prefix=prefix,
        is_resting=form.paused_until is not None and form.paused_until > now,
    )


def tracking_purpose() -> Purpose | None:
    """The purpose of the second box, where the publisher offers it."""
    return Purpose.objects.filter(kind=Purpose.Kind.TRACKING, is_open=True).order_by("pk").first()


def wording_of(purpose: Purpose, locale: str) -> Wording | None:
    """The words shown for one purpose now."""
    return consent.newest_wording(purpose, locale)


def _open_purposes(form: SignupForm) -> QuerySet[Purpose]:
    """What the form offers, and tracking; nothing where the form is closed."""
    if not form.is_open:
        return Purpose.objects.none()
    is_newsletter = Q(kind=Purpose.Kind.NEWSLETTER, pk__in=form.purposes.values_list("pk", flat=True))
    return Purpose.objects.filter(is_newsletter | Q(kind=Purpose.Kind.TRACKING), is_open=True).order_by("pk")


def _tracking_among(purposes: list[Purpose], wordings: dict[int, Wording]) -> Wording | None:
    shown = [wordings[one.pk] for one in purposes if one.kind == Purpose.Kind.TRACKING and one.pk in wordings]
    return shown[0] if shown else None


def _chosen(data: Mapping[str, object] | None) -> list[str]:
    getlist = getattr(data, "getlist", None)
    return list(getlist("newsletters")) if getlist else []
