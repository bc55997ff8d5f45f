"""Subscribers: a person with an address, and what they told us about themselves."""

import uuid

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Who may be written to; derived from consents, suppressions and the pause, stored for reading."""

    WAITING = "waiting", _("Waiting for confirmation")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    BOUNCING = "bouncing", _("Bouncing")
    COMPLAINED = "complained", _("Complained")
    BLOCKED = "blocked", _("Asked not to be written to")
    ERASED = "erased", _("Erased")


class Frequency(models.TextChoices):
    """How often a person wants issues and journey mails; kept by the gate."""

    EACH = "each", _("Each one")
    WEEKLY = "weekly", _("At most one mail a week")


class Stage(models.TextChoices):
    """The five A's of the customer path; `none` where nothing was observed."""

    NONE = "none", _("Not known")
    AWARE = "aware", _("Aware")
    APPEAL = "appeal", _("Appeal")
    ASK = "ask", _("Ask")
    ACT = "act", _("Act")
    ADVOCATE = "advocate", _("Advocate")


class Subscriber(models.Model):
    """A person with an address.

    `address` is as written; `address_key` is the normalised form by which two writings of one mailbox
    meet (see `subscribers.addresses`). After erasure both are NULL and the row stays for the counts.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    address = models.CharField(_("address"), max_length=320, null=True)
    address_key = models.CharField(max_length=320, null=True, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True)
    locale = models.CharField(_("language"), max_length=8, default="it")
    zone = models.CharField(_("time zone"), max_length=64, blank=True)  # IANA name; empty: the publisher's
    role = models.CharField(_("I am a…"), max_length=64, blank=True)
    attributes = models.JSONField(_("fields"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING, db_index=True)
    frequency = models.CharField(_("frequency"), max_length=16, choices=Frequency, default=Frequency.EACH)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, default=Stage.NONE)
    topics = models.ManyToManyField("content.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    source = models.CharField(_("source"), max_length=120, blank=True)  # form:…, import:…, api:…
    is_sample = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ("-created_at", "-id")
        permissions = [
            ("export_subscriber", _("Can export people")),
            ("erase_subscriber", _("Can erase people")),
            ("import_subscriber", _("Can import people")),
        ]
        constraints = [
            models.CheckConstraint(
                name="subscriber_erased_has_no_address",
                condition=models.Q(state=State.ERASED, address=None, address_key=None, name="")
                | (~models.Q(state=State.ERASED) & models.Q(address__isnull=False, address_key__isnull=False)),
            )
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="subscriber_newest"),
            GinIndex(OpClass(Upper("address_key"), name="gin_trgm_ops"), name="subscriber_address_trigram"),
        ]

    def __str__(self) -> str:
        return self.name or self.address or str(_("Erased person"))


class Erasure(models.Model):
    """That somebody was erased, and whether every room has followed. Names nobody; the proof that the work ran."""

    subscriber_id = models.BigIntegerField(unique=True)  # no key: the row says nothing about anybody
    at = models.DateTimeField()
    followed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["at"], name="erasure_to_follow", condition=models.Q(followed_at=None))]

    def __str__(self) -> str:
        return f"erased {self.at:%Y-%m-%d}"
