"""Whom a mail is written to: everything a mail may say of a person, gathered for a whole batch at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models.mailings import Delivery, Mailing, PurposeClass
from campaigns.rendering.liquid import one_line
from content import dates
from subscribers.models import Grant, MailRequest, Permission, Purpose, Signup, SignupForm, Subscriber

TRACKING = "tracking"  # key of the purpose
MARKETING = frozenset({PurposeClass.ISSUE, PurposeClass.JOURNEY})


@dataclass(frozen=True, slots=True)
class Person:
    """One reader of one mail."""

    delivery_id: int
    delivery_uid: UUID
    mailing_id: int
    purpose_class: str
    address: str
    locale: str
    name: str = ""  # one line; empty where nobody told us
    subscriber_id: int | None = None  # None for staff tests
    purpose_id: int | None = None  # what leaving by this mail stops; None: everything
    is_tracked: bool = False  # agreed that clicks are counted
    context: Mapping[str, object] = field(default_factory=dict)  # of the delivery, with the texts added here

    @property
    def first_name(self) -> str:
        """The first word of the name."""
        return next(iter(self.name.split()), "")

    def number(self, key: str) -> int:
        """An id in the context; 0 where there is none."""
        value = self.context.get(key)
        return value if isinstance(value, int) else 0

    def texts(self) -> dict[str, str]:
        """The context as templates see it: texts on one line."""
        return {key: one_line(str(value)) for key, value in self.context.items() if isinstance(value, str | int)}


def of_deliveries(deliveries: Sequence[Delivery]) -> dict[int, Person]:
    """Each delivery's person by delivery id; those without an address (erased) are left out.

    A constant number of queries, whatever the size of the batch.
    """
    mailings = Mailing.objects.in_bulk({row.mailing_id for row in deliveries})
    ids = {row.subscriber_id for row in deliveries if row.subscriber_id}
    names = dict(Subscriber.objects.filter(pk__in=ids).values_list("pk", "name"))
    agreed = Permission.objects.filter(subscriber__in=ids, purpose__key=TRACKING, is_given=True)
    tracked = set(agreed.values_list("subscriber_id", flat=True))
    texts = _Texts.gathered(deliveries)
    return {
        row.pk: _person(
            row,
            mailings[row.mailing_id],
            name=names.get(row.subscriber_id, "") if row.subscriber_id else _name_in_test(row),
            has_agreed=row.subscriber_id in tracked,
            texts=texts.of(row),
        )
        for row in deliveries
        if row.address is not None
    }


def _person(row: Delivery, mailing: Mailing, *, name: str, has_agreed: bool, texts: dict[str, object]) -> Person:
    return Person(
        delivery_id=row.pk,
        delivery_uid=row.uid,
        mailing_id=row.mailing_id,
        purpose_class=mailing.purpose_class,
        purpose_id=mailing.purpose_id,
        subscriber_id=row.subscriber_id,
        address=row.address or "",
        name=one_line(name),
        locale=row.locale,
        is_tracked=has_agreed and mailing.purpose_class in MARKETING,
        context=row.context | texts,
    )


def invented_name(language: str) -> str:
    """How previews and tests call their reader."""
    with translation.override(language):
        return _("Anna Reader")


def _name_in_test(delivery: Delivery) -> str:
    name = delivery.context.get("name")
    return invented_name(delivery.locale) if name is None else str(name)


def _numbers(deliveries: Iterable[Delivery], key: str) -> set[int]:
    return {value for row in deliveries if isinstance(value := row.context.get(key), int)}


@dataclass(frozen=True)
class _Texts:
    """What service mails say about the request behind them."""

    signups: Mapping[int, Signup]
    grants: Mapping[int, Grant]
    forms: Mapping[tuple[str, str], str]  # (key, language) → title
    requests: Mapping[str, int]  # by key, which is the delivery's intent

    @classmethod
    def gathered(cls, deliveries: Sequence[Delivery]) -> "_Texts":
        signup_ids, grant_ids = _numbers(deliveries, "signup"), _numbers(deliveries, "grant")
        signups = Signup.objects.prefetch_related("purposes").in_bulk(signup_ids) if signup_ids else {}
        rows = SignupForm.objects.filter(key__in={signup.form for signup in signups.values()})
        forms = {(form.key, form.locale.language_code): form.title for form in rows.select_related("locale")}
        # A change of address names the request that holds the new one; the payload alone has no id.
        moves = MailRequest.objects.filter(
            kind=MailRequest.Kind.ADDRESS, key__in=[row.intent_key for row in deliveries if "step" in row.context]
        )
        grants = Grant.objects.in_bulk(grant_ids) if grant_ids else {}
        return cls(signups, grants, forms, dict(moves.values_list("key", "pk")))

    def of(self, delivery: Delivery) -> dict[str, object]:
        """The texts of one mail, in its language."""
        signup = self.signups.get(delivery.context.get("signup", 0))
        grant = self.grants.get(delivery.context.get("grant", 0))
        found: dict[str, object] = {}
        if signup or grant:
            with translation.override(delivery.locale):
                found |= self._of_signup(signup, delivery.locale) if signup else {}
                found |= _of_grant(grant) if grant else {}
        if delivery.intent_key in self.requests:
            found["request"] = self.requests[delivery.intent_key]
        return found

    def _of_signup(self, signup: Signup, locale: str) -> dict[str, str]:
        letters = [p.title(locale) for p in signup.purposes.all() if p.kind == Purpose.Kind.NEWSLETTER]
        return {
            "form": self.forms.get((signup.form, locale), ""),
            "asked_on": dates.written(signup.at, dates.MINUTE),
            "expires_on": dates.written(signup.expires_at, dates.DAY),
            "newsletters": ", ".join(letters),
        }


def _of_grant(grant: Grant) -> dict[str, str]:
    return {
        "resource_title": grant.title,
        "expires_on": dates.written(grant.expires_at, dates.DAY),
    }
