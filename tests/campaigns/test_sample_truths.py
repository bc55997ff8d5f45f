"""The sample lives by a model with known truths; the reports, asked without it, say the same.

The sample is made once for all processes of a run; everything here only looks at it.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count, Sum
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from campaigns import audience
from campaigns.journeys import figures, library, validation
from campaigns.journeys.graph import read
from campaigns.models import CapturedMail, Delivery, Email, IssuePage, Journey, Mailing, Newsletter, Passage, Run
from campaigns.rendering import checks
from campaigns.rendering.trouble import Level
from campaigns.reports import mailing as report
from campaigns.sample import paths, publication, segments, texts
from campaigns.sample.model import calendar, plan, truths, walks
from content.models import ArticlePage, Author, ColumnPage, LandingPage, PlainPage, ResourcePage, SeriesPage, Topic
from subscribers.models import (
    Event,
    Evidence,
    Facts,
    Grant,
    Kind,
    MailRequest,
    PendingEvent,
    Segment,
    SignupForm,
    State,
    Subscriber,
)
from subscribers.segments import rules, sets
from tests import samples
from tests.samples import DAY, NOW, SEED, Filled
from tests.short import ONCE

pytestmark = ONCE


@pytest.fixture(scope="module", autouse=True)
def lived(filled_database: Filled, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The whole sample; nothing here changes it."""
    with django_db_blocker.unblock(), filled_database.looked_at():
        yield


@pytest.fixture(scope="module")
def known() -> truths.Truths:
    return truths.of(plan.draw(SEED, DAY))


def in_segment(rule: dict[str, object]) -> set[str]:
    return {str(address) for address in sets.matching(rules.parse(rule), now=NOW).values_list("address", flat=True)}


def page_key(piece: str) -> str:
    """The translation key of a piece, found by the page that stands in the database."""
    folder, name = piece.split("/")
    source = (texts.ROOT / "it" / folder / f"{name}.md").read_text(encoding="utf-8")
    slug = next(line.split(": ")[1] for line in source.splitlines() if line.startswith("slug: "))
    return Page.objects.get(slug=slug, locale__language_code="it").translation_key.hex


def mailing_of(key: str) -> Mailing:
    issue = IssuePage.objects.get(translation_key=publication.key(f"issue:{key}"), locale__language_code="it")
    return Mailing.objects.get(issue=issue)


def test_the_sample_is_whole_public_and_silent() -> None:
    resources = ((ResourcePage, 22), (SeriesPage, 2), (LandingPage, 2))
    for model, n_rows in ((ArticlePage, 72), (PlainPage, 6), (ColumnPage, 2), *resources):
        pages = model.objects.filter(is_sample=True)
        assert (pages.count(), pages.filter(live=True).count()) == (n_rows, n_rows)
        assert len(set(pages.values_list("translation_key", flat=True))) == n_rows // 2
    assert Subscriber.objects.filter(is_sample=True).count() == 600
    assert (Topic.objects.count(), Author.objects.filter(is_invented=True).count()) == (12, 8)
    assert all(page.author and page.topics.exists() and page.standfirst for page in ArticlePage.objects.all())
    assert (SignupForm.objects.count(), Newsletter.objects.count(), Email.objects.filter(live=True).count()) == (
        4,
        3,
        22,
    )
    assert (MailRequest.objects.count(), PendingEvent.objects.count()) == (0, 0)
    assert CapturedMail.objects.count() == 6
    assert not Subscriber.objects.filter(is_sample=False).exists()
    for model in (Event, Delivery, Run, Grant, Mailing):
        assert not model.objects.filter(is_sample=False).exists()
    assert samples.again() is None


def test_little_is_due_soon_and_nothing_waits_to_leave() -> None:
    standing = Run.objects.filter(state=Run.State.OPEN)
    assert standing.filter(due_at__lt=NOW + timedelta(hours=1)).count() < standing.count() / 3
    assert not Run.objects.filter(state=Run.State.FAILED).exists()
    settled = {Delivery.State.ACCEPTED, Delivery.State.FAILED, Delivery.State.EXCLUDED}
    assert set(Delivery.objects.values_list("state", flat=True)) == settled
    assert not Delivery.objects.filter(done_at__gt=NOW).exists()
    assert not Event.objects.filter(occurred_at__gt=NOW).exists()


