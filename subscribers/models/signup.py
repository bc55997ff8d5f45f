"""Sign-up forms, requests that wait for confirmation, and the service mails this room asks for."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import TranslatableMixin

from subscribers.models.consent import Purpose
from subscribers.models.people import Subscriber


class SignupForm(TranslatableMixin, ClusterableModel):
    """What a sign-up form promises and which newsletters it offers; placed in pages by its name."""

    key = models.SlugField(_("key"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    promise = models.TextField(_("promise"), help_text=_("For whom it is, what it brings, why you do it."))
    rhythm = models.CharField(_("rhythm"), max_length=120, blank=True)
    button = models.CharField(_("button"), max_length=40)
    asks_name = models.BooleanField(
        _("asks for a name"), default=False, help_text=_("Beside the address, as a field nobody has to fill.")
    )
    roles = models.TextField(_("“I am a…” choices"), blank=True, help_text=_("One a line; empty asks nothing."))
    purposes = ParentalManyToManyField(Purpose, verbose_name=_("newsletters"), related_name="+")
    is_open = models.BooleanField(_("open"), default=True)
    paused_until = models.DateTimeField(null=True, editable=False)  # rests after a burst; see signup.limits
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("sign-up form")
        verbose_name_plural = _("sign-up forms")
        constraints = [models.UniqueConstraint(fields=["key", "locale"], name="signup_form_key_once")]

    def __str__(self) -> str:
        return self.title


class Signup(models.Model):
    """One request on a form. Unconfirmed ones are deleted after CIRCOLARE_UNCONFIRMED_DAYS."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="signups")
    form = models.CharField(max_length=60)  # the form's key, frozen
    purposes = models.ManyToManyField(Purpose, related_name="+")  # what confirming gives, tracking included
    # Typed beside the address by whoever filled the form; becomes the person's only by confirming.
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=64, blank=True)
    zone = models.CharField(max_length=64, blank=True)  # IANA name, told by the browser
    page_url = models.CharField(max_length=500, blank=True)
    resource_id = models.BigIntegerField(null=True)  # page of the resource asked for beside it
    locale = models.CharField(max_length=8)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)  # "this was not me"

    class Meta:
        ordering = ("-id",)
        indexes = [
            models.Index(fields=["page_url"], name="signup_begun_on", condition=models.Q(confirmed_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"signup {self.pk}"


class MailRequest(models.Model):
    """A service mail that this room asks for. The campaigns room turns each into one delivery, once.

    `key` makes the wish unique (`confirm:12:1`); `payload` holds ids and texts the mail needs, no token.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("Confirmation")
        REMIND = "remind", _("Reminder of the confirmation")
        ALREADY = "already", _("You are already subscribed")
        LINK = "link", _("Link to your page")
        EXPORT = "export", _("Your data")
        ERASE = "erase", _("Confirm the erasure")
        RESOURCE = "resource", _("Your resource")
        ADDRESS = "address", _("Confirm your new address")

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="mail_requests")
    locale = models.CharField(max_length=8)
    payload = models.JSONField(default=dict)
    mailbox = models.BinaryField(max_length=32, default=b"")  # keyed digest: limits hold for all writings of it
    due_at = models.DateTimeField()
    requested_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True)
    dropped = models.CharField(max_length=60, blank=True)  # why it was never made a delivery

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=["due_at"], name="mail_request_due", condition=models.Q(taken_at=None)),
            models.Index(fields=["subscriber", "requested_at"], name="mail_request_person"),
            models.Index(fields=["mailbox", "due_at"], name="mail_request_mailbox"),
        ]

    def __str__(self) -> str:
        return self.key
