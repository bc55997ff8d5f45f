"""The assembled site as a Django app: its checks, and its refusal to start unsafely."""

from django.apps import AppConfig
from django.conf import settings

from circolare import checks


class CircolareConfig(AppConfig):
    name = "circolare"
    label = "circolare"

    def ready(self) -> None:
        """Pass every process, web, worker, beat and command alike, through the same door.

        Raises: ImproperlyConfigured when real mail would leave from an unsafe installation.
        """
        checks.refuse_unsafe(settings)
