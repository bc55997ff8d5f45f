"""The first thing a newcomer runs: what it says when the machine is not ready, and that it is quick when it is."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_UV = "/usr/bin:/bin"
OLD_PYTHONS = ("python2", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with what the bootstrap looks at."""
    (tmp_path / "site").mkdir()
    for name in ("site/bootstrap.py", "uv.lock", "pyproject.toml", "Makefile"):
        shutil.copy2(ROOT / name, tmp_path / name)
    return tmp_path


def bootstrap(
    clone: Path, *groups: str, python: str = sys.executable, prefix: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run it as `make` does, on a machine without uv."""
    return subprocess.run(
        [*prefix, python, str(clone / "site" / "bootstrap.py"), *groups],
        env={"PATH": NO_UV, "HOME": str(clone)} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def without(module: str, folder: Path) -> str:
    """A PYTHONPATH under which the module is missing, as Debian's Python has it without python3-venv."""
    folder.mkdir()
    (folder / f"{module}.py").write_text("raise ImportError('not installed')\n")
    return str(folder)


def make_it_done(clone: Path, *groups: str) -> None:
    """As an earlier run with these groups left it."""
    spec = importlib.util.spec_from_file_location("bootstrap", clone / "site" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (clone / ".venv" / "circolare.stamp").write_text(module.fingerprint(groups))


def old_python() -> str:
    """A Python of this machine that is too old; skips where there is none."""
    installed = [str(path) for path in sorted(Path.home().glob(".pyenv/versions/[23].*/bin/python"))]
    question = "import sys; sys.exit(sys.version_info >= (3, 11))"
    for candidate in (*OLD_PYTHONS, *installed):
        if shutil.which(candidate) and not subprocess.run([candidate, "-c", question], check=False).returncode:
            return candidate
    pytest.skip("no old Python here")


def test_a_python_that_is_too_old_is_named(clone: Path, tmp_path: Path) -> None:
    only_old = tmp_path / "bin"
    only_old.mkdir()

    result = bootstrap(clone, python=old_python(), PATH=str(only_old))

    assert result.returncode == 1
    assert result.stderr.startswith("Python 3.11 or newer is needed; ")


def test_a_newer_python_beside_an_old_one_is_used(clone: Path, tmp_path: Path) -> None:
    beside = tmp_path / "bin"
    beside.mkdir()
    (beside / "python3.13").symlink_to(sys.executable)
    make_it_done(clone)

    result = bootstrap(clone, python=old_python(), PATH=str(beside))

    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_virtual_environments_says_which_package_is_missing(
    module: str, clone: Path, tmp_path: Path
) -> None:
    result = bootstrap(clone, PYTHONPATH=without(module, tmp_path / "shadow"))

    assert result.returncode == 1
    assert f"has no module `{module}`" in result.stderr
    assert "apt install python3-venv" in result.stderr
    assert not (clone / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(clone: Path) -> None:
    result = read_only(clone)

    assert result.returncode == 1
    assert result.stderr.startswith(f"{clone} cannot be written")


def read_only(clone: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a folder that is read-only even for root; skips where that cannot be made."""
    if os.geteuid() != 0:
        clone.chmod(0o555)
        return bootstrap(clone)
    mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" || exit 77; exec "$@"'
    result = bootstrap(clone, prefix=("unshare", "--mount", "sh", "-c", mount, str(clone)))
    if result.returncode == 77:
        pytest.skip("nothing can be mounted here")
    return result


def test_nothing_is_done_when_nothing_changed(clone: Path, tmp_path: Path) -> None:
    make_it_done(clone, "test")
    shadow = without("venv", tmp_path / "shadow")

    for groups in (["test"], []):
        result = bootstrap(clone, *groups, PYTHONPATH=shadow)
        assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("change", ["lock", "group", "python"])
def test_a_change_of_lock_groups_or_python_is_noticed(change: str, clone: Path, tmp_path: Path) -> None:
    make_it_done(clone, "test")
    if change == "lock":
        (clone / "uv.lock").write_text("version = 1\n")
    if change == "python":
        (clone / ".venv" / "bin" / "python").unlink()

    groups = ["test", "bench"] if change == "group" else ["test"]
    result = bootstrap(clone, *groups, PYTHONPATH=without("venv", tmp_path / "shadow"))

    assert "Installing the packages of uv.lock" in result.stderr
    assert result.returncode == 1  # since this machine cannot make virtual environments


def test_make_hands_the_refusal_on(clone: Path, tmp_path: Path) -> None:
    result = subprocess.run(
        ["make", "demo", f"PYTHON={sys.executable}"],
        cwd=clone,
        env={"PATH": NO_UV, "PYTHONPATH": without("venv", tmp_path / "shadow")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 2
    assert "has no module `venv`" in result.stderr
    assert "Traceback" not in result.stderr
