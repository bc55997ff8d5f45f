"""The two programs that judge, fetched by npx at the versions that the figures were made with."""

import subprocess

CHECKER = ("vnu-jar@26.9.27", "vnu")
LIGHTHOUSE = ("lighthouse@12.8.2", "lighthouse")


class Absent(Exception):
    """A program could not be had; the text says which and why."""


def run(program: tuple[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end. Raises: Absent, where there is no Node or npm cannot fetch it."""
    package, name = program
    command = ["npx", "--yes", "--package", package, name, *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Absent(f"{package} needs Node: there is no `npx` on this machine") from error
