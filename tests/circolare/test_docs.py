"""Every page of docs/ stands in its index, and every link in them leads somewhere. Needs neither Django nor Sphinx."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), *ROOT.glob("*.md")])
CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def prose(page: Path) -> str:
    """The page without its code, in which brackets are no links."""
    return CODE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """Its headings as addresses name them."""
    headings = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(page: Path) -> Iterator[str]:
    """The links that lead to no file, or to no heading of it."""
    for target, anchor in LINK.findall(prose(page)):
        file = (page.parent / target).resolve() if target else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            yield f"{target}#{anchor}"


def test_every_page_stands_in_the_index_once() -> None:
    named = re.findall(r"\]\(([\w-]+\.md)\)", prose(DOCS / "index.md"))

    assert sorted(named) == sorted(page.name for page in DOCS.glob("*.md") if page.name != "index.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(dead_links(page)) == []


def test_pages_of_docs_name_no_file_above_them() -> None:
    """Those files are no pages of the built documentation."""
    upward = [(page.name, link) for page in DOCS.glob("*.md") for link, _ in LINK.findall(prose(page)) if ".." in link]

    assert upward == []
