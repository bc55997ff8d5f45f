"""The last results, in docs/benchmarks.md."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from django.db import connection

from tests.bench import Line, calibration

FILE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
ROW = re.compile(r"^\| `(?P<name>[\w.-]+)` \|.*\|$", re.MULTILINE)
BELOW = "\n## "
HEAD = """# Figures

The last results of each figure, written by `make bench KEEP=1` (one figure: `make bench ONLY=name KEEP=1`). Times
depend on the machine and on what else runs; ratios do not. A bar is *ok* or *short*; `-` is shown for comparison only.

| Figure | Value | Bar | | Beside | Measured |
| --- | --- | --- | --- | --- | --- |
"""


def write(lines: list[Line], names: list[str]) -> None:
    """Put the lines in place of the earlier ones of these figures."""
    before = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    where = machine()
    rows = {line.name: row(line, where) for line in lines}
    FILE.write_text(merged(before, rows, names), encoding="utf-8")


def merged(page: str, rows: dict[str, str], names: list[str]) -> str:
    """The page with these rows in its table; what stands below the first heading after the table is left as it is."""
    table, heading, below = page.partition(BELOW)
    earlier = {found["name"]: found[0] for found in ROW.finditer(table) if found["name"].split(".")[0] not in names}
    every = earlier | rows
    return HEAD + "".join(f"{every[name]}\n" for name in sorted(every)) + heading + below


def row(line: Line, where: str) -> str:
    """One line of the table."""
    cells = (f"`{line.name}`", f"{line.value:.4g} {line.unit}", str(line.bar or "-"), line.verdict, line.beside, where)
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """Day, cores, memory, versions, and what a core did at that moment."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            postgres = cursor.fetchone()[0].split()[0]
    finally:
        connection.close()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, "
        f"PostgreSQL {postgres}, calibration {calibration():.0f} MB/s"
    )
