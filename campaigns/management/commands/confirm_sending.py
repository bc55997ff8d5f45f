"""`manage.py confirm_sending`: open the fence of a copied or restored database."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from campaigns import fence


class Command(BaseCommand):
    """Say that this database is the one that sends."""

    help = "Lets a copied or restored database send. Shows what waits, and asks whether the original may have sent it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one question, answered on the command line."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument(
            "--moved",
            action="store_true",
            help="the original stopped before the copy was taken: send what waits",
        )
        choice.add_argument(
            "--restored",
            action="store_true",
            help="the original went on after the copy was taken: hold unfinished mailings, give up single mails",
        )

    def handle(self, *args: Any, moved: bool, restored: bool, **options: Any) -> None:
        """Show, or open.

        Raises: CommandError when the question is not answered.
        """
        if fence.is_open():
            self.stdout.write("Sending is open already; nothing was changed.")
            return
        waiting = fence.waiting()
        self.stdout.write(f"Sending is closed: {fence.reason()}")
        self.stdout.write(f"{waiting.n_mailings} mailings are not finished, {waiting.n_deliveries} mails wait.")
        if not moved and not restored:
            raise CommandError("Say which it is: --moved or --restored (manage.py confirm_sending --help).")
        done = fence.confirm(getpass.getuser(), sends_waiting=moved, now=timezone.now())
        self.stdout.write(f"Sending is open. {done.n_held} mailings held, {done.n_excluded} mails given up.")
