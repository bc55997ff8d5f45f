"""`manage.py revive_events`: let events that were given up be looked at again, once their trouble is mended."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from subscribers import events


class Command(BaseCommand):
    """Give dead letters another round."""

    help = "Let events that were given up after several tries be looked at again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Revive all of them and say how many, with the troubles they died of."""
        for trouble in sorted(set(events.dead().values_list("error", flat=True))):
            self.stdout.write(f"  {trouble}")
        n_revived = events.revive(events.dead())
        words = ngettext("%(n)s event waits again.", "%(n)s events wait again.", n_revived)
        self.stdout.write(words % {"n": n_revived})
