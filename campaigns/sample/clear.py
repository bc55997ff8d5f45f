"""Takes the sample away: its rows and nothing else. What somebody else's row stands on is kept, and named."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.documents import get_document_model
from wagtail.models import Collection, Page, ReferenceIndex

from campaigns.journeys import mails, usage, versions
from campaigns.models import (
    CapturedMail,
    Delivery,
    Email,
    IssuePage,
    Journey,
    Mailing,
    Newsletter,
    PublisherSettings,
    Run,
)
from campaigns.sample import library, words
from content.models import (
    ArticlePage,
    Author,
    ColumnPage,
    HomePage,
    LandingPage,
    PlainPage,
    ResourcePage,
    SeriesPage,
    Topic,
)
from subscribers.models import (
    Consent,
    Event,
    Grant,
    PendingEvent,
    Permission,
    Purpose,
    Segment,
    Signup,
    SignupForm,
    Subscriber,
    Suppression,
)

BATCH = 500  # people deleted at once
SAMPLE = Q(is_sample=True)
# The second word of a key is an id; a key cut to its digest has no colon.
KEYS = """
DELETE FROM subscribers_eventkey
WHERE split_part(key, ':', 1) = %s AND split_part(key, ':', 2) = ANY(%s::bigint[]::text[])
"""


@dataclass
class Cleared:
    """What went, in numbers, and what had to stay, with the reason."""

    counts: dict[str, int] = field(default_factory=dict)  # {what: rows}
    kept: list[str] = field(default_factory=list)

    def gone(self, what: str, n_rows: int) -> None:
        """Count rows that went."""
        if n_rows:
            self.counts[what] = self.counts.get(what, 0) + n_rows


def clear(now: datetime) -> Cleared:
    """Remove the sample in one transaction. Safe to run twice."""
    cleared = Cleared()
    with transaction.atomic(), override("it"):
        _journeys(cleared, now)
        _people(cleared)
        _mailings(cleared)
        _pages(cleared)
        _segments(cleared)
        _rest(cleared)
    return cleared


def _journeys(cleared: Cleared, now: datetime) -> None:
    """Journeys that only sample people walked go; others end, and stay for the people's history."""
    for journey in Journey.objects.filter(SAMPLE):
        if not Run.objects.filter(journey=journey, is_sample=False).exists():
            _keys("run", journey.runs.all())
            journey.runs.all().delete()
            mails.of_journey(journey.pk).update(is_sample=True)  # those that the running site has made too
            journey.delete()
            cleared.gone(_("journeys"), 1)
            continue
        if journey.state in (Journey.State.LIVE, Journey.State.PAUSED, Journey.State.DRAINING):
            versions.end(journey, user=None, now=now)
        cleared.kept.append(_("the journey “%(name)s”: people of yours walked it; it is ended") % {"name": journey})


