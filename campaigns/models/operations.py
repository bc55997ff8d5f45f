"""What keeps an installation honest about itself: heartbeats, last-done marks, and the fence."""

from django.db import models


class Heartbeat(models.Model):
    """When a part of the installation last said that it lives: `beat`, `worker:send`, …"""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Chore(models.Model):
    """Work that is due once in a while, and when it was last done, to the end."""

    name = models.CharField(max_length=80, primary_key=True)
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)  # its numbers

    def __str__(self) -> str:
        return self.name


class Fence(models.Model):
    """Which database this is. A restored copy has another identity: sending stays closed until confirmed."""

    identity = models.CharField(max_length=120)  # system identifier and database oid
    is_open = models.BooleanField(default=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=150, blank=True)

    def __str__(self) -> str:
        return "open" if self.is_open else self.closed_reason
