"""Where a person goes next: by examples, and by properties over graphs and histories drawn at random."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings

from campaigns.journeys import paths
from campaigns.journeys.advance import MAX_MOVES, advance, begin
from campaigns.journeys.graph import Graph, read
from campaigns.journeys.position import Broken, Enter, Facts, Mail, Passed
from campaigns.journeys.validation import refusals
from tests.campaigns.journey_graphs import (
    EMAIL,
    KNOWN,
    NOON,
    Walk,
    act,
    clicked,
    graph_of,
    histories,
    mail,
    publishable,
    step,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELCOME = read(
    graph_of(
        mail("hello", "clicks"),
        clicked("clicks", yes="which", no="nothing", in_mail="hello"),
        step("which", "check", {"ask": "did", "event": "link.clicked", "object": {"kind": "page", "key": "a" * 32}},
             yes="more-a", no="more-b"),
        mail("more-a", "over"),
        mail("more-b", "over"),
        mail("nothing", "over"),
        step("over", "end"),
    )
)  # fmt: skip


def mails(walk: Walk) -> list[str]:
    return [effect.step for effect in walk.effects if isinstance(effect, Mail)]


@pytest.mark.parametrize(
    ("page", "expected"), [("a" * 32, ["hello", "more-a"]), ("b" * 32, ["hello", "more-b"]), ("", ["hello", "nothing"])]
)
def test_what_was_clicked_leads_to_a_different_mail(page, expected):
    acts = (act(1, NOON + HOUR / 2, page=page, step="hello"),) if page else ()

    assert mails(Walk(WELCOME, acts).to_the_end()) == expected


def test_the_clicked_thing_is_kept_and_the_visits_are_told_in_order():
    walk = Walk(WELCOME, (act(9, NOON + HOUR / 2, step="hello", title="The long walk"),)).to_the_end()

    assert walk.steps() == [
        ("hello", 1, "next"),
        ("clicks", 1, "happened"),
        ("which", 1, "yes"),
        ("more-a", 1, "next"),
        ("over", 1, "end"),
    ]
    passage = next(row for row in walk.effects if isinstance(row, Passed) and row.step == "clicks")
    assert passage.seen == {
        "event": 9,
        "kind": "link.clicked",
        "object_kind": "page",
        "object_key": "9",
        "translation": "a" * 32,
        "title": "The long walk",
    }


def test_a_click_in_another_mail_does_not_count_where_the_mail_is_named():
    assert mails(Walk(WELCOME, (act(1, NOON + HOUR / 2, step="other"),)).to_the_end()) == ["hello", "nothing"]


def test_an_act_after_the_limit_comes_too_late_even_when_looked_at_later():
    walk = Walk(WELCOME, (act(1, NOON + 2 * HOUR, step="hello"),))
    walk.look()
    walk.now = NOON + DAY
    walk.look()

    assert mails(walk) == ["hello", "nothing"]


def test_an_act_in_time_counts_although_nobody_looked_before_the_limit():
    walk = Walk(WELCOME, (act(1, NOON + HOUR / 2, step="hello"),))
    walk.look()
    walk.now = NOON + DAY
    walk.look()

    assert mails(walk) == ["hello", "more-a"]


def test_an_act_not_yet_judged_holds_the_limit_for_a_minute_and_no_longer():
    graph = read(graph_of(clicked("clicks", yes="over", no="over"), step("over", "end")))
    walk = Walk(graph, (act(1, NOON + HOUR / 2, is_judged=False),), now=NOON)
    walk.look()
    walk.now = NOON + HOUR
    walk.look()

    assert walk.position.due_at == NOON + HOUR + timedelta(seconds=1)
    walk.now = NOON + HOUR + timedelta(seconds=60)
    walk.look()
    assert walk.steps()[0] == ("clicks", 1, "timeout")


def test_a_wait_stays_until_its_time_and_looks_again_then():
    graph = read(graph_of(step("rest", "wait", {"seconds": 3_600}, next="over"), step("over", "end")))
    walk = Walk(graph)

    assert walk.look() == ()
    assert walk.position.due_at == NOON + HOUR
    walk.now = NOON + HOUR
    walk.look()
    assert walk.position.is_over


def test_the_time_of_a_pause_does_not_count_as_waited():
    graph = read(graph_of(step("rest", "wait", {"seconds": 3_600}, next="over"), step("over", "end")))
    position = replace(begin(graph, 1, NOON), frozen_for=2 * HOUR)

    position, effects = advance(graph, position, Facts(NOON), NOON + 2 * HOUR)

    assert (position.due_at, effects) == (NOON + 3 * HOUR, ())


@pytest.mark.parametrize(
    ("waiting", "outcome"),
    [
        (step("rest", "wait", {"seconds": 3_600}, next="next-rest"), "next"),
        (clicked("rest", yes="over", no="next-rest"), "timeout"),
    ],
)
def test_moving_on_by_hand_leaves_this_wait_and_not_the_next(waiting, outcome):
    graph = read(graph_of(waiting, step("next-rest", "wait", {"seconds": 3_600}, next="over"), step("over", "end")))
    position = replace(begin(graph, 1, NOON), is_moved_by_hand=True)

    position, effects = advance(graph, position, Facts(NOON), NOON)

    assert (position.step, position.is_moved_by_hand) == ("next-rest", False)
    assert effects == (Passed("rest", 1, NOON, NOON, outcome, "by-hand"),)


def test_a_loop_walks_round_as_often_as_its_limit_says():
    graph = read(
        graph_of(
            mail("hello", "rest"),
            step("rest", "wait", {"seconds": 86_400}, next="again"),
            step("again", "loop", {"max_laps": 3}, again="hello", exit="over"),
            step("over", "end"),
        )
    )

    walk = Walk(graph).to_the_end()

    assert mails(walk) == ["hello"] * 3
    assert walk.now == NOON + 3 * DAY
    assert [effect.key for effect in walk.effects if isinstance(effect, Mail)] == [
        "run:1:step:hello:lap:1",
        "run:1:step:hello:lap:2",
        "run:1:step:hello:lap:3",
    ]


def test_one_act_does_not_carry_a_person_through_the_same_wait_twice():
    graph = read(
        graph_of(
            mail("hello", "clicks"),
            clicked("clicks", yes="again", no="over", since="hello"),
            step("again", "loop", {"max_laps": 5}, again="clicks", exit="over"),
            step("over", "end"),
        )
    )

    walk = Walk(graph, (act(1, NOON + HOUR / 2),)).to_the_end()

    assert [row for row in walk.steps() if row[0] == "clicks"] == [("clicks", 1, "happened"), ("clicks", 2, "timeout")]


def test_an_act_during_an_earlier_wait_counts_where_counting_begins_before_it():
    graph = read(
        graph_of(
            mail("hello", "rest"),
            step("rest", "wait", {"seconds": 86_400}, next="clicks"),
            clicked("clicks", yes="warm", no="cold", since="hello"),
            mail("warm", "over"),
            mail("cold", "over"),
            step("over", "end"),
        )
    )

    assert mails(Walk(graph, (act(1, NOON + HOUR),)).to_the_end()) == ["hello", "warm"]
    assert mails(Walk(graph).to_the_end()) == ["hello", "cold"]


def test_going_to_another_journey_ends_this_one_and_enters_that_one():
    graph = read(graph_of(step("off", "go_to", {"journey": 7})))

    position, effects = advance(graph, begin(graph, 4, NOON), Facts(NOON), NOON)

    assert position.is_over
    assert effects == (
        Enter("run:4:step:off:lap:1", 7),
        Passed("off", 1, NOON, NOON, "end", "journey 7"),
    )


@pytest.mark.parametrize("answer", [True, False])
def test_a_rule_decides_by_the_answer_that_was_worked_out(answer):
    settings = {"ask": "rule", "rule": {"field": "locale", "is": "it"}}
    graph = read(graph_of(step("which", "check", settings, yes="a", no="b"), mail("a", "over"), mail("b", "over"),
                          step("over", "end")))  # fmt: skip

    assert mails(Walk(graph, answer=answer).to_the_end()) == ["a" if answer else "b"]


def test_a_graph_that_was_never_validated_ends_the_call_and_names_the_step():
    round_and_round = read(graph_of(step("a", "go_to", next="b"), step("b", "go_to", next="a")))
    position, effects = advance(round_and_round, begin(round_and_round, 1, NOON), Facts(NOON), NOON)

    assert len(effects) == MAX_MOVES
    assert position.due_at == NOON
    with pytest.raises(Broken, match="'gone'"):
        advance(round_and_round, replace(position, step="gone"), Facts(NOON), NOON)
    with pytest.raises(Broken, match="no way 'next'"):
        lost = read(graph_of(step("a", "go_to", next="nowhere")))
        advance(lost, begin(lost, 1, NOON), Facts(NOON), NOON)


def drawn(graph: Graph) -> Graph:
    """Only what might be published; steps that nobody reaches do no harm here."""
    wrong = [problem for problem in refusals(graph, KNOWN) if "Nobody gets here" not in problem.message]
    assume(not wrong)
    return graph


@settings(max_examples=300, deadline=None)
@given(publishable(), histories())
def test_every_walk_ends_and_passes_each_visit_once(graph, acts):
    walk = Walk(drawn(graph), acts).to_the_end()

    visits = [(row.step, row.lap) for row in walk.effects if isinstance(row, Passed)]
    assert len(visits) == len(set(visits))
    most = paths.most_visits(graph)
    assert all(lap <= most[step_id] for step_id, lap in visits)


@settings(max_examples=300, deadline=None)
@given(publishable(), histories())
def test_a_loop_never_goes_back_more_often_than_its_laps(graph, acts):
    walk = Walk(drawn(graph), acts).to_the_end()

    for loop, _target in paths.loops(graph):
        back = [row for row in walk.steps() if row[0] == loop.id and row[2] == "again"]
        assert len(back) < loop.settings["max_laps"]


@settings(max_examples=300, deadline=None)
@given(publishable(), histories())
def test_each_look_joins_the_one_before_and_waits_or_is_over(graph, acts):
    walk = Walk(drawn(graph), acts)
    before = walk.position
    while not before.is_over:
        effects = walk.look()
        passed = [row for row in effects if isinstance(row, Passed)]
        if passed:
            assert (passed[0].step, passed[0].lap) == (before.step, before.lap)
        assert walk.position.is_over or walk.position.due_at > walk.now
        before, walk.now = walk.position, walk.position.due_at or walk.now


@settings(max_examples=200, deadline=None)
@given(publishable(), histories())
def test_the_same_look_gives_the_same_and_a_second_one_at_once_does_nothing(graph, acts):
    walk = Walk(drawn(graph), acts)
    while not walk.position.is_over:
        again = advance(graph, walk.position, walk.facts(), walk.now)
        effects = walk.look()
        assert again == (walk.position, effects)
        if not walk.position.is_over:
            assert walk.look() == ()
            walk.now = walk.position.due_at


@settings(max_examples=200, deadline=None)
@given(publishable(), histories())
def test_keys_of_effects_never_repeat_in_a_run(graph, acts):
    walk = Walk(drawn(graph), acts).to_the_end()

    keys = [effect.key for effect in walk.effects if isinstance(effect, Mail | Enter)]
    assert len(keys) == len(set(keys))
    assert len(mails(walk)) <= paths.most_mails(graph)
    assert {effect.email for effect in walk.effects if isinstance(effect, Mail)} <= {EMAIL}
