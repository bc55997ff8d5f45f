"""People brought in from a large file: rows a second, and memory that does not grow with the file."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from subscribers.models import Consent, Event, Permission, Subscriber
from tests.bench import AtLeast, AtMost, Line, database, figure
from tests.factories import subscribers as people
from tests.flows import stage

N_SMALL = 40_000
N_ROWS = int(os.environ.get("CIRCOLARE_BENCH_ROWS", "300000"))
N_BAD = 1_000  # every so many rows one cannot be read
MEGABYTES = 300
HEAD = "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,STATUS,TAGS\n"
NAMES = ("Anna", "Bruno", "Carla", "Davide", "Elena", "Fausto", "Giulia", "José", "Livia", "Niccolò", "Olga", "Zoë")
SURNAMES = ("Bianchi", "Colombo", "D'Angelo", "Esposito", "Ferrari", "Marino", "Müller", "Però", "Romano", "Ünal")
COMMAND = ("--source", "a form", "--consent-date", "2024-05-01", "--purpose", "newsletter-lettera")
# Runs the command and tells how long it took without starting Python, and the most memory it held (kB).
PROGRAM = """
import json, resource, sys, time
import django
django.setup()
from django.core.management import call_command
began = time.perf_counter()
call_command("import_subscribers", *sys.argv[1:], stdout=open("/dev/null", "w"))
seconds = time.perf_counter() - began
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


@dataclass(frozen=True)
class Run:
    """One import in a process of its own."""

    seconds: float  # of the whole command: check, validation, merging, report
    megabytes: float  # at its peak


@figure
def importing() -> Iterator[Line]:
    """New people from one CSV file: checked, validated, with consent, permission, event and the refused rows' file."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = write(Path(folder) / "small.csv", N_SMALL), write(Path(folder) / "large.csv", N_ROWS)
        with database() as name:
            people.purpose("newsletter-lettera")
            first = bring_in(name, small, Path(folder))
        with database() as name:
            people.purpose("newsletter-lettera")
            second = bring_in(name, large, Path(folder))
            again = bring_in(name, large, Path(folder))
            n_wrong = max(abs(N_ROWS - N_ROWS // N_BAD - n_rows) for n_rows in rows_written())
    yield Line("importing.rate", N_ROWS / second.seconds, "rows/s", AtLeast(20_000))
    yield Line("importing.again", N_ROWS / again.seconds, "rows/s", beside="the same file a second time")
    yield Line("importing.memory", second.megabytes, "MB", AtMost(MEGABYTES), beside=f"{N_ROWS} rows")
    growth = second.megabytes / first.megabytes
    yield Line("importing.growth", growth, "×", AtMost(1.25), is_ratio=True, beside=f"memory at {N_SMALL} rows")
    yield Line("importing.wrong", n_wrong, "rows", AtMost(0), is_ratio=True, beside="of four rows a person, twice run")


def write(path: Path, n_rows: int) -> Path:
    """A file as Mailchimp writes it; names with accents and quotes, one row in a thousand without an address."""
    chance = random.Random(n_rows)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(n_rows):
            name, surname = chance.choice(NAMES), chance.choice(SURNAMES)
            address = f"{name}.{number}@posta{number % 400}.example" if (number + 1) % N_BAD else "nobody"
            shown = f'"{surname}, di {name}"' if number % 20 == 0 else surname
            file.write(f"{address},{name},{shown},2021-03-04 10:00:00,2021-03-04 10:05:00,subscribed,\n")
    return path


def bring_in(name: str, path: Path, folder: Path) -> Run:
    """Run the command on a database and give its time and memory."""
    program = folder / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    environment = stage.environment(name, folder, "bench-import:") | {"PYTHONPATH": str(stage.ROOT)}
    done = subprocess.run(
        [sys.executable, str(program), str(path), *COMMAND, "--refused", str(folder / "refused.csv")],
        cwd=stage.ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, kilobytes = json.loads(done.stdout)
    return Run(seconds, kilobytes / 1024)


def rows_written() -> tuple[int, int, int, int]:
    """Subscribers, consents, permissions and events that stand there."""
    return (
        Subscriber.objects.count(),
        Consent.objects.count(),
        Permission.objects.count(),
        Event.objects.filter(kind="imported").count(),
    )
