"""Makes the whole sample publication, once, in one transaction."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import IssuePage, Newsletter
from campaigns.sample import letters, library, mails, paths, publication, segments, texts, words
from campaigns.sample.living import issues, walking, world
from campaigns.sample.living.story import Story
from campaigns.sample.model import calendar, plan
from content import indexing
from content.models import ArticlePage, Author, Topic
from subscribers.models import Purpose, Segment, SignupForm, Subscriber

Say = Callable[[int, int, str], None]  # parts done, parts in all, what comes now
Forms = dict[str, dict[str, int]]  # {key: {language: id}}
N_STEPS = 10  # of the story, as the bar shows them
N_PARTS = 8 + N_STEPS


@dataclass(frozen=True)
class Filled:
    """What stands there now."""

    n_articles: int
    n_people: int


def is_filled() -> bool:
    """Whether the sample is there."""
    return ArticlePage.objects.filter(is_sample=True).exists()


class Occupied(Exception):
    """The installation has rows of its own under names that the sample needs; the text names them."""


def fill(*, seed: int, day: date, now: datetime, say: Say) -> Filled | None:
    """Make everything; None where a sample is there already, then nothing is changed.

    Raises: Occupied.
    Changes: pages, topics, authors, newsletters, a form, mails, journeys, people; all of it or nothing.
    """
    with transaction.atomic(), override("it"), indexing.once_at_the_end():
        if is_filled():
            return None
        if taken := list(_taken()):
            raise Occupied(", ".join(taken))
        _fill(seed, day, now, say)
    return Filled(ArticlePage.objects.filter(is_sample=True).count(), Subscriber.objects.filter(is_sample=True).count())


def _taken() -> Iterator[str]:
    """Names of the sample under which something stands that is not the sample's."""
    rows: list[tuple[type[models.Model], dict[str, object]]] = [
        (Purpose, {"key__in": list(words.newsletters())}),
        (Newsletter, {"slug__in": [given["slug"] for given in words.newsletters().values()]}),
        (SignupForm, {"key__in": list(words.forms())}),
        (Segment, {"name__in": list(segments.all_rules())}),
        (Author, {"slug__in": [publication.slug_of(name) for name in words.authors()]}),
        (
            Topic,
            {
                "slug__in": [
                    publication.slug_of(given[code]["name"])
                    for given in words.topics().values()
                    for code in texts.LANGUAGES
                ]
            },
        ),
    ]
    for model, wanted in rows:
        for row in model._default_manager.filter(**wanted).exclude(is_sample=True):
            yield f"{model._meta.verbose_name} “{row}”"


def _fill(seed: int, day: date, now: datetime, say: Say) -> None:
    say(0, N_PARTS, _("topics and authors"))
    publication.make_topics()
    publication.make_authors()
    publication.greet()
    segments.make(now)
    say(1, N_PARTS, _("newsletters and the form"))
    newsletters = letters.make(now)
    forms = letters.make_forms()
    letters.introduce_publisher()
    say(2, N_PARTS, _("resources"))
    targets = library.make(day)
    targets = _write(targets, forms, day, now, say)
    publication.make_landing(forms[letters.GENERAL_FORM], day)
    say(6, N_PARTS, _("mails"))
    emails = mails.make_emails(targets, day)
    say(7, N_PARTS, _("issues"))
    drafts = _issues(newsletters, targets, day)
    _live(plan.draw(seed, day), targets, drafts, emails, now, say)
    say(N_PARTS, N_PARTS, _("done"))


def _issues(newsletters: dict[str, Newsletter], targets: dict[str, int], day: date) -> dict[str, IssuePage]:
    """Every issue as a draft, by its text; what is sent is published in its time."""
    wanted = {key: newsletter for key, newsletter, *_rest in calendar.ISSUES} | calendar.DRAFTS
    made = {name: mails.make_issue(name, newsletters[key], targets, day) for name, key in wanted.items()}
    for other in made[calendar.READY].get_translations():
        mails.set_publication(other, calendar.ready_until(day))
    for one in (made[calendar.SCHEDULED], *made[calendar.SCHEDULED].get_translations()):
        mails.set_publication(one, calendar.scheduled_at(day) - calendar.BEFORE_MAIL)
    return made


def _live(
    story: plan.Plan,
    targets: dict[str, int],
    drafts: dict[str, IssuePage],
    emails: dict[str, str],
    now: datetime,
    say: Say,
) -> None:
    """People come, issues leave, journeys are walked: ninety days by the product's own functions."""
    walking.settle(now)  # what others did before is theirs, and happens at its own time
    purposes = {purpose.key: purpose for purpose in Purpose.objects.all()}
    place = world.World(story, targets, drafts, journeys={}, purposes=purposes, topics=world.topics())
    begins_at, lasts = story.readers[0].joined_at, calendar.ends_at(story.day) - story.readers[0].joined_at

    def tell(at: datetime) -> None:
        say(8 + int(N_STEPS * ((at - begins_at) / lasts)), N_PARTS, _("people and what they did"))

    Story(place).live(lambda at: paths.make(emails, at), tell, now=now)
    issues.schedule(place, now=now)


def _write(targets: dict[str, int], forms: Forms, day: date, now: datetime, say: Say) -> dict[str, int]:
    """Articles, the column's pieces and the plain pages."""
    column, general = publication.make_column(forms[letters.COLUMN_FORM]), forms[letters.GENERAL_FORM]
    parts = (("articles", None, _("articles")), ("column", column, _("the column")), ("pages", None, _("plain pages")))
    for number, (folder, under, what) in enumerate(parts, start=3):
        say(number, N_PARTS, what)
        targets = publication.write(texts.all_of(folder, day), now=now, targets=targets, forms=general, under=under)
    return targets
