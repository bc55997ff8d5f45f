"""Reading a graph's JSON: as far as it goes, never failing."""

from datetime import UTC, datetime

import pytest

from campaigns.journeys.graph import Act, Entry, Graph, Step, Thing, read

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PAGE = "0123456789abcdef0123456789abcdef"
DASHED = "01234567-89AB-cdef-0123-456789abcdef"


def test_a_whole_graph_is_read_as_it_is_written():
    data = {
        "entries": [{"on": "consent.confirmed", "object": {"kind": "purpose", "key": "newsletter-lettera"}}],
        "reentry_seconds": 86_400,
        "steps": [
            {"id": "hello", "name": "Hello", "kind": "mail", "settings": {"email": "e"}, "edges": {"next": "over"}},
            {"id": "over", "name": "", "kind": "end"},
        ],
    }

    assert read(data) == Graph(
        entries=(Entry("consent.confirmed", Thing("purpose", "newsletter-lettera")),),
        reentry_seconds=86_400,
        steps=(
            Step("hello", "Hello", "mail", {"email": "e"}, {"next": "over"}),
            Step("over", "", "end"),
        ),
    )


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        {},
        {"steps": "no", "entries": 3},
        {"steps": [None, 7, []], "reentry_seconds": True},
        {"entries": [None], "steps": {}},
    ],
)
def test_what_is_no_graph_is_read_as_an_empty_one(data):
    assert read(data) == Graph()


def test_a_step_of_wrong_shapes_keeps_what_can_be_understood():
    graph = read({"steps": [{"id": 7, "kind": None, "settings": [], "edges": {"next": None, "a": 3}}]})

    assert graph.steps == (Step("7", "", "", {}, {"a": "3"}),)


def test_of_two_steps_with_one_id_the_first_is_found():
    graph = read({"steps": [{"id": "a", "kind": "end"}, {"id": "a", "kind": "mail"}]})

    assert graph.by_id["a"].kind == "end"


@pytest.mark.parametrize(
    ("thing", "fits"),
    [
        (Thing("page", DASHED), True),
        (Thing("page", "f" * 32), False),
        (Thing("resource", PAGE), True),
        (Thing("topic", "aa"), True),
        (Thing("topic", "bb"), False),
        (Thing("page", "12"), False),
        (Thing("link", "12"), False),
    ],
)
def test_a_page_is_met_by_its_translation_key_and_a_topic_among_its_topics(thing, fits):
    act = Act(1, "link.clicked", NOON, "page", "12", translation=PAGE, topics=("aa",))

    assert thing.fits(act) is fits


def test_another_thing_is_met_by_kind_and_key():
    act = Act(1, "consent.confirmed", NOON, "purpose", "tracking")

    assert Thing("purpose", "tracking").fits(act)
    assert not Thing("purpose", "newsletter-x").fits(act)
    assert not Thing("journey", "tracking").fits(act)


def test_reaching_does_not_follow_the_ways_out_of_a_stop():
    graph = read(
        {
            "steps": [
                {"id": "a", "kind": "wait", "edges": {"next": "b"}},
                {"id": "b", "kind": "mail", "edges": {"next": "c"}},
                {"id": "c", "kind": "wait", "edges": {"next": "d"}},
                {"id": "d", "kind": "end"},
            ]
        }
    )

    assert graph.reachable("a", stops=lambda step: step.kind == "wait") == {"a", "b", "c"}
    assert graph.reachable("a") == {"a", "b", "c", "d"}
