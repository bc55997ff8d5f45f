"""Publishing, pausing, draining and ending: nobody inside is lost, moved twice or changed under their feet."""

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import ModelLogEntry

from campaigns.journeys import entering, figures, hands, runs, versions
from campaigns.journeys.figures import Figures
from campaigns.journeys.graph import read
from campaigns.models import Journey, JourneyVersion, Mailing, Run
from tests.campaigns import journey_rows as rows
from tests.campaigns.journey_graphs import graph_of, mail, step
from tests.factories import campaigns as factories

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVER = step("over", "end")
SHORT = graph_of(step("rest", "wait", {"seconds": 3_600}, next="over"), OVER)


@pytest.fixture
def now():
    return timezone.now()


def redraw(journey: Journey, graph: dict, name: str = "") -> None:
    drawn = versions.draft(journey)
    drawn.graph, drawn.name = graph, name or drawn.name
    drawn.save_revision()


def test_publishing_freezes_the_draft_and_opens_the_journey(now):
    user = factories.staff()
    journey = Journey.objects.create(name="Welcome", purpose=rows.purpose(), graph={})
    redraw(journey, SHORT, name="Benvenuto")
    journey.refresh_from_db()

    version = versions.publish(journey, user=user, now=now)

    assert (version.number, version.graph, version.published_at, version.published_by) == (1, SHORT, now, user)
    assert (journey.name, journey.state, journey.live, journey.graph) == ("Benvenuto", Journey.State.LIVE, True, SHORT)
    assert ModelLogEntry.objects.filter(action="circolare.journey.publish", user=user, data__version=1).exists()


def test_a_draft_with_mistakes_is_kept_and_not_published(now):
    wrong = graph_of(step("rest", "wait", {"seconds": 1}))
    journey = Journey.objects.create(name="Welcome", purpose=rows.purpose(), graph=wrong)

    with pytest.raises(versions.NotPublishable) as refusal:
        versions.publish(journey, user=None, now=now)

    assert [problem.step for problem in refusal.value.problems] == ["rest", "rest"]
    journey.refresh_from_db()
    assert (journey.state, journey.graph, JourneyVersion.objects.count()) == (Journey.State.DRAFT, wrong, 0)


def test_people_inside_finish_on_their_version_and_newcomers_walk_the_new_one(now):
    journey = rows.journey(SHORT)
    early = rows.begin(journey, rows.person(), now=now)
    redraw(journey, graph_of(step("rest", "wait", {"seconds": 7_200}, next="over"), OVER))
    versions.publish(journey, user=None, now=now)
    late = rows.begin(journey, rows.person(), now=now)

    runs.look_at_due(now=now)

    early.refresh_from_db()
    late.refresh_from_db()
    assert [(run.version.number, run.due_at) for run in (early, late)] == [(1, now + HOUR), (2, now + 2 * HOUR)]


def test_editing_a_draft_of_a_live_journey_changes_nothing_that_runs(now):
    journey = rows.journey(SHORT)
    redraw(journey, graph_of(OVER), name="Other")

    run = rows.begin(journey, rows.person(), now=now)

    assert run.step == "rest"
    journey.refresh_from_db()
    assert (journey.name, journey.state, journey.graph) == ("Welcome", Journey.State.LIVE, SHORT)


def test_publishing_the_same_steps_again_makes_no_new_version(now):
    journey = rows.journey(SHORT)
    redraw(journey, SHORT, name="Renamed")

    version = versions.publish(journey, user=None, now=now)

    assert (version.number, journey.name) == (1, "Renamed")


def test_an_old_revision_never_turns_the_state_back(now):
    journey = rows.journey(SHORT)
    first = journey.latest_revision
    versions.pause(journey, user=None, now=now)

    drawn = first.as_object()

    assert (drawn.state, drawn.paused_at) == (Journey.State.PAUSED, now)


def test_a_pause_stops_the_clock_and_resuming_shifts_every_wait(now):
    journey = rows.journey(SHORT)
    run = rows.begin(journey, rows.person(), now=now)
    runs.look_at_due(now=now)

    assert versions.pause(journey, user=None, now=now + HOUR / 2) == 1
    assert runs.look_at_due(now=now + 5 * HOUR) == (0, 0)
    assert entering.enter([wish(journey, now)], now=now) == []
    assert versions.resume(journey, user=None, now=now + 10 * HOUR) == 1

    run.refresh_from_db()
    assert (journey.state, run.due_at) == (Journey.State.LIVE, now + 10.5 * HOUR)
    assert runs.look_at_due(now=now + 10.4 * HOUR) == (0, 0)
    runs.look_at_due(now=now + 10.5 * HOUR)
    assert rows.way(run) == [("rest", 1, "next"), ("over", 1, "end")]


def wish(journey: Journey, now) -> entering.Wish:
    return entering.Wish(journey_id=journey.pk, subscriber_id=rows.person().pk, entry_key="event:77", at=now)


def test_two_pauses_add_up_even_where_the_run_is_looked_at_in_between(now):
    journey = rows.journey(SHORT)
    run = rows.begin(journey, rows.person(), now=now)
    runs.look_at_due(now=now)
    for begin in (HOUR / 4, 1.5 * HOUR):
        versions.pause(journey, user=None, now=now + begin)
        versions.resume(journey, user=None, now=now + begin + HOUR)
        Run.objects.filter(pk=run.pk).update(due_at=now + begin + HOUR)
        runs.look_at_due(now=now + begin + HOUR)

    run.refresh_from_db()
    assert (run.frozen_for, run.due_at) == (2 * HOUR, now + 3 * HOUR)


