"""What keeps a graph from being published: the step is named, the sentence says what to do."""

import pytest
from django.utils import translation

from campaigns.journeys import paths
from campaigns.journeys.graph import read
from campaigns.journeys.validation import problems, refusals
from tests.campaigns.journey_graphs import EMAIL, KNOWN, clicked, graph_of, mail, step

OVER = step("over", "end")
RULE = {"ask": "rule", "rule": {"field": "locale", "is": "it"}}


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def found(*steps: dict, **rest: object) -> list[tuple[str, str]]:
    return [(problem.step, problem.message) for problem in problems(read(graph_of(*steps, **rest)), KNOWN)]


def test_a_whole_journey_has_no_problem():
    assert (
        found(
            mail("hello", "clicks"),
            clicked("clicks", yes="over", no="rest", key="a" * 32, in_mail="hello"),
            step("rest", "wait", {"seconds": 600}, next="which"),
            step("which", "check", RULE, yes="off", no="on"),
            step("on", "go_to", next="over"),
            step("off", "go_to", {"journey": 7}),
            OVER,
            entries=[{"on": "consent.confirmed", "object": {"kind": "purpose", "key": "newsletter-lettera"}}],
            reentry_seconds=86_400,
        )
        == []
    )


def test_an_empty_draft_says_how_to_begin():
    assert found(entries=[]) == [
        ("", "There is no way in: say what lets people begin."),
        ("", "There is no step yet: add a first one."),
    ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"on": "moon.rose"}, "“moon.rose” is nothing that can happen: choose another way in."),
        ({}, "“…” is nothing that can happen: choose another way in."),
        (
            {"on": "resource.granted", "object": {"kind": "resource", "key": "9" * 32}},
            "A way in asks after something that is not there any more: choose another.",
        ),
    ],
)
def test_a_way_in_that_cannot_be(entry, message):
    assert found(OVER, entries=[entry]) == [("", message)]


@pytest.mark.parametrize("seconds", [0, 59, 10**12])
def test_entering_again_has_a_sensible_time(seconds):
    assert found(OVER, reentry_seconds=seconds) == [
        ("", "Say after how long people may enter again: from one minute to five years, or never.")
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (step("a", "mail", next="over"), "Choose the email it sends."),
        (
            step("a", "mail", {"email": "9" * 32}, next="over"),
            "Its email is not there any more: choose another.",
        ),
        (
            step("a", "mail", {"email": "f" * 32}, next="over"),
            "“Only Italian” is not published in English: write and publish it.",
        ),
        (step("a", "wait", next="over"), "Say how long: from one minute to five years."),
        (step("a", "wait", {"seconds": "soon"}, next="over"), "Say how long: from one minute to five years."),
        (step("a", "wait", {"seconds": 60}), "It ends nowhere: choose where it goes on (then)."),
        (
            step("a", "wait", {"seconds": 60}, next="gone"),
            "It leads to a step that is not there (then): choose another.",
        ),
        (clicked("a", yes="over", no="over", limit=1), "Say how long: from one minute to five years."),
        (
            clicked("a", yes="over", no="over", key="9" * 32),
            "What it asks after is not there any more: choose another.",
        ),
        (
            clicked("a", yes="over", no="over", since="gone"),
            "It counts from a step that is not there any more: choose another.",
        ),
        (
            step("a", "wait_until", {"limit_seconds": 60}, happened="over", timeout="over"),
            "Say what must happen.",
        ),
        (clicked("a", yes="over", no=""), "It ends nowhere: choose where it goes on (when the time is over)."),
        (step("a", "check", yes="over", no="over"), "Choose what it asks."),
        (
            step("a", "check", {"ask": "segment"}, yes="over", no="over"),
            "Choose the segment or write the rule.",
        ),
        (
            step("a", "check", {"ask": "segment", "rule": {"in_segment": 99}}, yes="over", no="over"),
            "Its segment is not there any more: choose another.",
        ),
        (step("a", "go_to"), "It ends nowhere: choose where it goes on (to)."),
        (
            step("a", "go_to", {"journey": 99}),
            "The journey it leads to is not there any more: choose another.",
        ),
        (
            step("a", "go_to", {"journey": 8}),
            "“The closed one” lets nobody in: publish it first, or choose another.",
        ),
        (step("a", "dance", next="over"), "“dance” is no kind of step here: delete it."),
    ],
)
def test_a_wrong_step_is_named_with_what_to_do(wrong, message):
    assert ("a", message) in found(step("first", "check", RULE, yes="a", no="over"), wrong, OVER)


def test_a_rule_that_cannot_be_read_says_so():
    wrong = step("a", "check", {"ask": "rule", "rule": {"did": 7, "nonsense": True}}, yes="over", no="over")

    [(step_id, message)] = found(wrong, OVER)

    assert step_id == "a"
    assert message.startswith("Its rule cannot be read: ")


def test_a_step_that_nobody_reaches_is_named():
    assert found(mail("a", "over"), mail("b", "over"), OVER) == [
        ("b", "Nobody gets here: let another step lead to it, or delete it.")
    ]


def test_two_steps_of_one_id_and_an_id_out_of_shape_are_named():
    assert [message for _, message in found(mail("a", "over"), mail("a", "over"), OVER)] == [
        "Another step has the same id: delete one of the two."
    ] * 2
    assert found(mail("Big Id", "over"), OVER)[0][1].startswith("Its id may hold small letters")


