"""What a page may say to somebody who does not read us yet: how many do, and how often we write."""

from dataclasses import dataclass

from django.core.cache import cache

from subscribers.grants import counting
from subscribers.models import Permission, Purpose, SignupForm, State

READERS_FROM = 100  # fewer prove nothing
KEPT_SECONDS = 3600  # counting a large list on each visit would cost more than it says


@dataclass(frozen=True)
class Rhythm:
    """One newsletter in a reader's language."""

    title: str
    rhythm: str  # in the publisher's words; may be empty


def readers(form: SignupForm) -> int | None:
    """Confirmed readers of any of the form's newsletters, rounded down, an hour old at most; None where too few.

    Invented readers of a sample are nobody's proof.
    """
    n = cache.get_or_set(f"readers:{form.pk}", lambda: _count(form), KEPT_SECONDS)
    return counting.shown(n or 0, at_least=READERS_FROM)


def rhythms(locale: str) -> list[Rhythm]:
    """The newsletters open to sign-up; one query."""
    found = Purpose.objects.filter(kind=Purpose.Kind.NEWSLETTER, is_open=True).order_by("pk")
    return [Rhythm(purpose.title(locale), purpose.rhythm(locale)) for purpose in found]


def _count(form: SignupForm) -> int:
    given = Permission.objects.filter(is_given=True, purpose_id__in=form.purposes.values_list("pk", flat=True))
    people = given.filter(subscriber__state=State.ACTIVE, subscriber__is_sample=False)
    return people.values("subscriber").distinct().count()
