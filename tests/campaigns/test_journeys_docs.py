"""What docs/journeys.md shows is true: the two graphs are the ready-made ones, the example of a kind works."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from campaigns.journeys import templates
from campaigns.journeys.advance import advance, begin
from campaigns.journeys.graph import read
from campaigns.journeys.position import Facts
from campaigns.journeys.steps import KINDS
from tests.campaigns.journey_graphs import NOON, graph_of, step

PAGE = Path(__file__).resolve().parents[2] / "docs" / "journeys.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_two_graphs_are_what_the_templates_make():
    shown = [json.loads(block) for block in blocks("json")]

    welcome = templates.welcome(
        "1" * 32, "2" * 32, "3" * 32, "4" * 32,
        purpose="newsletter-lettera", page_a="a" * 32, language="en", limit_seconds=120, breath_seconds=0,
    )  # fmt: skip
    resource = templates.resource("5" * 32, "6" * 32, "7" * 32, language="en", wait_seconds=60, limit_seconds=120)
    assert shown == [welcome, resource]


def test_each_kind_stands_in_the_table():
    page = PAGE.read_text(encoding="utf-8")

    assert [kind for kind in KINDS if f"| `{kind}` |" not in page] == []


def test_the_example_of_a_kind_decides_the_same_however_often_it_is_looked_at(monkeypatch):
    [source] = blocks("python")
    names: dict[str, object] = {}
    exec(compile(source, str(PAGE), "exec"), names)
    monkeypatch.setitem(KINDS, "coin", names["COIN"])
    graph = read(graph_of(step("toss", "coin", heads="a", tails="b"), step("a", "end"), step("b", "end")))

    def way(run_id: int, later: timedelta = timedelta()) -> str:
        position = replace(begin(graph, run_id, NOON), entered_step_at=NOON)
        return advance(graph, position, Facts(NOON), NOON + later)[0].step

    ways = [way(run_id) for run_id in range(200)]
    assert 70 < ways.count("a") < 130
    assert ways == [way(run_id, timedelta(hours=1)) for run_id in range(200)]