def test_six_issues_left_one_waits_and_one_is_wrong_on_purpose(known: truths.Truths) -> None:
    states = Mailing.objects.filter(is_standing=False).values_list("state").annotate(n=Count("pk"))
    assert dict(states) == {Mailing.State.FINISHED: 6, Mailing.State.SCHEDULED: 1}
    waiting = Mailing.objects.get(state=Mailing.State.SCHEDULED)
    assert waiting.scheduled_at == calendar.scheduled_at(DAY)
    faulty = IssuePage.objects.get(title__startswith="Il taccuino n. 2").get_latest_revision_as_object()
    stops = [finding for finding in checks.run(faulty, NOW) if finding.level == Level.STOP]
    assert len(stops) >= 3
    sent = IssuePage.objects.get(title__startswith="La lettera n. 4").get_latest_revision_as_object()
    assert [finding for finding in checks.run(sent, NOW) if finding.level == Level.STOP] == []
    ready = IssuePage.objects.get(title__startswith="La lettera n. 5").get_latest_revision_as_object()
    counted = audience.count(ready, now=NOW)
    assert counted.n_going + counted.left_out.get("weekly", 0) == known.n_active


def test_a_mailing_was_paused_and_resumed_and_its_history_shows_it() -> None:
    paused = mailing_of(calendar.PAUSED)
    actions = PageLogEntry.objects.filter(page=paused.issue_id, action__startswith="circolare.mailing")
    assert list(actions.order_by("timestamp").values_list("action", flat=True)) == [
        "circolare.mailing.pause",
        "circolare.mailing.resume",
    ]
    accepted = paused.deliveries.filter(state=Delivery.State.ACCEPTED)
    n_before = accepted.filter(done_at__lt=paused.started_at + timedelta(hours=1)).count()
    assert 0.3 < n_before / accepted.count() < 0.7
    assert paused.finished_at > paused.started_at + calendar.PAUSE
    assert not ModelLogEntry.objects.filter(action__startswith="circolare.mailing").exists()


@pytest.mark.parametrize("key", [key for key, *_rest in calendar.ISSUES])
def test_the_report_of_a_mailing_says_what_the_model_knows(key: str, known: truths.Truths) -> None:
    one, truth = mailing_of(key), known.issues[key]

    progress = report.progress(one, now=NOW)
    left_out = {row.reason: row.n_people for row in report.left_out(one) if row.state == Delivery.State.EXCLUDED}
    by_page = {link.page_id: link.url for version in one.versions.all() for link in version.links.all() if link.page_id}
    people_by_url = {row.url: row.n_people for row in report.clicks(one)}
    clicked: dict[str, int] = {}
    for page_id, url in by_page.items():
        thing = Page.objects.get(pk=page_id).translation_key.hex
        clicked[thing] = clicked.get(thing, 0) + people_by_url.get(url, 0)

    assert progress.is_balanced
    assert (progress.n_accepted, progress.n_failed, progress.n_waiting) == (truth.n_accepted, truth.n_failed, 0)
    assert left_out == truth.left_out
    assert report.n_clickers(one) == truth.n_clickers
    assert sum(row.n_clicks for row in report.clicks(one)) == truth.n_clicks
    assert {thing: n for thing, n in clicked.items() if n} == {
        page_key(piece): n for piece, n in truth.clickers_by_piece.items()
    }


def test_the_reports_name_the_issue_that_led_most_people_on(known: truths.Truths) -> None:
    found = {key: report.n_clickers(mailing_of(key)) for key in known.issues}

    assert max(found, key=lambda key: found[key]) == known.most_clicked


def test_machines_clicked_too_and_are_counted_nowhere() -> None:
    clicks = Event.objects.filter(kind=Kind.LINK_CLICKED)

    assert clicks.filter(evidence=Evidence.MACHINE).count() > 50
    assert Facts.objects.aggregate(n=Sum("n_clicks"))["n"] == clicks.filter(evidence=Evidence.HUMAN).count()


