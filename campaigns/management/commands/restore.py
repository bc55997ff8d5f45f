"""`manage.py restore PATH`: put an archive back, with sending closed."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns.safekeeping import programs, restoring
from campaigns.safekeeping.archive import BadArchive
from content.importing.progress import shown


class Command(BaseCommand):
    """Put an archive of `backup` back: all of it or nothing."""

    help = "Puts an archive of `manage.py backup` back. Nothing is sent afterwards until `manage.py confirm_sending`."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Where from, and whether what is there may go."""
        parser.add_argument("path", type=Path, help="an archive of `manage.py backup`")
        parser.add_argument("--replace", action="store_true", help="replace a database that is not empty")

    def handle(self, *args: Any, path: Path, replace: bool, **options: Any) -> None:
        """Check, restore, compare, say what to do next.

        Raises: CommandError when the archive or the target is no good; everything is as before then.
        """
        began = time.monotonic()
        try:
            with shown(self.stdout) as progress:
                done = restoring.restore(path, replaces=replace, now=timezone.now(), progress=progress)
        except (BadArchive, restoring.NotRestored, programs.NoProgram) as error:
            raise CommandError(str(error)) from error
        for table, n_rows in done.n_rows.items():
            self.stdout.write(f"{n_rows:>12,} {table}")
        self.stdout.write(f"{done.manifest.n_files:>12,} files, {done.manifest.n_bytes / 1e6:,.1f} MB")
        for former in done.moved_away:
            self.stdout.write(f"The files that were there before now stand in {former}; delete them when all is well.")
        self.stdout.write(f"Restored as of {done.manifest.made_at} in {time.monotonic() - began:.1f} s.")
        if done.n_rows != done.manifest.n_rows:
            raise CommandError("The numbers differ from those noted at the backup: look before you go on.")
        self.stdout.write("Sending is closed. Next: manage.py migrate, look around, manage.py confirm_sending.")
