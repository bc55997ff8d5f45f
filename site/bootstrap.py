"""Make `.venv` from the lock: `python3 site/bootstrap.py [GROUP...]`; quick when nothing changed.

Standard library only, and written so that an old Python can read it and say that it is too old.
"""
# ruff: noqa: S603, UP024, UP032

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "circolare.stamp")
UV_RELEASE = "uv>=0.9,<1"

TOO_OLD = (
    "Python 3.11 or newer is needed; {} is {}.{}. Install a newer one, or name it: make demo PYTHON=/path/to/python3.12"
)
READ_ONLY = (
    "{} cannot be written, and Circolare installs its packages into .venv there. Copy the folder to a place of your "
    "own, or make it writable."
)
NO_MODULE = (
    "{} has no module `{}`, which makes virtual environments. On Debian and Ubuntu: apt install python3-venv. "
    "Or install uv (https://docs.astral.sh/uv/). Then run this again."
)
NOT_MADE = "The virtual environment could not be made in {}; the words above say why."
NOT_FETCHED = "The packages of uv.lock could not be installed; the words above say why. Is the network there?"
OTHER_UV = "The uv of this machine could not do it; trying again with one of our own in .venv"
INSTALLING = "Installing the packages of uv.lock into .venv (once, a minute or two)"


def main(groups):
    """Make or mend the environment; gives the exit status."""
    if sys.version_info < OLDEST:
        return with_newer_python(groups)
    wanted = fingerprint(groups)
    if read(STAMP) == wanted and runs([venv_program("python"), "-c", ""]):
        return 0
    if not is_writable(ROOT):
        return refuse(READ_ONLY.format(ROOT))
    say(INSTALLING)
    if not (with_uv_of_machine(wanted) or with_uv_of_venv(wanted)):
        return 1
    with open(STAMP, "w") as handle:
        handle.write(wanted)
    return 0


def with_newer_python(groups):
    """Start again under a newer Python of this machine, or say what is missing."""
    for name in NEWER:
        if runs([name, "-c", "import sys; sys.exit(sys.version_info[:2] < {!r})".format(OLDEST)]):
            return subprocess.call([name, os.path.abspath(__file__)] + list(groups))
    return refuse(TOO_OLD.format(sys.executable, *sys.version_info[:2]))


def with_uv_of_machine(wanted):
    """Whether the machine has uv and it made the environment."""
    uv = shutil.which("uv")
    if not uv:
        return False
    if sync(uv, sys.executable, wanted):
        return True
    say(OTHER_UV)
    return False


def with_uv_of_venv(wanted):
    """Whether an environment with a uv of its own could be made and filled."""
    for module in ("venv", "ensurepip"):
        if not runs([sys.executable, "-c", "import " + module]):
            refuse(NO_MODULE.format(sys.executable, module))
            return False
    python = venv_program("python")
    has_pip = runs([python, "-m", "pip", "--version"])
    if not has_pip and subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]):
        refuse(NOT_MADE.format(VENV))
        return False
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV_RELEASE]
    if subprocess.call(pip) or not sync(venv_program("uv"), python, wanted):
        refuse(NOT_FETCHED)
        return False
    return True


def sync(uv, python, wanted):
    """Whether uv filled the environment with what the lock says; what else stands there (uv itself) is left."""
    command = [uv, "sync", "--frozen", "--inexact", "--compile-bytecode", "--quiet", "--extra", "embedded"]
    command += ["--no-default-groups"]
    for group in wanted.split()[1:]:
        command += ["--group", group]
    variables = dict(os.environ, UV_PROJECT_ENVIRONMENT=VENV, UV_PYTHON=python, UV_PYTHON_DOWNLOADS="never")
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH"):
        variables.pop(name, None)
    return subprocess.call(command, cwd=ROOT, env=variables) == 0


def fingerprint(groups):
    """What the environment is made from, as a digest and the groups asked for now or before.

    The digest covers the lock, the project, its place and the Python.
    """
    total = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        with open(os.path.join(ROOT, name), "rb") as handle:
            total.update(handle.read())
    total.update(repr((ROOT, sys.version_info[:2])).encode("utf-8"))
    before = (read(STAMP) or "").split()[1:]
    return " ".join([total.hexdigest()] + sorted(set(before) | set(groups)))


def venv_program(name):
    """The path of a program of the environment."""
    return os.path.join(VENV, "bin", name)


def runs(command):
    """Whether the command can be run and succeeds."""
    try:
        with open(os.devnull, "w") as nowhere:
            return subprocess.call(command, stdout=nowhere, stderr=nowhere) == 0
    except OSError:
        return False


def is_writable(folder):
    """Whether a file can be made there; asked by doing, since root's rights tell little."""
    trial = os.path.join(folder, ".circolare-trial")
    try:
        with open(trial, "w"):
            pass
        os.remove(trial)
    except (IOError, OSError):
        return False
    return True


def read(file):
    """The text of a file, None where there is none."""
    try:
        with open(file) as handle:
            return handle.read().strip()
    except (IOError, OSError):
        return None


def say(sentence):
    """Tell the person."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def refuse(sentence):
    """Tell the person why it does not go on; gives exit status 1."""
    say(sentence)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
