"""`manage.py setup_code`: where the first login is made, and the code that the page asks for."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from circolare import setup


class Command(BaseCommand):
    help = "Prints the address of the set-up page and its code, as long as nobody has a login."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them.

        Raises: CommandError when somebody has a login: the page is closed then.
        """
        if not setup.is_open():
            raise CommandError("Somebody has a login already: the set-up is closed. See `manage.py createsuperuser`.")
        self.stdout.write(f"{settings.BASE_URL}{reverse('setup')}\n{setup.code()}")
