"""The launcher's parts that can be asked without starting anything."""

import io
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from circolare.launch import embedded, environment, guard, places, postgres, prepare
from circolare.launch.children import how_it_ended
from circolare.launch.console import Console, open_console
from circolare.launch.places import Places
from circolare.launch.refusal import Refusal


def said(speaker: str, line: str, *, colours: bool = False) -> str:
    """A line as the log shows it, without its clock."""
    stream = io.StringIO()
    Console(stream, colours=colours).tell(speaker, line)
    return stream.getvalue().split(" ", 1)[1]


def test_a_line_is_told_under_its_speaker_with_one_clock() -> None:
    assert said("web", "2026-11-21 21:05:06,123 INFO django.request GET /\n") == "web       INFO django.request GET /\n"
    assert said("worker", "plain\n") == "worker    plain\n"
    assert said("fill_sample", "10 %\r50 %\r100 %\n") == "fill_sample 100 %\n"


def test_errors_are_red_and_names_have_colours() -> None:
    assert said("web", "ERROR no\n", colours=True) == "\x1b[36mweb      \x1b[0m \x1b[31mERROR no\x1b[0m\n"


@pytest.mark.parametrize(
    ("variables", "has_colours"),
    [({}, False), ({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False)],
)
def test_colours_follow_the_person_where_no_terminal_is(
    variables: dict[str, str], has_colours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert open_console(io.StringIO()).colours is has_colours


def test_a_listener_that_left_is_noticed() -> None:
    stream = io.StringIO()
    console = Console(stream, colours=False)
    stream.close()

    console.say("hello")

    assert console.is_closed


def test_secrets_are_made_once_and_addresses_are_those_of_this_start(tmp_path: Path) -> None:
    here = Places(tmp_path)
    first = environment.keep(here, {}, {"BASE_URL": "http://127.0.0.1:8000"})
    second = environment.keep(here, {}, {"BASE_URL": "http://127.0.0.1:8001"})

    assert len({first["SECRET_KEY"], first["CIRCOLARE_DIGEST_KEY"]}) == 2
    assert all(first[name] == second[name] and len(first[name]) >= 50 for name in environment.SECRETS)
    assert environment.read(here.environment)["BASE_URL"] == second["BASE_URL"] == "http://127.0.0.1:8001"
    assert stat.S_IMODE(here.environment.stat().st_mode) == 0o600


def test_what_the_person_set_wins_and_is_not_written_down(tmp_path: Path) -> None:
    here = Places(tmp_path)
    before = environment.keep(here, {}, {})["SECRET_KEY"]
    given = {"SECRET_KEY": "the person's own", "DATABASE_URL": "postgresql://me:secret@db/mine"}
    whole = environment.keep(here, given, {"DATABASE_URL": "postgresql://embedded"})

    assert (whole["SECRET_KEY"], whole["DATABASE_URL"]) == ("the person's own", "postgresql://me:secret@db/mine")
    assert "secret@" not in here.environment.read_text()
    assert environment.keep(here, {}, {})["SECRET_KEY"] == before


@pytest.mark.parametrize(
    ("host", "url", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", {"127.0.0.1", "localhost"}),
        ("0.0.0.0", "http://127.0.0.1:8000", {"127.0.0.1", "localhost"}),
        ("::1", "http://[::1]:8000", {"::1", "127.0.0.1", "localhost"}),
    ],
)
def test_the_site_answers_to_the_names_it_is_reached_by(host: str, url: str, expected: set[str]) -> None:
    names = environment.public_names(host, 8000)

    assert names["BASE_URL"] == url
    assert expected <= set(names["ALLOWED_HOSTS"].split(","))
    assert (len(names["ALLOWED_HOSTS"].split(",")) > len(expected)) is (host == "0.0.0.0")


def test_sockets_stand_near_unless_the_path_needs_quoting_or_is_long(tmp_path: Path) -> None:
    def folder(var: Path) -> Path:
        var.mkdir(parents=True)
        return places.socket_folder(var, "postgres", os.geteuid())

    plain = Path("/tmp") / f"plain-{os.getpid()}"
    far = [folder(tmp_path / "two words"), folder(tmp_path / "com,ma"), folder(tmp_path / ("d" * 80))]
    try:
        assert folder(plain) == plain / "postgres.run"
        assert len({*far}) == 3
        assert {path.parent for path in far} == {Path("/tmp")}
        assert {stat.S_IMODE(path.stat().st_mode) for path in far} == {0o700}
    finally:
        for path in (*far, plain / "postgres.run", plain):
            path.rmdir()


def test_a_socket_folder_that_somebody_else_made_is_not_used(tmp_path: Path) -> None:
    var = tmp_path / "two words"
    var.mkdir()
    first = places.socket_folder(var, "postgres", os.geteuid())
    first.chmod(0o777)

    second = places.socket_folder(var, "postgres", os.geteuid())

    try:
        assert second != first
        assert stat.S_IMODE(second.stat().st_mode) == 0o700
    finally:
        first.rmdir()
        second.rmdir()


def test_preparing_is_repeated_only_when_a_file_changed(tmp_path: Path) -> None:
    here = Places(tmp_path)
    seen = prepare.digest(prepare.migration_files())
    assert not prepare.is_prepared(here, "database", seen)

    prepare.prepared(here, "database", seen)
    assert prepare.is_prepared(here, "database", prepare.digest(prepare.migration_files()))

    here.stamps.write_text(json.dumps({"database": seen})[:-5])  # as a kill leaves it
    assert not prepare.is_prepared(here, "database", seen)


def test_the_guard_knows_what_still_runs() -> None:
    orders = ["+10 SIGINT\n", "+11 SIGTERM\n", "+12 SIGQUIT\n", "-11\n", "-99\n"]

    assert guard.follow(orders) == {10: signal.SIGINT, 12: signal.SIGQUIT}


def test_the_guard_ends_a_stubborn_group_by_force() -> None:
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", stubborn], start_new_session=True, stdout=subprocess.PIPE)
    child.stdout.readline()

    guard.end({child.pid: signal.SIGTERM})

    assert child.wait(5) == -signal.SIGKILL
    child.stdout.close()


def test_a_data_folder_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("14\n")
    server = postgres.Server(embedded.postgres_folder(), tmp_path, tmp_path, "same")

    with pytest.raises(Refusal, match="was made by PostgreSQL 14, this version brings 18"):
        postgres.check_version(server)


@pytest.mark.parametrize("find", ["postgres_folder", "valkey_program"])
def test_a_platform_without_wheels_is_told_the_two_variables(find: str) -> None:
    ask = f"from circolare.launch import embedded; embedded.{find}()"
    # -S: no site-packages, as where no wheel could be installed.
    result = subprocess.run(
        [sys.executable, "-S", "-c", ask],
        env={"PYTHONPATH": str(places.ROOT / "site")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Linux (x86-64, aarch64) and macOS" in result.stderr
    assert "set DATABASE_URL and CELERY_BROKER_URL" in result.stderr


@pytest.mark.parametrize(
    ("status", "words"), [(0, "ended with status 0"), (3, "ended with status 3"), (-9, "was ended by SIGKILL")]
)
def test_an_end_is_told_in_words(status: int, words: str) -> None:
    assert how_it_ended(status) == words