def test_a_way_round_without_a_loop_step_is_refused_once():
    assert found(
        mail("a", "rest"), step("rest", "wait", {"seconds": 90_000}, next="which"),
        step("which", "check", RULE, yes="a", no="over"), OVER,
    ) == [("a", "A way leads round through it without end: make the way back a “Loop back” step.")]  # fmt: skip


@pytest.mark.parametrize(
    ("between", "is_fine"),
    [
        (step("rest", "wait", {"seconds": 86_400}, next="again"), True),
        (step("rest", "wait", {"seconds": 86_399}, next="again"), False),
        (clicked("rest", yes="again", no="again"), True),
        (step("rest", "go_to", next="again"), False),
    ],
)
def test_a_round_takes_at_least_the_shortest_time_or_waits_for_the_person(between, is_fine):
    wrong = found(
        step("first", "check", RULE, yes="rest", no="over"),
        between,
        step("again", "loop", {"max_laps": 2}, again="first", exit="over"),
        OVER,
    )

    message = (
        "A person may come round too fast: between step 1 and here add a wait of at least 1 day, "
        "or wait until something happens."
    )
    assert wrong == ([] if is_fine else [("again", message)])


def test_two_half_waits_make_a_whole_one_and_the_fastest_way_counts():
    half = {"seconds": 43_200}
    steps = [
        step("one", "wait", half, next="two"),
        step("two", "wait", half, next="again"),
        step("again", "loop", {"max_laps": 2}, again="one", exit="over"),
    ]

    assert found(*steps, OVER) == []
    short = step("which", "check", RULE, yes="one", no="two")
    steps[2] = step("again", "loop", {"max_laps": 2}, again="which", exit="over")
    assert [row[0] for row in found(short, *steps, OVER)] == ["again"]


@pytest.mark.parametrize("laps", [None, 0, 1, 1_001, "3", True])
def test_a_loop_needs_a_limit_of_laps(laps):
    settings = {"max_laps": laps}
    wrong = found(
        step("rest", "wait", {"seconds": 86_400}, next="again"),
        step("again", "loop", settings, again="rest", exit="over"),
        OVER,
    )

    assert ("again", "Say how many laps at most: 2 to 1000.") in wrong


def test_a_loop_leads_back_and_not_forward():
    wrong = found(step("again", "loop", {"max_laps": 2}, again="on", exit="over"), mail("on", "over"), OVER)

    assert wrong == [("again", "It must lead back to an earlier step; to jump forward use “Go to”.")]


def test_a_mail_that_is_repeated_is_a_warning_and_does_not_refuse():
    graph = read(
        graph_of(
            mail("hello", "rest"),
            step("rest", "wait", {"seconds": 86_400}, next="again"),
            step("again", "loop", {"max_laps": 3}, again="hello", exit="over"),
            OVER,
        )
    )

    assert [(row.step, row.message, row.is_warning) for row in problems(graph, KNOWN)] == [
        ("hello", "The same mail may reach a person 3 times.", True)
    ]
    assert refusals(graph, KNOWN) == []
    assert paths.most_mails(graph) == 3


def test_the_most_mails_are_those_of_the_longest_way_with_its_laps():
    graph = read(
        graph_of(
            step("which", "check", RULE, yes="a", no="b"),
            mail("a", "c"),
            mail("b", "over"),
            mail("c", "rest"),
            step("rest", "wait", {"seconds": 86_400}, next="again"),
            step("again", "loop", {"max_laps": 4}, again="c", exit="over"),
            OVER,
        )
    )

    assert paths.most_mails(graph) == 5
    assert paths.most_visits(graph)["c"] == 4


def test_a_mail_behind_a_loop_is_sent_once_and_one_reached_by_the_way_back_alone_is_counted():
    graph = read(
        graph_of(
            mail("hello", "rest"),
            step("rest", "wait", {"seconds": 86_400}, next="again"),
            step("again", "loop", {"max_laps": 3}, again="hello", exit="bye"),
            mail("bye", "over"),
            OVER,
        )
    )
    aside = read(
        graph_of(
            step("on", "go_to", next="again"),
            mail("aside", "more"),
            mail("more", "over"),
            step("again", "loop", {"max_laps": 2}, again="aside", exit="over"),
            OVER,
        )
    )

    assert (paths.most_mails(graph), paths.most_visits(graph)["bye"]) == (4, 1)
    assert (paths.most_mails(aside), paths.most_visits(aside)["aside"]) == (2, 1)


def test_with_very_many_laps_the_number_of_mails_is_a_bound():
    steps = [step("rest", "wait", {"seconds": 86_400}, next="hello"), mail("hello", "loop-1")]
    loops = [
        step(f"loop-{n}", "loop", {"max_laps": 1_000}, again="rest", exit=f"loop-{n + 1}" if n < 3 else "over")
        for n in range(1, 4)
    ]

    assert paths.most_mails(read(graph_of(*steps, *loops, OVER))) == 1 + 3 * 999


def test_a_broken_graph_is_listed_and_not_tripped_over():
    rubbish = {"steps": [{"id": "", "kind": ""}, {"kind": 7, "edges": 3}], "entries": "no", "reentry_seconds": []}

    assert {problem.step for problem in problems(read(rubbish), KNOWN)} == {""}
    assert problems(read({"steps": [step(f"s{n}", "end") for n in range(301)]}), KNOWN)[-1].message.startswith("More")


def test_ids_of_emails_are_met_with_and_without_dashes():
    dashed = f"{EMAIL[:8]}-{EMAIL[8:12]}-{EMAIL[12:16]}-{EMAIL[16:20]}-{EMAIL[20:]}"

    assert found(step("a", "mail", {"email": dashed.upper()}, next="over"), OVER) == []
