"""Drawing a journey by its outline: each change keeps the line together and touches nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.journeys.graph import read
from campaigns.journeys.operations import BadOperation, perform
from campaigns.journeys.steps import KINDS
from tests.campaigns.journey_graphs import clicked, graph_of, mail, step

LINE = graph_of(mail("a", "b"), mail("b", "c"), mail("c", "over"), step("over", "end"))


def done(data: object, **wish: object) -> dict:
    return perform(data, wish).graph


def ways(data: dict) -> dict[str, dict[str, str]]:
    return {step.id: dict(step.edges) for step in read(data).steps}


def test_a_step_added_after_another_is_led_to_and_leads_on():
    graph = done(LINE, do="add", kind="wait", after="a")

    assert ways(graph) == {
        "a": {"next": "wait-1"},
        "wait-1": {"next": "b"},
        "b": {"next": "c"},
        "c": {"next": "over"},
        "over": {},
    }
    assert graph["steps"][1]["settings"] == {"seconds": 86_400}


def test_a_first_step_leads_to_what_was_first_before():
    graph = done(LINE, do="add", kind="check", after="")

    assert list(ways(graph)) == ["check-1", "a", "b", "c", "over"]
    assert ways(graph)["check-1"] == {"yes": "a", "no": "a"}


def test_the_first_step_of_all_leads_nowhere_yet():
    assert ways(done({}, do="add", kind="mail")) == {"mail-1": {}}
    assert ways(done(None, do="add", kind="end")) == {"end-1": {}}


def test_a_step_after_a_far_jump_goes_between_the_jump_and_its_target():
    jump = graph_of(step("jump", "go_to", next="over"), mail("b", "over"), step("over", "end"))

    graph = done(jump, do="add", kind="mail", after="jump")

    assert ways(graph) == {"jump": {"next": "mail-1"}, "mail-1": {"next": "over"}, "b": {"next": "over"}, "over": {}}


def test_after_a_decision_the_way_to_the_next_step_is_bent_and_the_other_stays():
    graph = graph_of(step("which", "check", yes="a", no="b"), mail("a", "over"), mail("b", "over"), step("over", "end"))

    assert ways(done(graph, do="add", kind="wait", after="which"))["which"] == {"yes": "wait-1", "no": "b"}


def test_all_ways_to_the_next_step_and_all_not_said_yet_are_bent():
    both = graph_of(clicked("clicks", yes="b", no="b"), mail("b", "over"), step("over", "end"))
    none = graph_of(clicked("clicks", yes="", no=""))

    assert ways(done(both, do="add", kind="mail", after="clicks")) == {
        "clicks": {"happened": "mail-1", "timeout": "mail-1"},
        "mail-1": {"next": "b"},
        "b": {"next": "over"},
        "over": {},
    }
    assert ways(done(none, do="add", kind="end", after="clicks"))["clicks"] == {"happened": "end-1", "timeout": "end-1"}


def test_after_a_deletion_the_step_now_in_its_place_is_gone_on_at():
    assert perform(LINE, {"do": "remove", "step": "b"}).focus == "c"
    assert perform(LINE, {"do": "remove", "step": "over"}).focus == "c"
    assert perform(graph_of(mail("a", "")), {"do": "remove", "step": "a"}).focus == ""


def test_a_loop_is_added_with_its_way_back():
    graph = done(LINE, do="add", kind="loop", after="b")

    assert ways(graph)["loop-1"] == {"again": "b", "exit": "c"}
    assert ways(graph)["b"] == {"next": "loop-1"}


def test_an_id_once_used_is_never_given_again():
    assert perform(LINE, {"do": "add", "kind": "mail", "after": "a"}, taken={"mail-1", "mail-2"}).focus == "mail-3"


def test_a_step_taken_out_is_bridged_and_no_longer_named():
    graph = graph_of(
        mail("a", "clicks"),
        clicked("clicks", yes="b", no="over", in_mail="a", since="a"),
        mail("b", "over"),
        step("over", "end"),
    )

    without = done(graph, do="remove", step="a")

    assert ways(without) == {"clicks": {"happened": "b", "timeout": "over"}, "b": {"next": "over"}, "over": {}}
    assert without["steps"][0]["settings"] | {"in_mail": "", "since": ""} == without["steps"][0]["settings"]
    assert ways(done(graph, do="remove", step="b"))["clicks"] == {"happened": "over", "timeout": "over"}


def test_taking_out_the_end_leaves_the_way_open():
    assert ways(done(LINE, do="remove", step="over"))["c"] == {}


def test_two_steps_of_one_line_change_places_in_it():
    for wish in ({"step": "c", "by": -1}, {"step": "b", "by": 1}):
        assert ways(done(LINE, do="move", **wish)) == {
            "a": {"next": "c"},
            "c": {"next": "b"},
            "b": {"next": "over"},
            "over": {},
        }


def test_the_first_of_a_line_can_be_moved_too():
    assert ways(done(LINE, do="move", step="b", by=-1)) == {
        "b": {"next": "a"},
        "a": {"next": "c"},
        "c": {"next": "over"},
        "over": {},
    }


def test_a_decision_whose_ways_lead_to_one_place_is_part_of_the_line():
    line = graph_of(mail("a", "clicks"), clicked("clicks", yes="over", no="over"), step("over", "end"))

    assert ways(done(line, do="move", step="clicks", by=-1)) == {
        "clicks": {"happened": "a", "timeout": "a"},
        "a": {"next": "over"},
        "over": {},
    }


def test_a_branch_that_is_moved_changes_only_the_order():
    graph = graph_of(step("which", "check", yes="a", no="b"), mail("a", "over"), mail("b", "over"), step("over", "end"))

    moved = done(graph, do="move", step="b", by=-1)

    assert list(ways(moved)) == ["which", "b", "a", "over"]
    assert ways(moved) == ways(graph)


def test_moving_beyond_the_ends_does_nothing():
    assert done(LINE, do="move", step="a", by=-1) == LINE
    assert done(LINE, do="move", step="over", by=1) == LINE


def test_what_is_typed_becomes_settings_and_ways_and_other_keys_stay():
    graph = graph_of({**step("a", "wait", {"seconds": 60, "mine": 1}, next="over"), "note": "x"}, step("over", "end"))

    changed = done(
        graph, do="change", step="a", values={"name": "Rest", "seconds": "1,5", "seconds-unit": "3600", "edge-next": ""}
    )

    assert changed["steps"][0] == {
        "id": "a",
        "name": "Rest",
        "kind": "wait",
        "settings": {"seconds": 5_400, "mine": 1},
        "edges": {},
        "note": "x",
    }


@pytest.mark.parametrize(
    ("typed", "seconds"), [("2", 172_800), ("", None), ("soon", None), ("1e400", None), ("-3", -259_200)]
)
def test_a_length_that_cannot_be_read_is_kept_as_nothing(typed, seconds):
    graph = done(LINE, do="add", kind="wait", after="a")

    graph = done(graph, do="change", step="wait-1", values={"seconds": typed, "seconds-unit": "86400"})

    assert graph["steps"][1]["settings"] == {"seconds": seconds}


def test_a_wait_for_an_act_takes_thing_mail_and_limit():
    values = {
        "event": "page.read",
        "object": f"topic:{'c' * 32}",
        "in_mail": "a",
        "since": "",
        "limit_seconds": "3",
        "limit_seconds-unit": "3600",
        "edge-happened": "b",
        "edge-timeout": "over",
    }
    graph = done(LINE, do="add", kind="wait_until", after="a")

    row = done(graph, do="change", step="wait-until-1", values=values)["steps"][1]

    assert row["settings"] == {
        "event": "page.read",
        "object": {"kind": "topic", "key": "c" * 32},
        "in_mail": "a",
        "since": "",
        "limit_seconds": 10_800,
    }
    assert row["edges"] == {"happened": "b", "timeout": "over"}


def test_a_thing_that_cannot_be_asked_after_of_another_event_is_dropped():
    graph = graph_of(clicked("a", yes="over", no="over", key="a" * 32), step("over", "end"))

    values = {"event": "consent.confirmed", "object": f"page:{'a' * 32}"}

    assert done(graph, do="change", step="a", values=values)["steps"][0]["settings"]["object"] is None


def test_another_question_does_not_take_over_the_answer_of_the_old_one():
    graph = graph_of(step("a", "check", {"ask": "segment", "rule": {"in_segment": 5}}, yes="over", no="over"),
                     step("over", "end"))  # fmt: skip

    changed = done(graph, do="change", step="a", values={"ask": "rule", "rule": "5"})

    assert changed["steps"][0]["settings"] == {"ask": "rule", "rule": {"in_segment": 5}}


@pytest.mark.parametrize(
    ("typed", "rule"), [('{"agreed": "tracking"}', {"agreed": "tracking"}), ("{oops", "{oops"), ("", None)]
)
def test_a_rule_is_kept_even_where_it_cannot_be_read(typed, rule):
    graph = graph_of(step("a", "check", {"ask": "rule"}, yes="over", no="over"), step("over", "end"))

    assert done(graph, do="change", step="a", values={"rule": typed})["steps"][0]["settings"]["rule"] == rule


def test_ways_in_are_added_changed_and_deleted():
    graph = done({"entries": []}, do="add-entry")
    assert graph["entries"] == [{"on": "by_hand", "object": None}]

    graph = done(graph, do="change-entry", place=0, values={"on": "resource.granted"})
    graph = done(graph, do="change-entry", place=0, values={"on": "resource.granted", "object": "resource:dd"})
    assert graph["entries"] == [{"on": "resource.granted", "object": {"kind": "resource", "key": "dd"}}]

    graph = done(graph, do="change-entry", place=0, values={"on": "consent.confirmed", "object": "resource:dd"})
    assert graph["entries"] == [{"on": "consent.confirmed", "object": None}]
    assert done(graph, do="remove-entry", place=0)["entries"] == []


@pytest.mark.parametrize(
    ("values", "seconds"),
    [
        ({"may": "no", "after": "3", "after-unit": "86400"}, None),
        ({"may": "yes"}, 30 * 86_400),
        ({"may": "yes", "after": "2", "after-unit": "3600"}, 7_200),
        ({"may": "yes", "after": "often", "after-unit": "3600"}, 0),
    ],
)
def test_entering_again_is_never_or_after_a_time(values, seconds):
    assert done(LINE, do="reentry", values=values)["reentry_seconds"] == seconds


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"do": "dance"},
        {"do": "add", "kind": "dance"},
        {"do": "add", "kind": "mail", "after": "gone"},
        {"do": "remove", "step": "gone"},
        {"do": "move", "step": "a"},
        {"do": "move", "step": "a", "by": "x"},
        {"do": "change", "step": "gone", "values": {}},
        {"do": "change", "step": "a", "values": 7},
        {"do": "change-entry", "place": 9, "values": {}},
        {"do": "remove-entry", "place": None},
    ],
)
def test_what_is_no_change_is_refused_and_nothing_is_touched(wish):
    before = graph_of(mail("a", "over"), step("over", "end"))

    with pytest.raises(BadOperation):
        perform(before, wish)
    assert before == graph_of(mail("a", "over"), step("over", "end"))


wishes = st.lists(
    st.one_of(
        st.fixed_dictionaries({"do": st.just("add"), "kind": st.sampled_from(sorted(KINDS)), "at": st.integers(0, 9)}),
        st.fixed_dictionaries({"do": st.just("remove"), "at": st.integers(0, 9)}),
        st.fixed_dictionaries({"do": st.just("move"), "at": st.integers(0, 9), "by": st.sampled_from([-1, 1])}),
    ),
    max_size=25,
)


@settings(max_examples=200, deadline=None)
@given(wishes)
def test_no_row_of_changes_leaves_a_way_to_a_step_that_is_gone_or_two_steps_of_one_id(drawn):
    graph = LINE
    for wish in drawn:
        steps = read(graph).steps
        chosen = steps[wish["at"] % len(steps)].id if steps else ""
        if wish["do"] != "add" and not steps:
            continue
        graph = done(graph, **{key: value for key, value in wish.items() if key != "at"}, after=chosen, step=chosen)

    ids = [step.id for step in read(graph).steps]
    assert len(ids) == len(set(ids))
    assert {to for step in read(graph).steps for to in step.edges.values()} <= set(ids)
