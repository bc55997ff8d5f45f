"""People, purposes and sign-up forms for tests; whatever a test asserts on, the test sets."""

from datetime import UTC, datetime, timedelta
from itertools import count

from wagtail.models import Locale

from subscribers import addresses
from subscribers.models import Consent, Permission, Purpose, Signup, SignupForm, State, Subscriber, Wording

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_numbers = count(1)


def subscriber(address: str | None = None, *, state: str = State.ACTIVE, **fields: object) -> Subscriber:
    """A person on a reserved domain."""
    read = addresses.read(address or f"person{next(_numbers)}@letters.example")
    return Subscriber.objects.create(address=read.written, address_key=read.key, state=state, **fields)


def purpose(key: str | None = None, *, kind: str = Purpose.Kind.NEWSLETTER, **fields: object) -> Purpose:
    """Something to agree to (a newsletter), with its first wording in both languages."""
    name = key or f"newsletter-{next(_numbers)}"
    made = Purpose.objects.create(
        key=name, kind=kind, **{"title_it": f"La lettera {name}", "title_en": f"The letter {name}", **fields}
    )
    Wording.objects.create(purpose=made, locale="it", version=1, text=f"Mandatemi {made.title_it}.")
    Wording.objects.create(purpose=made, locale="en", version=1, text=f"Send me {made.title_en}.")
    return made


def tracking() -> Purpose:
    """The purpose that every installation has."""
    return Purpose.objects.get(key="tracking")


def agreed(person: Subscriber, *purposes: Purpose, at: datetime = NOW, source: str = "form:test") -> None:
    """Let a person have agreed to these purposes, as rows alone: no event, no mail."""
    for one in purposes:
        row = Consent.objects.create(
            subscriber=person,
            purpose=one,
            step=Consent.Step.CONFIRMED,
            wording=one.wordings.filter(locale=person.locale).first(),
            locale=person.locale,
            source=source,
            at=at,
        )
        Permission.objects.update_or_create(
            subscriber=person, purpose=one, defaults={"is_given": True, "since": at, "consent": row}
        )


def signup_form(*purposes: Purpose, key: str | None = None, locale: str = "it", **fields: object) -> SignupForm:
    """An open form that offers these newsletters."""
    form = SignupForm(
        key=key or f"form-{next(_numbers)}",
        locale=Locale.objects.get(language_code=locale),
        **{
            "title": "La lettera",
            "promise": "Una lettera alla settimana.",
            "button": "Iscrivimi",
            "asks_name": True,
            **fields,
        },
    )
    form.save()
    form.purposes.set(purposes)
    form.save()
    return form


def signup(person: Subscriber, *purposes: Purpose, at: datetime = NOW, **fields: object) -> Signup:
    """A request that waits for its confirmation, made at `at`."""
    made = Signup.objects.create(
        subscriber=person,
        at=at,
        **{"form": "form-test", "locale": person.locale, "expires_at": at + timedelta(days=7), **fields},
    )
    made.purposes.set(purposes)
    return made
