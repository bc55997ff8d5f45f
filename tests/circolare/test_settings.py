"""The settings table says what the code reads, and the other way round; bad values are named."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.exceptions import ImproperlyConfigured

from circolare import env

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| `([A-Z_]+…?)` \| (.+?) \| (.+) \|$", re.MULTILINE)
READERS = {"text", "flag", "number", "words"}
# Read by name where the launcher takes a person's whole environment.
LAUNCHER = {"HOST", "PORT", "NO_COLOR", "FORCE_COLOR"}
IMAGES = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB"}


def documented() -> dict[str, str]:
    """Variable → default, as the table says."""
    return {name: default for name, default, _ in ROW.findall((ROOT / "docs" / "settings.md").read_text())}


def read_by_code() -> dict[str, list[ast.expr]]:
    """Variable → the further arguments of the call that reads it, in every module of the rooms."""
    found = {}
    for room in ("site", "content", "subscribers", "campaigns", "tasks"):
        for path in (ROOT / room).rglob("*.py"):
            for call in reading_calls(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call.args[0], ast.Constant):
                    found[call.args[0].value] = call.args[1:]
    return found


def reading_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr in READERS and getattr(node.func.value, "id", "") == "env":
            yield node


def test_every_variable_that_is_read_stands_in_the_table_and_no_other() -> None:
    named = {name for name in documented() if not name.endswith("…")}

    assert named == set(read_by_code()) | LAUNCHER | IMAGES


def test_plain_defaults_are_the_documented_ones() -> None:
    table = documented()
    words = {True: "yes", False: "no"}
    wrong = {}
    for name, rest in read_by_code().items():
        default = rest[0] if rest else ast.Constant("")
        if not isinstance(default, ast.Constant) or not default.value and not isinstance(default.value, bool | int):
            continue
        value = words.get(default.value, str(default.value)) if isinstance(default.value, bool) else str(default.value)
        if table[name] != f"`{value}`":
            wrong[name] = (table[name], value)

    assert wrong == {}


def test_nothing_else_reads_the_environment() -> None:
    # accounts.py reads the variable that a sending account names, programs.py hands the environment on.
    allowed = {"env.py", "celery.py", "wsgi.py", "bootstrap.py", "checks.py", "accounts.py", "programs.py"}
    readers = [
        str(path.relative_to(ROOT))
        for room in ("site", "content", "subscribers", "campaigns", "tasks")
        for path in (ROOT / room).rglob("*.py")
        if "environ" in {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)}
        and path.name not in allowed
        and "launch" not in path.parts
    ]

    assert readers == []


def test_every_variable_of_the_containers_stands_in_the_table() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    used = {name for service in compose["services"].values() for name in service.get("environment", {})}
    used |= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / "docs" / "circolare.env.example").read_text()
    used |= {line.partition("=")[0] for line in example.splitlines() if line and not line.startswith("#")}

    assert used <= set(documented())


def test_the_example_for_containers_holds_no_secret() -> None:
    example = (ROOT / "docs" / "circolare.env.example").read_text().splitlines()
    values = dict(line.split("=", 1) for line in example if line and not line.startswith("#"))

    assert [values[name] for name in ("SECRET_KEY", "CIRCOLARE_DIGEST_KEY", "POSTGRES_PASSWORD")] == ["", "", ""]


@pytest.mark.parametrize(
    ("read", "raw", "value"),
    [
        (lambda: env.flag("X", False), "On", True),
        (lambda: env.flag("X", True), "no", False),
        (lambda: env.number("X", 3), "12", 12),
        (lambda: env.number("X", 3), "", 3),
        (lambda: env.words("X"), " a, b ,,", ["a", "b"]),
        (lambda: env.text("X", "d"), "v", "v"),
    ],
)
def test_good_values_are_read(read: object, raw: str, value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", raw)

    assert read() == value


@pytest.mark.parametrize(
    ("read", "raw"),
    [
        (lambda: env.flag("X", False), "perhaps"),
        (lambda: env.number("X", 3), "three"),
        (lambda: env.number("X", 3, at_least=1), "0"),
        (lambda: env.database("mysql://host/name"), ""),
        (lambda: env.database("postgresql://host"), ""),
    ],
)
def test_bad_values_are_refused_with_their_name(read: object, raw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", raw)

    with pytest.raises(ImproperlyConfigured, match="X|DATABASE_URL"):
        read()


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    monkeypatch.delenv("X", raising=False)

    assert env.text("X") == "from the file"


def test_the_environment_goes_before_the_file_and_a_broken_line_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("X", "outside")
    monkeypatch.setenv("Y", "to be removed")
    monkeypatch.delenv("Y")
    (tmp_path / "env").write_text('# note\nX=inside\nY="quoted"\n')
    env.load_file(tmp_path / "env")
    assert (env.text("X"), env.text("Y")) == ("outside", "quoted")

    (tmp_path / "env").write_text("X=1\nnonsense\n")
    with pytest.raises(ImproperlyConfigured, match="line 2"):
        env.load_file(tmp_path / "env")


def test_a_socket_folder_is_a_host() -> None:
    read = env.database("postgresql://postgres@/circolare?host=/var/run/x&sslmode=disable")

    assert (read["HOST"], read["NAME"], read["OPTIONS"]) == ("/var/run/x", "circolare", {"sslmode": "disable"})