def test_segments_find_the_people_the_model_knows(known: truths.Truths) -> None:
    nothing = {"not": {"any": [{"did": "link.clicked"}, {"did": "page.read"}]}}
    active = {"field": "state", "is": "active"}

    assert len(in_segment(active)) == known.n_active
    assert in_segment({"all": [active, {"agreed": "tracking"}, nothing]}) == known.silent
    assert len(in_segment({"field": "state", "is": "bouncing"})) == known.n_hard_bounces
    assert len(in_segment({"field": "state", "is": "complained"})) == known.n_complaints
    assert Event.objects.filter(kind=Kind.MAIL_BOUNCED).count() == known.n_bounces


def test_its_own_segments_are_for_somebody_and_never_for_everybody() -> None:
    n_people = Subscriber.objects.filter(is_sample=True).count()
    found = {one.name: len(in_segment(one.rule)) for one in Segment.objects.filter(is_sample=True)}

    assert list(found) == sorted(segments.all_rules())
    assert [name for name, n in found.items() if not 0 < n < n_people] == []


def test_every_piece_was_read_by_as_many_as_the_model_knows(known: truths.Truths) -> None:
    found = {
        piece: len(in_segment({"did": "page.read", "object": {"kind": "page", "key": page_key(piece)}}))
        for piece in known.readers_of
    }

    assert found == known.readers_of
    assert Facts.objects.aggregate(n=Sum("n_reads"))["n"] == known.n_readings
    assert Grant.objects.values("subscriber").distinct().count() == known.n_takers


def test_four_journeys_are_live_and_sound_and_two_of_them_go_round(known: truths.Truths) -> None:
    journeys = Journey.objects.all()

    for journey in journeys:
        graph = read(journey.graph)
        assert (journey.state, validation.refusals(graph, library.known(graph))) == (Journey.State.LIVE, [])
    kinds = [{step["kind"] for step in journey.graph["steps"]} for journey in journeys]
    assert sorted("loop" in one for one in kinds) == [False, False, True, True]
    walked = {name: Run.objects.filter(journey__name=paths.NAMES[name]).count() for name in known.walked}
    assert walked == known.walked


def test_the_figures_of_journeys_show_who_stands_where(known: truths.Truths) -> None:
    standing = {
        (name, step): figure.waiting
        for name, title in paths.NAMES.items()
        for step, figure in figures.by_step(Journey.objects.get(name=title).pk).items()
        if figure.waiting
    }

    assert standing == known.standing


def test_one_path_leads_more_people_to_a_resource(known: truths.Truths) -> None:
    welcome = Journey.objects.get(name=paths.NAMES[walks.WELCOME])
    passed = figures.by_step(welcome.pk)
    took = in_segment({"did": "resource.downloaded"})
    found = {}
    for path in ("circle", "hands"):
        visits = Passage.objects.filter(run__journey=welcome, step=path)
        people = set(visits.values_list("run__subscriber__address", flat=True))
        found[path] = truths.PathTruth(passed[path].passed, len(people & took))

    assert {path: asdict(one) for path, one in found.items()} == {p: asdict(one) for p, one in known.paths.items()}
    assert max(found, key=lambda path: found[path].n_took / found[path].n_walked) == known.converts


def test_every_state_of_a_reader_is_there() -> None:
    states = set(Subscriber.objects.values_list("state", flat=True))

    assert states == {
        State.ACTIVE,
        State.PAUSED,
        State.UNSUBSCRIBED,
        State.BOUNCING,
        State.COMPLAINED,
        State.BLOCKED,
    }


def test_the_story_is_drawn_by_seed_and_day_alone() -> None:
    drawn = plan.draw(SEED, DAY).digest()

    assert drawn == plan.draw(SEED, DAY).digest()
    assert drawn != plan.draw(SEED + 1, DAY).digest()
    assert drawn != plan.draw(SEED, DAY - timedelta(days=1)).digest()
