"""What four pages weigh and how soon they stand on a middling phone: Lighthouse's own profile, medians of three."""

import json
import os
import shutil
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from bs4 import BeautifulSoup

from tests.bench import AtLeast, AtMost, Line
from tests.looks import programs

N_RUNS = 3
N_TRIES = 3  # a busy machine may keep Chromium from painting in time
SCORES = {"accessibility": 100, "best-practices": 100, "seo": 100, "performance": 98}
CHROME = "--chrome-flags=--headless=new --no-sandbox"
FONTS_KB, TEXTS_KB, LCP_SECONDS = 90, 60, 1.8


@dataclass(frozen=True)
class Run:
    """One look of Lighthouse at one page."""

    scores: dict[str, float]  # of 100
    lcp_seconds: float  # until the largest thing in sight stands
    shift: float  # how much jumps about (CLS)
    kilobytes: dict[str, float]  # over the line, by kind: Document, Font, Image, …


def look(base: str) -> bool:
    """Print a line for each figure; gives whether all bars are reached."""
    lines = [line for name, address in addresses(base).items() for line in figures(name, address)]
    for line in lines:
        print(f"{line.name} {line.value:.4g} {line.unit} {line.bar or '-'} {line.verdict}")
    return all(line.verdict != "short" for line in lines)


def addresses(base: str) -> dict[str, str]:
    """The four pages by name."""
    front = BeautifulSoup(requests.get(f"{base}/it/", timeout=30).text, "html.parser")
    article = front.select_one(".lead h2 a")
    if article is None:
        raise LookupError(f"{base}/it/ leads to no article")
    paths = {"article": article["href"], "home": "/it/", "library": "/it/risorse/", "subscribe": "/it/subscribe/"}
    return {name: f"{base}{path}" for name, path in paths.items()}


def figures(name: str, address: str) -> Iterator[Line]:
    """The medians of a page."""
    runs = [run(address) for _ in range(N_RUNS)]
    for kind, limit in SCORES.items():
        score = statistics.median(one.scores[kind] for one in runs)
        yield Line(f"{name}.{kind}", score, "of 100", AtLeast(limit))
    yield Line(f"{name}.lcp", statistics.median(one.lcp_seconds for one in runs), "s", AtMost(LCP_SECONDS))
    yield Line(f"{name}.shift", max(one.shift for one in runs), "CLS", AtMost(0))
    weight = runs[-1].kilobytes
    yield Line(f"{name}.fonts", weight.get("Font", 0.0), "kB", AtMost(FONTS_KB))
    rest = sum(weight.values()) - weight.get("Font", 0.0) - weight.get("Image", 0.0)
    yield Line(f"{name}.texts", rest, "kB", AtMost(TEXTS_KB))
    yield Line(f"{name}.all", sum(weight.values()), "kB")


def run(address: str) -> Run:
    """Look once, and again where the page could not be judged. Raises: Absent, when that does not help."""
    os.environ.setdefault("CHROME_PATH", shutil.which("chromium") or shutil.which("google-chrome") or "")
    for _attempt in range(N_TRIES):
        report = ask(address)
        if all(report["categories"][name]["score"] is not None for name in SCORES):
            return read(report)
    raise programs.Absent(f"Lighthouse could not judge {address}: {report.get('runWarnings')}")


def ask(address: str) -> dict[str, Any]:  # Any: Lighthouse's own JSON
    """Its report. Raises: Absent, when it says nothing."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        given = programs.run(programs.LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={file}", CHROME)
        if not file.exists():
            raise programs.Absent(f"Lighthouse did not answer: {given.stderr}")
        return json.loads(file.read_text(encoding="utf-8"))


def read(report: dict[str, Any]) -> Run:
    """What we want of a report."""
    audits = report["audits"]
    kilobytes: dict[str, float] = {}
    for item in audits["network-requests"]["details"]["items"]:
        kind = item["resourceType"]
        kilobytes[kind] = kilobytes.get(kind, 0.0) + item["transferSize"] / 1000
    return Run(
        scores={name: 100 * report["categories"][name]["score"] for name in SCORES},
        lcp_seconds=audits["largest-contentful-paint"]["numericValue"] / 1000,
        shift=audits["cumulative-layout-shift"]["numericValue"],
        kilobytes=kilobytes,
    )
