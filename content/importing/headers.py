"""The head of a Markdown file: YAML between two `---`, or `Key: value` lines up to the first empty one."""

import re
from dataclasses import dataclass

import yaml
from django.utils.translation import gettext as _

from content.importing.findings import Broken, Place
from content.importing.wordlists import wordlist

# A file without a head may begin with "Note: …": only one of these words, first of all lines, makes a head.
OPENING_KEYS = wordlist(
    "title titolo date data author autore authors slug status lang language lingua category categories categoria tags "
    "topics summary description subtitle number layout published draft id"
)
KEY_LINE = re.compile(r"([A-Za-zÀ-ÿ][\wÀ-ÿ -]{0,60}?)\s*:(?:\s+(.*)|\s*)$")
MAX_LINES = 500
MAX_DEPTH = 20  # of YAML


@dataclass(frozen=True)
class Head:
    """What stands above the text."""

    values: dict[str, object]  # keys in lower case with `_`; every value a text, a list or a mapping of texts
    body: str
    body_line: int  # the line on which the body begins, from 1


def split(text: str, name: str) -> Head:
    """Part a file into its head and its body; a file without a head is all body.

    Raises: Broken with line and column where a head is opened and cannot be read.
    """
    lines = text.split("\n")
    first = lines[0].rstrip() if lines else ""
    if first == "---":
        return _yaml_head(lines, name)
    if first == "+++":
        raise Broken(Place(name, 1, 1), _("A head in TOML is not read; YAML between two --- lines is."))
    match = KEY_LINE.match(first)
    if match and _key(match[1]) in OPENING_KEYS:
        return _plain_head(lines, name)
    return Head({}, text, 1)


def _yaml_head(lines: list[str], name: str) -> Head:
    ends = (number for number, line in enumerate(lines[1 : MAX_LINES + 1], start=1) if line.rstrip() in ("---", "..."))
    end = next(ends, None)
    if end is None:
        raise Broken(Place(name, 1, 1), _("The head opened by --- is never closed."))
    values = _load("\n".join(lines[1:end]), name)
    return Head(values, "\n".join(lines[end + 1 :]), end + 2)


def _load(source: str, name: str) -> dict[str, object]:
    """The mapping that a YAML text holds; scalars stay texts, so that `no` and 2024 mean what they say."""
    loader = _Texts(source)
    try:
        loaded = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 2, mark.column + 1) if mark else (1, 1)
        raise Broken(Place(name, line, column), _("The head is no YAML: %(why)s") % {"why": error.problem}) from error
    except yaml.YAMLError as error:
        raise Broken(Place(name, 2, 1), _("The head is no YAML: %(why)s") % {"why": error}) from error
    finally:
        loader.dispose()
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise Broken(Place(name, 2, 1), _("The head holds no keys with values."))
    return {_key(str(key)): value for key, value in loaded.items()}


class _Texts(yaml.BaseLoader):
    """YAML without types, references (they multiply) and bottomless nesting."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: object) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "references (*name) are not read", mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, "nested too deeply", self.peek_event().start_mark)
        node = super().compose_node(parent, index)  # type: ignore[arg-type]
        self.depth -= 1
        return node


def _plain_head(lines: list[str], name: str) -> Head:
    values: dict[str, object] = {}
    key = ""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            return Head(values, "\n".join(lines[number:]), number + 1)
        if line[0] in " \t" and key:
            values[key] = f"{values[key]} {line.strip()}".strip()
            continue
        match = KEY_LINE.match(line)
        if match is None:
            raise Broken(Place(name, number, 1), _("Here a line “Key: value” or an empty line was expected."))
        key = _key(match[1])
        values[key] = (match[2] or "").strip()
    return Head(values, "", len(lines) + 1)


def _key(written: str) -> str:
    return re.sub(r"[\s-]+", "_", written.strip()).lower()
