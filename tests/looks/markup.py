"""Is every page valid HTML? Asked of the W3C's own checker (Nu Html Checker), which is strict and right."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.looks import programs
from tests.looks.visitor import Seen, Visitor


def look(base: str) -> bool:
    """Print what is wrong, a line each; gives whether nothing is."""
    seen = list(Visitor(base).pages())
    troubles = check(seen)
    for trouble in troubles:
        print(trouble)
    print(f"markup: {len(seen)} pages, {len(troubles)} errors and warnings")
    return not troubles


def check(seen: list[Seen]) -> list[str]:
    """`page:line: message` of each error and warning."""
    with TemporaryDirectory() as folder:
        files = {str(Path(folder) / f"{number}.html"): page for number, page in enumerate(seen)}
        for file, page in files.items():
            Path(file).write_text(page.html, encoding="utf-8")
        result = programs.run(programs.CHECKER, "--format", "json", "--exit-zero-always", *files)
    try:
        messages = json.loads(result.stderr[result.stderr.index("{") :])["messages"]
    except ValueError as error:
        raise programs.Absent(f"The checker did not answer: {result.stderr or result.stdout}") from error
    return [
        f"{files[one['url'].removeprefix('file:')].name}:{one.get('lastLine', '')}: {one['message']}"
        for one in messages
    ]
