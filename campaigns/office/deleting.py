"""What stands in the way of deleting something the office keeps, said before it is tried."""

from collections.abc import Iterator

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import ReferenceIndex

from campaigns.journeys import usage
from campaigns.models import Email, Journey, Mailing, Newsletter
from content.deleting import N_NAMED, obstacles
from subscribers.models import Consent, Purpose, Segment, SignupForm, Subscriber


def refusal(row: Model) -> str:
    """The sentence that refuses to delete a row; "" when nothing is in the way. Deletes nothing."""
    if isinstance(row, Subscriber):
        return _("People are not deleted but erased: the button is on the person’s page.")
    names = list(users(row)) or obstacles([row])
    if not names:
        return ""
    shown = names[:N_NAMED]
    if len(names) > N_NAMED:
        shown.append(_("%(n)d more") % {"n": len(names) - N_NAMED})
    return _("“%(name)s” was not deleted: it is needed by %(users)s.") % {"name": row, "users": ", ".join(shown)}


def users(row: Model) -> Iterator[str]:
    """Names of what uses it, where no key of the database says so, or where there would be too many."""
    match row:
        case Purpose():
            yield from _of_purpose(row)
        case SignupForm():
            yield from (_named(user) for user, _references in ReferenceIndex.get_grouped_references_to(row))
        case Email():
            yield from map(_named, usage.of_email(row))
        case Segment():
            yield from map(_named, usage.of_segment(row))
            others = Segment.objects.exclude(pk=row.pk)
            yield from (_named(other) for other in others if usage.names_segment(other.rule, row.pk))


def _of_purpose(purpose: Purpose) -> Iterator[str]:
    yield from map(_named, Newsletter.objects.filter(purpose=purpose))
    n_people = Consent.objects.filter(purpose=purpose).values("subscriber").distinct().count()
    if n_people:
        yield ngettext(
            "the decision of %(n)d person, whose proof is kept",
            "the decisions of %(n)d people, whose proof is kept",
            n_people,
        ) % {"n": n_people}
    yield from map(_named, SignupForm.objects.filter(purposes=purpose))
    yield from map(_named, Journey.objects.filter(purpose=purpose))
    n_mailings = Mailing.objects.filter(purpose=purpose).count()
    if n_mailings:
        yield ngettext("%(n)d mailing", "%(n)d mailings", n_mailings) % {"n": n_mailings}


def _named(row: Model) -> str:
    return f"{row._meta.verbose_name} “{row}”"
