"""`manage.py backup PATH`: the whole installation in one file."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns.safekeeping import programs, saving
from content.importing.progress import shown


class Command(BaseCommand):
    """Write an archive; the installation may run meanwhile."""

    help = "Writes database, uploads and renditions into one archive, while everything runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("path", type=Path, help="a file to write, or a folder for a file named after the time")

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        """Write and say what is inside.

        Raises: CommandError when the path is taken or the backup fails.
        """
        now, began = timezone.now(), time.monotonic()
        target = path / f"circolare-{now:%Y%m%d-%H%M%S}.tar" if path.is_dir() else path
        if target.exists():
            raise CommandError(f"{target} exists already; it is not overwritten.")
        try:
            with shown(self.stdout) as progress:
                manifest = saving.save(target.absolute(), now=now, progress=progress)
        except (saving.NotSaved, programs.NoProgram) as error:
            raise CommandError(str(error)) from error
        for table, n_rows in manifest.n_rows.items():
            self.stdout.write(f"{n_rows:>12,} {table}")
        self.stdout.write(f"{manifest.n_files:>12,} files, {manifest.n_bytes / 1e6:,.1f} MB")
        size = target.stat().st_size / 1e6
        self.stdout.write(f"{target}: {size:,.1f} MB in {time.monotonic() - began:.1f} s")