def test_a_look_begun_before_the_pause_writes_nothing_after_it(now):
    journey = rows.journey(SHORT)
    run = rows.begin(journey, rows.person(), now=now)
    looks = runs._looks(runs.claim(1, now=now), now)
    versions.pause(journey, user=None, now=now)

    assert runs.committing.commit(looks, now=now) == set()

    run.refresh_from_db()
    assert (run.due_at, run.frozen_due_at) == (None, now)


def test_a_pause_holds_back_queued_mails_and_resuming_releases_them(now):
    journey = rows.journey(graph_of(mail("hello", "over") | {"settings": {"email": rows.email()}}, OVER))
    rows.begin(journey, rows.person(), now=now)
    runs.look_at_due(now=now)
    mailing = Mailing.objects.get(key=f"journey:{journey.pk}:step:hello")

    versions.pause(journey, user=None, now=now)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    versions.resume(journey, user=None, now=now)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING


def test_publishing_while_paused_stays_paused(now):
    journey = rows.journey(SHORT)
    versions.pause(journey, user=None, now=now)
    redraw(journey, graph_of(OVER))

    assert versions.publish(journey, user=None, now=now).number == 2
    assert journey.state == Journey.State.PAUSED
    versions.resume(journey, user=None, now=now)
    assert journey.state == Journey.State.LIVE


def test_draining_lets_nobody_in_and_those_inside_walk_to_their_end(now):
    journey = rows.journey(SHORT)
    run = rows.begin(journey, rows.person(), now=now)

    assert versions.drain(journey, user=None, now=now) == 1

    assert journey.state == Journey.State.DRAINING
    assert entering.enter([wish(journey, now)], now=now) == []
    runs.look_at_due(now=now)
    runs.look_at_due(now=now + HOUR)
    runs.finish_drained()
    run.refresh_from_db()
    journey.refresh_from_db()
    assert (run.state, journey.state) == (Run.State.ENDED, Journey.State.ENDED)


def test_a_draining_journey_can_be_paused_and_goes_on_draining(now):
    journey = rows.journey(SHORT)
    rows.begin(journey, rows.person(), now=now)
    versions.drain(journey, user=None, now=now)

    versions.pause(journey, user=None, now=now)
    versions.resume(journey, user=None, now=now)

    assert journey.state == Journey.State.DRAINING


def test_draining_an_empty_journey_ends_it(now):
    journey = rows.journey(SHORT)

    assert versions.drain(journey, user=None, now=now) == 0
    assert journey.state == Journey.State.ENDED


def test_ending_takes_everybody_out_even_when_paused_and_it_can_be_opened_again(now):
    journey = rows.journey(SHORT)
    run = rows.begin(journey, rows.person(), now=now)
    versions.pause(journey, user=None, now=now)

    assert versions.end(journey, user=None, now=now) == 1

    run.refresh_from_db()
    assert (run.state, run.why, rows.way(run)) == (Run.State.LEFT, "journey ended", [("rest", 1, "left")])
    versions.publish(journey, user=None, now=now)
    assert (journey.state, journey.paused_at) == (Journey.State.LIVE, None)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (versions.pause, Journey.State.DRAFT),
        (versions.pause, Journey.State.PAUSED),
        (versions.resume, Journey.State.LIVE),
        (versions.drain, Journey.State.ENDED),
        (versions.end, Journey.State.DRAFT),
    ],
)
def test_what_cannot_be_done_in_a_state_is_refused(now, act, state):
    journey = rows.journey(SHORT)
    Journey.objects.filter(pk=journey.pk).update(state=state)

    with pytest.raises(versions.WrongState):
        act(journey, user=None, now=now)


def test_changes_between_two_versions_name_each_step():
    before = read(graph_of(step("a", "wait", {"seconds": 60}, next="b"), mail("b", "over"), OVER))
    after = read(graph_of(step("a", "wait", {"seconds": 120}, next="c"), mail("c", "over"), OVER))

    found = [(change.step.id, change.what) for change in versions.changes(before, after)]

    assert found == [("a", "changed"), ("c", "added"), ("b", "removed")]


def test_steps_taken_out_keep_their_figures_and_their_ids(now):
    journey = rows.journey(SHORT)
    gone, there = (rows.begin(journey, rows.person(), now=now) for _ in range(2))
    runs.look_at_due(now=now)
    runs.look_at_due(now=now + HOUR)
    stays = rows.begin(journey, rows.person(), now=now)
    hands.take_out(rows.begin(journey, rows.person(), now=now), ("rest", 1), now=now)
    redraw(journey, graph_of(OVER))
    versions.publish(journey, user=None, now=now)

    assert [step.id for step in versions.retired(journey)] == ["rest"]
    assert versions.ids_ever_used(journey.pk) == {"rest", "over"}
    assert figures.by_step(journey.pk) == {
        "rest": Figures(waiting=1, passed=2, left=1),
        "over": Figures(passed=2),
    }
    assert [run.pk for run in figures.people(journey, step="rest")] == [stays.pk]
    assert figures.n_inside(journey) == 1
    assert {gone.pk, there.pk} == {run.pk for run in figures.people(journey, state="ended")}
