"""`manage.py fill_sample`: the sample publication, made through the product's own functions."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.sample import fill
from campaigns.sample.wish import SEED
from content.importing import progress


class Command(BaseCommand):
    help = "Fills the site with the sample publication: articles, resources, newsletters, journeys, invented readers."

    def add_arguments(self, parser: CommandParser) -> None:
        """The seed of chance and the day from which dates count back."""
        parser.add_argument(
            "--seed", type=int, default=SEED, help="the same number draws the same people and what they do"
        )
        parser.add_argument("--day", type=date.fromisoformat, default=None, help="reference day, YYYY-MM-DD; today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill, unless it is filled."""
        now = timezone.now()
        today = timezone.localdate(now)
        day = options["day"] or today
        if day > today:
            raise CommandError(_("The reference day %(day)s has not come yet; the newest is today.") % {"day": day})
        try:
            with progress.quiet(), progress.shown(self.stderr) as step:
                filled = fill.fill(seed=options["seed"], day=day, now=now, say=step)
        except fill.Occupied as error:
            message = _("The sample needs names that are taken here: %(names)s. Nothing was changed.")
            raise CommandError(message % {"names": error}) from error
        if filled is None:
            self.stdout.write(_("The sample is there already; nothing was changed."))
            return
        told = {"articles": filled.n_articles, "people": filled.n_people}
        self.stdout.write(_("The sample is there: %(articles)d articles, %(people)d invented readers.") % told)
