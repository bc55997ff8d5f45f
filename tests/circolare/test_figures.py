"""What `make bench KEEP=1` does to docs/benchmarks.md."""

from tests.bench import kept

BY_HAND = "\n## Written by hand\n\n| `home` | 100 |\n| --- | --- |\n\n## And more\n"


def test_new_figures_take_the_place_of_the_old_and_leave_all_else_alone() -> None:
    page = kept.HEAD + "| `article.weight` | 20 |\n| `sending.gone` | 1 |\n| `sending.rate` | 2 |\n" + BY_HAND

    after = kept.merged(page, {"sending.rate": "| `sending.rate` | 3 |"}, ["sending"])

    assert after == kept.HEAD + "| `article.weight` | 20 |\n| `sending.rate` | 3 |\n" + BY_HAND


def test_the_page_as_it_stands_is_merged_into_itself() -> None:
    page = kept.FILE.read_text(encoding="utf-8")

    assert kept.merged(page, {}, []) == page
