"""`take_bounce --to ADDRESS < mail`: a mail server hands over what came back, as its pipe delivery does."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from campaigns.deliverability import intake, returned


class Command(BaseCommand):
    """Reads one returned mail from standard input."""

    help = "Take in one mail that came back (a delivery report or a complaint), read from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The address it came to: Postfix writes ${original_recipient}, Exim $local_part@$domain."""
        parser.add_argument("--to", required=True, help="the address the mail was delivered to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 0 whatever the mail says; an error of ours ends otherwise, so that the server tries again."""
        raw = sys.stdin.buffer.read(returned.MAX_BYTES)
        n_taken = intake.take_mail(raw, recipient=options["to"], now=timezone.now())
        self.stdout.write(f"{n_taken} reports taken in")
