"""`manage.py clear_sample`: takes the sample publication away, and nothing else."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.sample import clear
from content.importing import progress


class Command(BaseCommand):
    help = "Removes the sample publication: its rows and only them."

    def handle(self, *args: Any, **options: Any) -> None:
        """Clear, and say what went and what stayed."""
        with progress.quiet():
            cleared = clear.clear(timezone.now())
        if not cleared.counts and not cleared.kept:
            self.stdout.write(_("There is no sample here."))
        for what, count in cleared.counts.items():
            self.stdout.write(f"{count:>6}  {what}")
        for kept in cleared.kept:
            self.stdout.write(self.style.WARNING(_("Kept: %(what)s.") % {"what": kept}))
