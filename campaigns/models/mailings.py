"""Mailings and the ledger of deliveries: every mail to one person, of every kind, is one row here."""

import re
import uuid
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

EMAIL_VARIABLE = re.compile(r"EMAIL_URL(_[A-Z0-9_]+)?")  # an account shall not read other secrets


class Account(models.Model):
    """A way out for mail. Its speed may be changed while mails leave; all workers share it."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    # Empty: EMAIL_URL of the environment. Else the name of an environment variable that holds such an address.
    url_variable = models.CharField(_("environment variable"), max_length=80, blank=True)
    n_per_second = models.PositiveIntegerField(_("mails a second"), default=0, help_text=_("0: no limit."))
    n_connections = models.PositiveSmallIntegerField(_("connections of each worker"), default=4)
    n_per_connection = models.PositiveIntegerField(_("mails on one connection"), default=1000)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    pause_reason = models.CharField(_("why"), max_length=500, blank=True)
    is_default = models.BooleanField(_("mail leaves by this account"), default=False)

    class Meta:
        verbose_name = _("sending account")
        verbose_name_plural = _("sending accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], name="account_one_default", condition=models.Q(is_default=True)
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row; a default account takes the place of the one before, in one transaction.

        Changes: the standing mailings too (journeys, service mails), which do not end and would stay with the old one.
        """
        with transaction.atomic():
            before = Account.objects.filter(is_default=True).exclude(pk=self.pk) if self.is_default else ()
            ids = [account.pk for account in before]
            Account.objects.filter(pk__in=ids).update(is_default=False)
            super().save(*args, **kwargs)
            Mailing.objects.filter(is_standing=True, account__in=ids).update(account=self)

    def clean(self) -> None:
        """Refuse variables that are no mail address of ours, and to leave mail without a way out.

        Raises: ValidationError at `url_variable` or `is_default`.
        """
        if self.url_variable and not EMAIL_VARIABLE.fullmatch(self.url_variable):
            raise ValidationError({"url_variable": _("EMAIL_URL, or a name that begins with EMAIL_URL_.")})
        if not self.is_default and Account.objects.filter(pk=self.pk, is_default=True).exists():
            raise ValidationError({"is_default": _("Mail needs a way out: tick this in another account instead.")})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """All but "one default": saving a new default takes it from the old one."""
        super().validate_constraints(exclude={*(exclude or ()), "is_default"})


class DomainBrake(models.Model):
    """A receiving domain that asked us to slow down or stop, or that we limit ourselves.

    An empty domain stands for the account's own server.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="brakes")
    domain = models.CharField(_("domain"), max_length=255)
    n_per_second = models.PositiveIntegerField(_("mails a second"), default=0, help_text=_("0: no limit."))
    stopped_until = models.DateTimeField(_("stopped until"), null=True, blank=True)
    n_in_a_row = models.PositiveSmallIntegerField(default=0, editable=False)  # stops since it last went well
    reason = models.CharField(_("why"), max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "domain"], name="domain_brake_once")]

    def __str__(self) -> str:
        return self.domain


class PurposeClass(models.TextChoices):
    """What the gate asks for: issues and journey mails need consent, pass caps and quiet hours."""

    ISSUE = "issue", _("Issue")
    JOURNEY = "journey", _("Journey")
    RESOURCE = "resource", _("Resource")
    SERVICE = "service", _("Service")
    TEST = "test", _("Test")


class Mailing(models.Model):
    """The act of sending one message to an audience. A standing one (journey step, service mail) does not end."""

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        HOLDING = "holding", _("About to leave")  # the undo window
        FREEZING = "freezing", _("Counting readers")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        HELD = "held", _("Needs you")  # stopped by a check, with held_reason
        FINISHED = "finished", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    purpose_class = models.CharField(max_length=16, choices=PurposeClass)
    purpose = models.ForeignKey(
        "subscribers.Purpose", on_delete=models.PROTECT, null=True, related_name="+"
    )  # what the gate asks consent for; NULL where none is needed
    # Exactly one of these says what is sent; journey and step name where a standing one belongs.
    issue = models.ForeignKey("campaigns.IssuePage", on_delete=models.SET_NULL, null=True, related_name="mailings")
    email = models.UUIDField(null=True)  # translation key of an Email
    service_kind = models.CharField(max_length=20, blank=True)  # a MailRequest.Kind, `test`, …
    key = models.CharField(max_length=120, unique=True)  # issue:12:1, journey:3:step:welcome, service:confirm
    title = models.CharField(max_length=255)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    is_standing = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=State)
    held_reason = models.CharField(max_length=500, blank=True)
    scheduled_at = models.DateTimeField(null=True)  # when freezing may begin
    n_per_second = models.PositiveIntegerField(default=0)  # mails, below what the account may; 0: as fast as that
    n_expected = models.PositiveIntegerField(null=True)  # people counted on the review page
    n_candidates = models.PositiveIntegerField(default=0)
    is_snapshot_complete = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ("-id",)
        permissions = [("send_mailing", _("Can send to readers")), ("view_report", _("Can see reports"))]
        indexes = [
            models.Index(
                fields=["state"],
                name="mailing_open",
                condition=~models.Q(state__in=["finished", "cancelled"]),
            )
        ]

    def __str__(self) -> str:
        return self.title


class MessageVersion(models.Model):
    """What a mailing says in one language: compiled once, frozen, and named by each delivery that used it.

    `html` and `text` hold Liquid where the person comes in; `links` is the table of destinations.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="versions")
    locale = models.CharField(max_length=8)
    number = models.PositiveIntegerField(default=1)
    subject = models.TextField()
    preheader = models.TextField(blank=True)
    sender_name = models.CharField(max_length=120)
    sender_address = models.CharField(max_length=320)
    reply_to = models.CharField(max_length=320, blank=True)
    language = models.CharField(max_length=8, blank=True)  # of the content, where a translation is missing
    newsletter = models.CharField(max_length=120, blank=True)  # its name then; empty for service mails
    web_url = models.CharField(max_length=500, blank=True)  # the issue in the archive
    html = models.TextField()
    text = models.TextField()
    digest = models.CharField(max_length=64, blank=True)  # of all the above with the links: what makes a new number
    compiled_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "locale", "number"], name="message_version_once")]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.locale} v{self.number}"


