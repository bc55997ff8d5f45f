"""The ready-made graphs may be published as they come, and lead where they say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns.journeys import templates
from campaigns.journeys.graph import read
from campaigns.journeys.known import KnownEmail
from campaigns.journeys.position import Mail
from campaigns.journeys.validation import problems
from tests.campaigns.journey_graphs import KNOWN, NOON, Walk, act

EMAILS = {name: f"{number:032x}" for number, name in enumerate(["hello", "more_a", "more_b", "question"], 1)}
BOTH = frozenset({"it", "en"})
READY = replace(
    KNOWN,
    emails={key: KnownEmail(name, BOTH) for name, key in EMAILS.items()},
    resources={"d" * 32: "The map"},
)


def welcome(**rest: object) -> dict:
    return templates.welcome(**EMAILS, purpose="newsletter-lettera", page_a="a" * 32, **rest)


def resource(**rest: object) -> dict:
    return templates.resource(EMAILS["hello"], EMAILS["more_a"], EMAILS["more_b"], **rest)


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(
    "graph", [welcome, resource, lambda **rest: resource(resource="d" * 32, **rest)], ids=["welcome", "any", "one"]
)
def test_a_ready_made_graph_has_no_problem_in_either_language(graph, language):
    assert problems(read(graph(language=language)), READY) == []


def test_a_ready_made_graph_goes_quickly_where_asked():
    quick = welcome(limit_seconds=120, breath_seconds=0)

    assert problems(read(quick), READY) == []
    assert [step["id"] for step in quick["steps"]] == [
        "hello", "first-click", "which", "more-a", "more-b", "question", "over"
    ]  # fmt: skip


@pytest.mark.parametrize(("page", "second"), [("a" * 32, "more-a"), ("b" * 32, "more-b"), ("", "question")])
def test_the_welcome_leads_by_what_was_clicked(page, second):
    acts = (act(1, NOON + timedelta(hours=1), page=page, step="hello"),) if page else ()

    walk = Walk(read(welcome()), acts).to_the_end()

    assert [effect.step for effect in walk.effects if isinstance(effect, Mail)] == ["hello", second]


@pytest.mark.parametrize(("clicks", "second"), [(True, "deeper"), (False, "short")])
def test_a_resource_is_followed_by_interest(clicks, second):
    acts = (act(1, NOON + timedelta(days=2), step="found-it"),) if clicks else ()

    walk = Walk(read(resource()), acts).to_the_end()

    assert [effect.step for effect in walk.effects if isinstance(effect, Mail)] == ["found-it", second]
