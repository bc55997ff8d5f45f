"""The words of the interface: English in the sources, Italian in the catalogue; none fuzzy, none left by mistake."""

import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "site" / "locale"
# Words that are written alike in Italian and English, or are names.
ALIKE = set((ROOT / "tests" / "circolare" / "alike.txt").read_text(encoding="utf-8").splitlines())


def catalogue() -> object:
    with (LOCALE / "it" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale="it")


def strings(message: object) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def identifiers(message: object) -> tuple[str, ...]:
    return tuple(message.id) if isinstance(message.id, tuple | list) else (message.id,)


def test_no_entry_is_fuzzy() -> None:
    assert [message.id for message in catalogue() if message.id and message.fuzzy] == []


def test_every_word_has_its_italian() -> None:
    empty = [message.id for message in catalogue() if message.id and not all(strings(message))]

    assert empty == []


def test_italian_differs_from_english_but_for_the_listed_words() -> None:
    alike = [
        message.id for message in catalogue() if message.id and message.string == message.id and message.id not in ALIKE
    ]

    assert alike == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    def places(text: str) -> set[str]:
        return {part.split(")")[0] for part in text.split("%(")[1:]}

    wrong = [
        message.id
        for message in catalogue()
        if message.id
        for string in strings(message)
        if not places(string) <= set().union(*(places(text) for text in identifiers(message)))
    ]

    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (LOCALE / "it" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    for message in catalogue():
        if message.id and all(strings(message)) and not message.context and isinstance(message.id, str):
            assert compiled.gettext(message.id) == message.string


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext to read the sources")
def test_no_word_of_the_sources_is_missing(tmp_path: Path) -> None:
    if "CI" not in os.environ and not (ROOT / ".git").exists():
        pytest.skip("needs a git checkout")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if name.endswith((".py", ".html", ".txt", ".mjml", ".po")) and not name.startswith(("tests/", "docs/")):
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
    make = "from django.core.management import execute_from_command_line as run; import sys; run(sys.argv)"
    arguments = ["makemessages", "--locale=it", "--no-obsolete", "--extension=html,txt,mjml,py", "--no-wrap"]
    subprocess.run(
        [sys.executable, "-c", make, *arguments],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.extraction", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    with (tmp_path / "site" / "locale" / "it" / "LC_MESSAGES" / "django.po").open("rb") as file:
        wanted = {identifiers(message) for message in read_po(file, locale="it") if message.id}

    missing = wanted - {identifiers(message) for message in catalogue() if message.id}

    assert missing == set()


def test_italian_has_its_own_marks() -> None:
    wrong = [
        string
        for message in catalogue()
        if message.id
        for string in strings(message)
        if re.search(r"[“”]|\w'\w|\b(?:[Pp]o|[Dd]i)'(?!\w)", string)
    ]

    assert wrong == []
