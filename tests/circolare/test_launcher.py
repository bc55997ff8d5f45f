"""The launcher, started for real: what it survives, what it refuses, what it leaves behind."""

import fcntl
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.circolare.launching import (
    READY,
    ROOT,
    Launch,
    copy_of_the_code,
    fresh_environment,
    launched,
    wait_until_gone,
)
from tests.short import ONCE

# In CI the suite runs on two kinds of servers; these tests start servers of their own, so once is enough.
pytestmark = ONCE

SECOND_START_SECONDS = 60.0  # the figure itself, 10 s, is measured by `make bench ONLY=demo`
KILL_SECONDS = 10.0
IS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="session")
def prepared_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `var` after a first start that was stopped; made once for all test processes, to be copied."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "prepared"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "var" / "done").exists():
            with launched(shared / "var", shared / "log") as first:
                first.wait_for(READY)
                assert first.stop() == 0
            (shared / "var" / "done").touch()
    return shared / "var"


@pytest.fixture
def var(prepared_var: Path, tmp_path: Path) -> Path:
    """A `var` of the test's own, ready for a second start."""
    return copy_var(prepared_var, tmp_path / "var")


def copy_var(source: Path, target: Path) -> Path:
    """A copy with owners and permissions."""
    subprocess.run(["cp", "-a", source, target], check=True)
    return target


def test_a_start_is_served_by_web_worker_and_beat_and_ctrl_c_ends_all_of_it(var: Path, tmp_path: Path) -> None:
    with launched(var, tmp_path / "log") as launch:
        launch.wait_for(READY, SECOND_START_SECONDS)
        status, page = launch.get("/it/")
        pid_of(launch, " beat ")  # starts last, when the page was served
        lines = " ".join(launch.survivors().values())
        assert (status, "<html" in page) == (200, True)
        assert all(part in lines for part in ("granian", " worker ", " beat ", "postgres -D", "valkey-server"))
        assert launch.stop() == 0
        assert launch.survivors() == {}


def test_a_first_start_keeps_secrets_and_logins_to_its_user(prepared_var: Path) -> None:
    modes = {name: stat.S_IMODE((prepared_var / name).stat().st_mode) for name in ("env", "logins.txt", "postgres")}
    names = [line.split()[0] for line in (prepared_var / "logins.txt").read_text().splitlines() if line[0] != "#"]

    assert modes == {"env": 0o600, "logins.txt": 0o600, "postgres": 0o700}
    assert names == ["author", "editor", "marketer", "analyst", "admin"]


def test_a_second_start_keeps_database_secrets_and_passwords(var: Path, tmp_path: Path) -> None:
    secrets_before = [line for line in (var / "env").read_text().splitlines() if "KEY" in line]
    logins_before = (var / "logins.txt").read_text()
    with launched(var, tmp_path / "log") as launch:
        launch.wait_for(READY, SECOND_START_SECONDS)
        secrets_after = [line for line in (var / "env").read_text().splitlines() if "KEY" in line]
        assert "First start" not in launch.words
        assert (secrets_after, (var / "logins.txt").read_text()) == (secrets_before, logins_before)
        assert logins_before.splitlines()[-1].split()[1] in launch.words


def test_a_killed_launcher_leaves_nothing_and_starts_again(var: Path, tmp_path: Path) -> None:
    with launched(var, tmp_path / "log") as launch:
        launch.wait_for(READY, SECOND_START_SECONDS)
        launch.kill()
        assert wait_until_gone(launch, KILL_SECONDS) == {}
    with launched(var, tmp_path / "log2") as again:
        again.wait_for(READY, SECOND_START_SECONDS)
        assert again.get("/it/")[0] == 200


def test_a_launcher_killed_with_its_guard_leaves_nothing(var: Path, tmp_path: Path) -> None:
    with launched(var, tmp_path / "log") as launch:
        launch.wait_for(READY, SECOND_START_SECONDS)
        guard = next(pid for pid, line in launch.survivors().items() if "guard.py" in line)
        os.kill(guard, signal.SIGKILL)
        launch.kill()
        assert wait_until_gone(launch, KILL_SECONDS) == {}


