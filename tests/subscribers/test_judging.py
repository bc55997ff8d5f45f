"""Verdicts on single requests and on a request in the company of others."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.judging import Act, Verdict, Visit, judge, read_agent
from subscribers.models import Evidence, Kind

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpora" / "user-agents"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
YAHOO = "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"
CLICK = Kind.LINK_CLICKED
OPEN = Kind.MAIL_OPENED


def agents(name: str) -> list[str]:
    path = CORPUS / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path.name} is not at hand")
    return [row["ua"] for row in json.loads(path.read_text(encoding="utf-8"))]


def click(**values: object) -> Act:
    return Act(**{"kind": CLICK, "agent": FIREFOX, "seconds": 3600.0, **values})


@pytest.mark.parametrize(
    ("act", "verdict"),
    [
        (click(), Verdict(Evidence.HUMAN, "browser")),
        (click(seconds=None), Verdict(Evidence.HUMAN, "browser")),
        (click(is_trap=True), Verdict(Evidence.MACHINE, "hidden link")),
        (click(method="HEAD"), Verdict(Evidence.MACHINE, "HEAD request")),
        (click(seconds=1.9), Verdict(Evidence.MACHINE, "as the mail arrived")),
        (click(seconds=-0.5), Verdict(Evidence.MACHINE, "as the mail arrived")),
        (click(is_datacentre=True), Verdict(Evidence.MACHINE, "data centre")),
        (click(agent=""), Verdict(Evidence.UNSURE, "no agent")),
        (click(agent="  "), Verdict(Evidence.UNSURE, "no agent")),
        (click(agent="python-requests/2.34"), Verdict(Evidence.MACHINE, "says so")),
        (click(agent="Links (2.30; Linux 6.1; 80x24)"), Verdict(Evidence.UNSURE, "unknown agent")),
        (click(agent=GMAIL), Verdict(Evidence.MACHINE, "image proxy: google")),
        (click(kind=OPEN, agent=GMAIL), Verdict(Evidence.UNSURE, "image proxy: google")),
        (click(kind=OPEN, agent=YAHOO), Verdict(Evidence.UNSURE, "image proxy: yahoo")),
        (click(kind=OPEN, agent="Mozilla/5.0"), Verdict(Evidence.UNSURE, "image proxy: apple")),
        (click(kind=OPEN, agent=GMAIL, seconds=3), Verdict(Evidence.MACHINE, "as the mail arrived")),
        (click(kind=OPEN, seconds=3), Verdict(Evidence.MACHINE, "as the mail arrived")),
        (click(kind=OPEN), Verdict(Evidence.HUMAN, "browser")),
    ],
)
def test_one_request_is_judged_by_its_strongest_sign(act: Act, verdict: Verdict) -> None:
    assert judge(act) == verdict


@pytest.mark.parametrize(
    ("act", "others", "reason"),
    [
        # three of three links, one every second and a half
        (click(position=1, n_links=3), [Visit(2, 1.5), Visit(3, 3.0)], "all links at once"),
        (click(position=3, n_links=3), [Visit(2, -1.5), Visit(1, -3.0)], "all links at once"),
        (click(position=2, n_links=3), [Visit(1, -0.1), Visit(3, 0.1)], "all links at once"),
        # four links of a long mail in one walk
        (click(position=1, n_links=20), [Visit(2, 0.2), Visit(3, 0.4), Visit(4, 0.6)], "all links at once"),
        # both links of a short mail while it is fresh
        (click(position=1, n_links=2, seconds=10), [Visit(2, 0.5)], "all links at once"),
        (click(position=1), [Visit(0, 40, is_trap=True)], "beside the hidden link"),
    ],
)
def test_company_of_a_scanner_makes_a_machine(act: Act, others: list[Visit], reason: str) -> None:
    assert judge(act, others) == Verdict(Evidence.MACHINE, reason)


@pytest.mark.parametrize(
    ("act", "others"),
    [
        (click(position=1, n_links=3), [Visit(2, 2.0), Visit(3, 4.0)]),  # a gap of two seconds breaks the walk
        (click(position=1, n_links=20), [Visit(2, 0.2), Visit(3, 0.4)]),  # three tabs of twenty
        (click(position=1, n_links=2), [Visit(2, 0.5)]),  # both links, an hour later
        (click(position=1, n_links=3), [Visit(1, 0.1), Visit(1, 0.2), Visit(1, 0.3)]),  # the same link again
        (click(position=1), [Visit(0, 90, is_trap=True)]),  # a scanner, then a person
        (click(position=1, n_links=1, seconds=10), []),  # the only link
    ],
)
def test_company_of_a_reader_does_not(act: Act, others: list[Visit]) -> None:
    assert judge(act, others) == Verdict(Evidence.HUMAN, "browser")


def test_no_browser_of_the_corpus_is_called_a_machine_and_four_in_five_are_people() -> None:
    verdicts = {agent: read_agent(agent[:512])[0] for agent in agents("browsers")}

    assert [agent for agent, evidence in verdicts.items() if evidence == Evidence.MACHINE] == []
    assert sum(evidence == Evidence.HUMAN for evidence in verdicts.values()) / len(verdicts) >= 0.78


def test_of_the_corpus_of_bots_nine_in_ten_are_machines_and_hardly_one_a_person() -> None:
    verdicts = [read_agent(agent[:512])[0] for agent in agents("bots")]

    assert verdicts.count(Evidence.MACHINE) / len(verdicts) >= 0.9
    assert verdicts.count(Evidence.HUMAN) / len(verdicts) <= 0.006


def test_previews_of_the_corpus_never_click_as_people() -> None:
    previews = [
        agent for agent in agents("email-proxies") if not agent.startswith(("Mozilla/", "Outlook", "Microsoft"))
    ]

    assert len(previews) > 20
    assert [a for a in previews if judge(click(agent=a)).evidence == Evidence.HUMAN] == []


@given(st.text(max_size=600), st.floats(0, 1e9), st.integers(0, 65_535))
def test_any_agent_gets_a_verdict(agent: str, seconds: float, position: int) -> None:
    verdict = judge(Act(kind=CLICK, agent=agent, seconds=seconds, position=position))

    assert verdict.evidence in Evidence.values
    assert 0 < len(verdict.reason) <= 60


def test_a_hostile_agent_is_read_quickly() -> None:
    hostile = ["a" * 512, "a." * 256, "(" * 512, "bot" * 170, "Mozilla/5.0 (" + " " * 490, "@a" * 256, "x-" * 256]

    began = time.perf_counter()
    for agent in hostile:
        judge(click(agent=agent))

    assert time.perf_counter() - began < 1.0