class Link(models.Model):
    """A destination as it stood when the mail was compiled; a click is redirected to nothing else."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(MessageVersion, on_delete=models.CASCADE, related_name="links")
    position = models.PositiveIntegerField()
    url = models.TextField()
    label = models.CharField(max_length=200, blank=True)
    page_id = models.BigIntegerField(null=True)  # where it leads to a page of ours; translation-independent by lookup

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="link_position_once")]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One mail of one mailing to one person, unique by its intent, moved only by compare-and-set.

    Keys have no database constraint: freezing a million rows costs a third with them, and the ledger
    outlives what it names.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Taken by a worker")
        HANDING_OVER = "handing_over", _("Being handed over")
        ACCEPTED = "accepted", _("Accepted")
        DEFERRED = "deferred", _("Later")
        FAILED = "failed", _("Failed")
        EXCLUDED = "excluded", _("Excluded")
        UNKNOWN = "unknown", _("Unknown")

    class Reason(models.TextChoices):
        """Why a mail was not sent, or not yet."""

        NO_CONSENT = "no_consent", _("did not agree, or withdrew")
        SUPPRESSED = "suppressed", _("address is blocked")
        PAUSED = "paused", _("taking a break")
        CAP = "cap", _("had enough mails")
        WEEKLY = "weekly", _("wants one mail a week")
        QUIET = "quiet", _("quiet hours")
        HOLDOUT = "holdout", _("in the control group")
        ERASED = "erased", _("erased")
        CANCELLED = "cancelled", _("the mailing was cancelled")
        DUPLICATE = "duplicate", _("another of the same address")
        ALREADY = "already", _("got this issue before")
        RENDER = "render", _("could not be written for this person")
        SERVER = "server", _("the server said later")
        DOMAIN = "domain", _("the receiving domain is slowed down")
        ACCOUNT = "account", _("the sending account is paused")
        REFUSED = "refused", _("the server refused")
        RESERVED = "reserved", _("address of a domain that has no mailboxes")
        EXPIRED = "expired", _("too late to be useful")
        LOST = "lost", _("no answer came back")

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    # The keys have no index of their own: those below begin with them, and each change of a row writes every index.
    mailing = models.ForeignKey(
        Mailing, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="deliveries"
    )
    subscriber = models.ForeignKey(
        "subscribers.Subscriber",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="deliveries",
    )
    address = models.CharField(max_length=320, null=True)  # NULL after erasure
    address_key = models.CharField(max_length=320, null=True)
    domain = models.CharField(max_length=255, blank=True)
    locale = models.CharField(max_length=8)
    intent_key = models.CharField(max_length=120)  # issue, run:12:step:4:lap:2, confirm:7:1
    context = models.JSONField(default=dict)  # what this mail needs beside the person: ids, never tokens
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    code = models.CharField(max_length=12, blank=True)  # 550 5.1.1
    reply = models.CharField(max_length=500, blank=True)  # the server's words
    provider_id = models.CharField(max_length=200, blank=True)
    version = models.ForeignKey(
        MessageVersion, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    due_at = models.DateTimeField(default=timezone.now)
    n_tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["mailing", "subscriber", "intent_key"], name="delivery_person_once"),
            models.UniqueConstraint(fields=["mailing", "address_key", "intent_key"], name="delivery_address_once"),
        ]
        indexes = [
            models.Index(
                fields=["mailing", "due_at", "id"],
                name="delivery_due",
                condition=models.Q(state__in=["queued", "deferred"]),
            ),
            models.Index(
                fields=["lease_until"],
                name="delivery_leased",
                condition=models.Q(state__in=["claimed", "handing_over"]),
            ),
            models.Index(fields=["subscriber", "-id"], name="delivery_person"),
            models.Index(fields=["mailing", "state", "reason"], name="delivery_state"),
            models.Index(fields=["uid"], name="delivery_uid"),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}/{self.intent_key} {self.state}"


class CapturedMail(models.Model):
    """A mail that the built-in inbox took instead of a server; nothing of it left the machine."""

    delivery_id = models.BigIntegerField(null=True, db_index=True)
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320, db_index=True)
    subject = models.CharField(max_length=500, blank=True)
    raw = models.BinaryField()
    at = models.DateTimeField(default=timezone.now)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.subject