def test_a_first_start_killed_midway_is_made_good_by_the_next(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with launched(var, tmp_path / "log") as launch:
        launch.wait_for("First start")
        launch.kill()
        assert wait_until_gone(launch, KILL_SECONDS) == {}
    with launched(var, tmp_path / "log2") as again:
        again.wait_for(READY)
        assert again.get("/it/")[0] == 200


def test_half_a_data_folder_is_made_anew(tmp_path: Path) -> None:
    unfinished = tmp_path / "test" / "postgres.new"
    (unfinished / "base").mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    result = errand(tmp_path, "true", CELERY_BROKER_URL="redis://127.0.0.1:1/0")

    assert (result.returncode, unfinished.exists()) == (0, False)


def test_a_process_id_that_now_belongs_to_a_stranger_does_not_stop_the_start(var: Path, tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "300"])
    try:
        (var / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{var}/postgres\n1\n5432\n\n\n  1 1\nready\n")
        with launched(var, tmp_path / "log") as launch:
            launch.wait_for(READY, SECOND_START_SECONDS)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_launcher_in_the_same_clone_is_refused(var: Path, tmp_path: Path) -> None:
    with launched(var, tmp_path / "log") as first:
        first.wait_for(READY, SECOND_START_SECONDS)
        words = refusal(tmp_path, CIRCOLARE_VAR_DIR=str(var))
        assert f"already runs from {var} (process {first.process.pid})" in words
        assert first.get("/it/")[0] == 200


def test_two_clones_run_side_by_side_in_deep_spaced_private_folders(prepared_var: Path, tmp_path: Path) -> None:
    homes = [tmp_path / "private" / f"two words, è {number}" / ("deep" * 20) / "clone" for number in (1, 2)]
    for home in homes:
        copy_of_the_code(home)
        copy_var(prepared_var, home / "var")
    (tmp_path / "private").chmod(0o700)
    with (
        launched(homes[0] / "var", tmp_path / "log1", root=homes[0]) as one,
        launched(homes[1] / "var", tmp_path / "log2", root=homes[1]) as two,
    ):
        for launch in (one, two):
            launch.wait_for(READY, SECOND_START_SECONDS)
            assert launch.get("/it/")[0] == 200
        one.stop()
        assert two.get("/it/")[0] == 200
    assert stat.S_IMODE((tmp_path / "private").stat().st_mode) == 0o700


def test_a_dead_child_is_told_and_started_again(var: Path, tmp_path: Path) -> None:
    with launched(var, tmp_path / "log") as launch:
        launch.wait_for(READY, SECOND_START_SECONDS)
        beat = pid_of(launch, " beat ")
        os.kill(beat, signal.SIGKILL)
        launch.wait_for("beat was ended by SIGKILL; starting it again in 1 s", 10)
        assert pid_of(launch, " beat ") != beat


def pid_of(launch: Launch, word: str) -> int:
    """The process whose command line holds the word, as soon as there is one."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for pid, line in launch.survivors().items():
            if word in line:
                return pid
        time.sleep(0.1)
    raise AssertionError(f"no {word} process")


def test_a_launcher_ends_with_the_make_that_started_it(var: Path, tmp_path: Path) -> None:
    with launched(var, tmp_path / "log", prefix=("sh", "-c", 'MAKELEVEL=1 "$@"; true', "sh")) as launch:
        launch.wait_for(READY, SECOND_START_SECONDS)
        launch.kill()
        assert wait_until_gone(launch, KILL_SECONDS) == {}


def test_a_taken_port_is_refused_with_another_to_try(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert refusal(tmp_path, port=port).startswith(f"Port {port} on 127.0.0.1 cannot be used")
        assert f"PORT={port % 65535 + 1} make demo" in refusal(tmp_path, port=port)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"PORT": "http"}, "PORT must be a number from 1 to 65535, not 'http'."),
        ({"HOST": "192.0.2.7"}, "Port "),
        ({"CIRCOLARE_VAR_DIR": "/proc/circolare"}, "/proc/circolare cannot be written"),
    ],
)
def test_bad_places_are_refused_in_a_sentence(variables: dict[str, str], sentence: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, **variables).startswith(sentence)


def refusal(tmp_path: Path, *, port: int = 8765, **variables: str) -> str:
    """What a launcher says that refuses to start."""
    everything = {"CIRCOLARE_VAR_DIR": str(tmp_path / "var"), "PORT": str(port)} | variables
    result = subprocess.run(
        [sys.executable, "-m", "circolare.launch", "demo"],
        cwd=ROOT,
        env=fresh_environment(**everything),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, result.stderr) == (1, "")
    return result.stdout


@pytest.mark.skipif(not IS_ROOT, reason="only root needs another identity")
def test_root_without_user_namespaces_runs_postgresql_as_nobody(tmp_path: Path) -> None:
    prefix = (sys.executable, str(Path(__file__).with_name("no_namespaces.py")))
    if subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("this system has no user namespaces to take away")
    open_folder = Path("/tmp") / f"circolare-nobody-{os.getpid()}"  # pytest's own folders are closed to others
    question = "import os, psycopg; print('version', psycopg.connect(os.environ['DATABASE_URL']).info.server_version)"
    try:
        result = errand(open_folder, sys.executable, "-c", question, prefix=prefix)
        assert (result.returncode, result.stdout) == (0, "version 180006\n")
        assert (open_folder / "test" / "postgres").stat().st_uid == 65534
    finally:
        shutil.rmtree(open_folder, ignore_errors=True)


@pytest.mark.skipif(not IS_ROOT, reason="already an ordinary user")
def test_an_ordinary_user_runs_all_of_it(prepared_var: Path, tmp_path: Path) -> None:
    home = Path("/tmp") / f"circolare-user-{os.getpid()}"  # pytest's own folders are closed to others
    (home / "python").mkdir(parents=True)
    var = copy_var(prepared_var, home / "var")
    subprocess.run(["chown", "-R", "65534:65534", home], check=True)
    prefix, python = as_nobody(home / "python")
    packages = str(Path(sys.prefix) / "lib" / f"python3.{sys.version_info.minor}" / "site-packages")
    # Its own library first: the place it was built for is closed to nobody.
    variables = {"PYTHONPATH": packages, "LD_LIBRARY_PATH": str(home / "python" / "lib"), "HOME": str(home)}
    try:
        with launched(var, tmp_path / "log", prefix=prefix, python=python, **variables) as launch:
            launch.wait_for(READY, SECOND_START_SECONDS)
            assert launch.get("/it/")[0] == 200
            assert {Path(f"/proc/{pid}").stat().st_uid for pid in launch.survivors()} == {65534}
    finally:
        shutil.rmtree(home)


def as_nobody(place: Path) -> tuple[tuple[str, ...], str]:
    """A prefix that makes a command user nobody's, and a Python for it; skips where that cannot be had.

    Our own Python often stands in root's private home: it is shown at another place, to that command alone.
    """
    show = 'mount --bind "$0" "$1" && shift && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"'
    prefix = ("unshare", "--mount", "sh", "-c", show, sys.base_prefix, str(place))
    python = str(place / "bin" / f"python3.{sys.version_info.minor}")
    # By a shell: the very first program is still opened with root's rights.
    trial = [*prefix, "sh", "-c", 'exec "$0" -c "import os; os.stat(\'manage.py\')"', python]
    if subprocess.run(trial, cwd=ROOT, capture_output=True, check=False).returncode:
        pytest.skip("user nobody cannot be given a Python here")
    return prefix, python


def test_tests_have_servers_and_keys_of_their_own(tmp_path: Path) -> None:
    names = ("DATABASE_URL", "CELERY_BROKER_URL", "SECRET_KEY", "CIRCOLARE_VAR_DIR")
    question = f"import os, json; print(json.dumps({{n: os.environ[n] for n in {names!r}}}))"
    result = errand(tmp_path, sys.executable, "-c", question, CELERY_BROKER_URL="redis://127.0.0.1:1/0")
    seen = json.loads(result.stdout)

    assert seen["CELERY_BROKER_URL"] == "redis://127.0.0.1:1/0"
    assert seen["DATABASE_URL"].startswith("postgresql://postgres@/circolare?host=/")
    assert (len(seen["SECRET_KEY"]) >= 50, seen["CIRCOLARE_VAR_DIR"]) == (True, str(tmp_path / "test"))


def test_an_errand_gives_the_status_of_its_command_and_starts_nothing_that_is_given(tmp_path: Path) -> None:
    given = {"DATABASE_URL": "postgresql://x@/x", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0"}

    result = errand(tmp_path, "sh", "-c", "exit 7", **given)

    assert (result.returncode, (tmp_path / "test" / "postgres").exists()) == (7, False)


def errand(
    var: Path, *command: str, prefix: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """A command beside the servers of a test run, to its end."""
    return subprocess.run(
        [*prefix, sys.executable, "-m", "circolare.launch", "test", *command],
        cwd=ROOT,
        env=fresh_environment(CIRCOLARE_VAR_DIR=str(var), **variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
