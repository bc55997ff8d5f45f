"""The people an issue goes to, as its screens say it, and what deserves a look about them, beside the mail itself.

`rendering.checks` reads the message; here the ledger and the readers are asked, once they are counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import audience
from campaigns.models import Delivery, IssuePage, Mailing, PurposeClass
from campaigns.rendering import sources
from campaigns.rendering.checks import Finding, Level
from content.navigation import name_in_sentence

Colleague = User | AnonymousUser
PEOPLE = "subscribers.view_subscriber"  # the right to see who they are
A_DAY = timedelta(hours=24)
A_FEW = 5  # people who may get two letters on one day without a word
N_NAMED = 3  # mailings of that day that are looked into, each costs a count


@dataclass(frozen=True)
class LeftOut:
    """People who agreed to it and would not get it now."""

    label: str
    n_people: int
    url: str  # of the list of them; empty for those who may not see people


def counted(issue: IssuePage, count: audience.Count, user: Colleague) -> dict[str, object]:
    """Languages and reasons, for the template that the review and the editor share."""
    people = reverse("office_issue_people", args=[issue.pk]) if user.has_perm(PEOPLE) else ""
    return {
        "count": count,
        "people_url": people,
        "by_language": [(name_in_sentence(code), n) for code, n in count.by_locale.items()],
        "left_out": [
            LeftOut(str(Delivery.Reason(reason).label), n, people and f"{people}?reason={reason}")
            for reason, n in count.left_out.items()
            if n
        ],
    }


def findings(issue: IssuePage, count: audience.Count, *, now: datetime) -> list[Finding]:
    """Readers of a draft's language, and readers who got another issue today. Nothing here stops a mail."""
    return [*_drafts(issue, count), *_twice(issue, now)] if count.n_going else []


def _drafts(issue: IssuePage, count: audience.Count) -> Iterator[Finding]:
    """A translation that its readers will not get, because nobody has published it."""
    ready = {other.pk for other in sources.translations(issue)}
    for other in issue.get_translations().exclude(pk__in=ready).select_related("locale"):
        code = other.locale.language_code
        if n := count.strangers.get(code, 0):
            text = ngettext(
                "One reader has chosen %(language)s; the version in %(language)s is a draft: publish it, or set a day.",
                "%(n)d readers have chosen %(language)s; the version in %(language)s is a draft: "
                "publish it, or set a day.",
                n,
            )
            url = reverse("wagtailadmin_pages:edit", args=[other.pk])
            yield Finding(Level.WARN, text % {"n": n, "language": name_in_sentence(code)}, url=url)


def _twice(issue: IssuePage, now: datetime) -> Iterator[Finding]:
    """Other issues that more than a few of the same people got in the last day."""
    for other in _of_today(issue, now)[:N_NAMED]:
        got = Delivery.objects.filter(
            mailing=other, subscriber=OuterRef("pk"), state=Delivery.State.ACCEPTED, done_at__gt=now - A_DAY
        )
        n = audience.chosen(issue, now=now).filter(Exists(got), why="").count()
        if n > A_FEW:
            text = _("%(n)d of these people got “%(title)s” within the last 24 hours.")
            url = reverse("office_mailing", args=[other.pk])
            yield Finding(Level.WARN, text % {"n": n, "title": other.title}, url=url)


def _of_today(issue: IssuePage, now: datetime) -> QuerySet[Mailing]:
    """Mailings of other issues that were leaving at some time of the last day, whichever newsletter they are of."""
    same = audience.mailings(issue).values("pk")
    leaving = Q(finished_at__gt=now - A_DAY) | Q(finished_at=None)
    issues = Mailing.objects.filter(leaving, purpose_class=PurposeClass.ISSUE, started_at__isnull=False)
    return issues.exclude(pk__in=same).order_by("-started_at")
