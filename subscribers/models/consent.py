"""Consent as an append-only ledger with its proof, what it adds up to, and the addresses never to write to."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.models.people import Subscriber


class Purpose(models.Model):
    """Something one may agree to. Its key is the word that consents, mailings and journeys use."""

    class Kind(models.TextChoices):
        NEWSLETTER = "newsletter", _("Newsletter")
        TRACKING = "tracking", _("Reading and clicks")
        PROFILING = "profiling", _("Profile")
        PHONE = "phone", _("Phone")

    key = models.SlugField(_("key"), max_length=80, unique=True)  # tracking, newsletter-lettera
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    title_it = models.CharField(_("title in Italian"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120)
    rhythm_it = models.CharField(_("rhythm in Italian"), max_length=120, blank=True)
    rhythm_en = models.CharField(_("rhythm in English"), max_length=120, blank=True)
    is_open = models.BooleanField(_("open to sign-up"), default=True)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ("kind", "key")

    def __str__(self) -> str:
        return self.title_it

    def title(self, locale: str) -> str:
        """The title in the language whose code begins with `en`, else the Italian one."""
        return self.title_en if locale.startswith("en") else self.title_it

    def rhythm(self, locale: str) -> str:
        """How often it comes, in words; may be empty."""
        return self.rhythm_en if locale.startswith("en") else self.rhythm_it


class Wording(models.Model):
    """The exact words a person agrees to; a changed text is a new version, never an edit."""

    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="wordings")
    locale = models.CharField(max_length=8)
    version = models.PositiveIntegerField()
    text = models.TextField(_("text"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("purpose", "locale", "-version")
        constraints = [models.UniqueConstraint(fields=["purpose", "locale", "version"], name="wording_version_once")]

    def __str__(self) -> str:
        return f"{self.purpose.key} {self.locale} v{self.version}"


class Consent(models.Model):
    """One step of a permission. Rows are never changed: a database trigger refuses update and delete.

    The trigger lets pass erasure (personal columns become NULL, by `subscribers.erasure` alone) and the
    deletion of rows that were inserted with `is_sample`.
    """

    class Step(models.TextChoices):
        ASKED = "asked", _("asked")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    subscriber = models.ForeignKey(Subscriber, on_delete=models.PROTECT, null=True, related_name="consents")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=16, choices=Step)
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, related_name="+")
    locale = models.CharField(max_length=8)
    source = models.CharField(max_length=120)  # form:<key>, import:<file>, mail, home, admin:<user id>, one-click
    page_url = models.CharField(max_length=500, blank=True)
    delivery_id = models.BigIntegerField(null=True)  # of the double opt-in; no key: the ledger may be thinned
    evidence = models.TextField(blank=True)  # of an import: what proves it
    at = models.DateTimeField()
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["subscriber", "purpose", "-id"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.purpose.key} {self.step}"


class ConsentProof(models.Model):
    """The part of the proof that ages: who was on the line. Deleted after CIRCOLARE_PROOF_DAYS."""

    consent = models.OneToOneField(Consent, on_delete=models.DO_NOTHING, related_name="proof")
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=512, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"proof of consent {self.consent_id}"


class Permission(models.Model):
    """What the consents of one person for one purpose add up to now; derived, see `consent.rebuild`."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="permissions")
    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="permissions")
    is_given = models.BooleanField()
    since = models.DateTimeField()
    consent = models.ForeignKey(Consent, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "purpose"], name="permission_once"),
        ]
        indexes = [
            models.Index(fields=["purpose", "subscriber"], name="permission_given", condition=models.Q(is_given=True))
        ]

    def __str__(self) -> str:
        return f"{self.purpose.key}: {self.is_given}"


class Suppression(models.Model):
    """An address that must not be written to: a keyed digest, so that it survives erasure and says nothing."""

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("does not exist")
        SOFT_BOUNCE = "soft_bounce", _("refused again and again")
        COMPLAINT = "complaint", _("complained")
        NOT_ME = "not_me", _("never subscribed")
        ERASED = "erased", _("erased")
        BY_HAND = "by_hand", _("by hand")
        IMPORTED = "imported", _("suppressed elsewhere")

    digest = models.BinaryField(max_length=32)
    reason = models.CharField(max_length=16, choices=Reason)
    at = models.DateTimeField()
    detail = models.CharField(max_length=500, blank=True)  # the server's words, without addresses
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "reason"], name="suppression_once")]

    def __str__(self) -> str:
        return f"{self.reason} {self.at:%Y-%m-%d}"
