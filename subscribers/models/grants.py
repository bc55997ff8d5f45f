"""Grants: a person's right to one resource, whatever else they agreed to."""

import uuid

from django.db import models
from django.utils import timezone

from subscribers.models.people import Subscriber


class Grant(models.Model):
    """One person, one resource (in one language). Title and address are frozen: the page may go."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="grants")
    resource = models.ForeignKey("content.ResourcePage", on_delete=models.SET_NULL, null=True, related_name="+")
    title = models.CharField(max_length=255)
    page_url = models.CharField(max_length=500, blank=True)
    granted_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    n_downloads = models.PositiveIntegerField(default=0)
    last_download_at = models.DateTimeField(null=True)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "resource"],
                name="grant_once",
                condition=models.Q(resource__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.title


class ShareCount(models.Model):
    """How often a page was shared by each network's link; a count, nothing about who."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    network = models.CharField(max_length=20)
    n_shares = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "network"], name="share_count_once")]

    def __str__(self) -> str:
        return f"{self.network}: {self.n_shares}"


class TakenCount(models.Model):
    """How many people took a resource; grown at a person's first download, or once a day and network."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    n_people = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.page_id}: {self.n_people}"


class UsefulCount(models.Model):
    """How many readers answered that a page was useful, and how many that it was not; nothing about who."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    n_yes = models.PositiveIntegerField(default=0)
    n_no = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.page_id}: {self.n_yes} of {self.n_yes + self.n_no}"