def _people(cleared: Cleared) -> None:
    """The invented readers with everything that is theirs."""
    while ids := list(Subscriber.objects.filter(SAMPLE).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        _events(Event.objects.filter(subscriber__in=ids))
        consents = Consent.objects.filter(subscriber__in=ids)
        _all_keys(ids)
        Permission.objects.filter(subscriber__in=ids).delete()
        consents.delete()
        Delivery.objects.filter(subscriber__in=ids).delete()
        Subscriber.objects.filter(pk__in=ids).delete()
        cleared.gone(_("invented readers"), len(ids))
    _events(Event.objects.filter(SAMPLE))
    Suppression.objects.filter(SAMPLE).delete()
    Delivery.objects.filter(SAMPLE).delete()
    CapturedMail.objects.filter(SAMPLE).delete()


def _all_keys(people: list[int]) -> None:
    """Keys by which events of these people were known a second time: they begin with a word and an id."""
    mails_of_theirs = Delivery.objects.filter(subscriber__in=people)
    for word in ("click", "refused", "complaint"):
        _keys(word, mails_of_theirs)
    for word in ("read", "download"):
        _keys(word, Subscriber.objects.filter(pk__in=people))
    _keys("consent", Consent.objects.filter(subscriber__in=people))
    _keys("granted", Grant.objects.filter(subscriber__in=people))
    _keys("run", Run.objects.filter(subscriber__in=people))


def _keys(word: str, rows: models.QuerySet[Any]) -> None:  # Any: rows of any table with a numeric id
    """Delete `word:id` and `word:id:…` for each of these rows."""
    ids = list(rows.values_list("pk", flat=True))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(KEYS, [word, ids])


def _events(events: models.QuerySet[Event]) -> None:
    PendingEvent.objects.filter(event__in=events).delete()
    events.delete()


def _mailings(cleared: Cleared) -> None:
    """Mailings that reached nobody else."""
    others = Delivery.objects.filter(mailing=OuterRef("pk"))
    for mailing in Mailing.objects.filter(SAMPLE).annotate(is_used=Exists(others)):
        if mailing.is_used:
            cleared.kept.append(_("the mailing “%(name)s”: it has mails to people of yours") % {"name": mailing})
        else:
            mailing.delete()
            cleared.gone(_("mailings"), 1)


def _pages(cleared: Cleared) -> None:
    """Articles, issues, resources, plain and landing pages; then column and series, unless somebody wrote in them."""
    for model in (IssuePage, ArticlePage, PlainPage, LandingPage, ResourcePage):
        for pk in list(model.objects.filter(SAMPLE).values_list("pk", flat=True)):
            cleared.gone(_("pages"), _delete_page(pk))
    for column in ColumnPage.objects.filter(SAMPLE):
        if column.get_children().exists():
            cleared.kept.append(_("the column “%(name)s”: there are pieces of yours in it") % {"name": column})
        else:
            cleared.gone(_("pages"), _delete_page(column.pk))
    for series in SeriesPage.objects.filter(SAMPLE):
        if series.get_children().exists():
            cleared.kept.append(_("the series “%(name)s”: there are resources of yours in it") % {"name": series})
        else:
            cleared.gone(_("pages"), _delete_page(series.pk))


def _delete_page(pk: int) -> int:
    """Delete one page by the tree's own way; it may have gone with another."""
    page = Page.objects.filter(pk=pk).first()
    if page is None:
        return 0
    page.specific.delete()
    return 1


def _segments(cleared: Cleared) -> None:
    """Segments that no issue, journey or segment of somebody else names."""
    for segment in Segment.objects.filter(SAMPLE):
        others = Segment.objects.exclude(pk=segment.pk).exclude(is_sample=True)
        is_used = (
            IssuePage.objects.filter(segment=segment).exists()
            or bool(usage.of_segment(segment))
            or any(usage.names_segment(other.rule, segment.pk) for other in others)
        )
        if is_used:
            cleared.kept.append(_("the segment “%(name)s”: something of yours names it") % {"name": segment})
        else:
            segment.delete()
            cleared.gone(_("segments"), 1)


def _rest(cleared: Cleared) -> None:
    """Mails, forms, files, topics, authors, newsletters, and the words lent to the installation."""
    for model, what in ((Email, _("mails")), (SignupForm, _("forms"))):
        for row in model.objects.filter(SAMPLE):
            row.delete()
            cleared.gone(what, 1)
    _files(cleared)
    _named(cleared)
    _newsletters(cleared)
    _lent_words()


def _files(cleared: Cleared) -> None:
    """Files of the sample's collection that no page of somebody else names."""
    for collection in Collection.objects.filter(name=library.COLLECTION):
        for document in get_document_model().objects.filter(collection=collection):
            if ReferenceIndex.get_references_to(document).exists():
                cleared.kept.append(_("the file “%(name)s”: a page of yours names it") % {"name": document})
            else:
                document.delete()
                cleared.gone(_("files"), 1)
        if not get_document_model().objects.filter(collection=collection).exists():
            collection.delete()


def _named(cleared: Cleared) -> None:
    """Topics and authors that no article of somebody else has."""
    for topic in Topic.objects.filter(SAMPLE):
        has_topic = Q(topics=topic)
        is_used = any(model.objects.filter(has_topic).exists() for model in (ArticlePage, ResourcePage, SeriesPage))
        _delete_unless(cleared, topic, is_used=is_used)
    for author in Author.objects.filter(SAMPLE):
        is_named = Q(author__translation_key=author.translation_key)
        is_used = any(model.objects.filter(is_named).exists() for model in (ArticlePage, ColumnPage))
        _delete_unless(cleared, author, is_used=is_used)


def _delete_unless(cleared: Cleared, row: Topic | Author, *, is_used: bool) -> None:
    if is_used:
        cleared.kept.append(_("“%(name)s”: an article of yours has it") % {"name": row})
    else:
        row.delete()
        cleared.gone(_("topics and authors"), 1)


def _newsletters(cleared: Cleared) -> None:
    """Newsletters and purposes; where a real person's consent stands on one, it is closed instead."""
    for newsletter in Newsletter.objects.filter(SAMPLE):
        purpose = newsletter.purpose
        if why := _stands_on(newsletter, purpose):
            Purpose.objects.filter(pk=purpose.pk).update(is_open=False)
            cleared.kept.append(_("the newsletter “%(name)s”, closed: %(why)s") % {"name": newsletter, "why": why})
            continue
        newsletter.delete()
        purpose.wordings.all().delete()
        purpose.delete()
        cleared.gone(_("newsletters"), 1)


def _stands_on(newsletter: Newsletter, purpose: Purpose) -> str:
    """Whose row would break without this newsletter; "" for nobody's."""
    if Consent.objects.filter(purpose=purpose).exists():
        return _("people of yours agreed to it, and the proof of that is kept")
    if Signup.objects.filter(purposes=purpose).exists():
        return _("a sign-up of yours asks for it")
    if IssuePage.objects.filter(newsletter=newsletter).exists() or Mailing.objects.filter(purpose=purpose).exists():
        return _("an issue or a mailing of yours belongs to it")
    if Journey.objects.filter(purpose=purpose).exists():
        return _("a journey belongs to it")
    return ""


def _lent_words() -> None:
    """Front pages and publisher go back to empty where nobody changed what the sample lent them."""
    for code, lent in words.home().items():
        for home in HomePage.objects.filter(locale__language_code=code, **lent):
            home.tagline = home.introduction = ""
            home.save_revision().publish(skip_permission_checks=True)
    PublisherSettings.objects.filter(**words.publisher()).delete()
