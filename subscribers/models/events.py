"""Events: what a person did and what happened to them; append-only, with a queue of their own."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The closed list of kinds; anything from outside is `custom.<name>`."""

    SIGNUP_ASKED = "signup.asked", _("asked to subscribe")
    CONSENT_CONFIRMED = "consent.confirmed", _("confirmed")
    CONSENT_WITHDRAWN = "consent.withdrawn", _("withdrew")
    PREFERENCE_CHANGED = "preference.changed", _("changed preferences")
    LEAVING_EXPLAINED = "leaving.explained", _("said why they left")
    TOPICS_CHOSEN = "topics.chosen", _("chose topics")
    PAGE_READ = "page.read", _("read")
    LINK_CLICKED = "link.clicked", _("clicked")
    MAIL_OPENED = "mail.opened", _("opened")
    RESOURCE_GRANTED = "resource.granted", _("unlocked")
    RESOURCE_DOWNLOADED = "resource.downloaded", _("downloaded")
    PAGE_SHARED = "page.shared", _("shared")
    MAIL_ACCEPTED = "mail.accepted", _("mail accepted")
    MAIL_BOUNCED = "mail.bounced", _("mail bounced")
    MAIL_COMPLAINED = "mail.complained", _("complained")
    JOURNEY_ENTERED = "journey.entered", _("entered a journey")
    JOURNEY_ENDED = "journey.ended", _("ended a journey")
    IMPORTED = "imported", _("imported")
    NOTED = "noted", _("note")


class Evidence(models.TextChoices):
    """Whether a human being did it; re-judged when we know more."""

    HUMAN = "human", _("a person")
    MACHINE = "machine", _("a machine")
    UNSURE = "unsure", _("not sure")


class Event(models.Model):
    """One thing that happened. `object_kind` + `object_key` name what it happened to.

    object_kind is one of page, resource, delivery, link, step, journey, purpose, signup; object_key is its id
    (pages: the id of the page in the language read; `translation` in the payload joins the languages).
    Keys have no database constraint, so that events can be partitioned by month; every hot query names a
    subscriber or a range of time.
    """

    kind = models.CharField(max_length=60)
    subscriber = models.ForeignKey(
        "subscribers.Subscriber",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,  # `event_person_kind` begins with it
        related_name="events",
    )
    visitor = models.CharField(max_length=32, blank=True)  # of an anonymous act; never joined to a person
    object_kind = models.CharField(max_length=20, blank=True)
    object_key = models.CharField(max_length=80, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    source = models.CharField(max_length=60)  # site, mail, provider:<name>, api, import, admin, journey
    evidence = models.CharField(max_length=8, choices=Evidence, default=Evidence.UNSURE)
    evidence_reason = models.CharField(max_length=60, blank=True)
    payload = models.JSONField(default=dict)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ("-occurred_at", "-id")
        indexes = [
            models.Index(fields=["subscriber", "kind", "-occurred_at"], name="event_person_kind"),
            models.Index(fields=["kind", "occurred_at"], include=["subscriber", "object_key"], name="event_kind_time"),
            models.Index(fields=["object_kind", "object_key", "kind"], name="event_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_kind}:{self.object_key}"


class EventKey(models.Model):
    """The dedupe key of an event; apart, because a partitioned table cannot keep it unique by itself."""

    key = models.CharField(max_length=160, primary_key=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [BrinIndex(fields=["recorded_at"], name="event_key_time")]  # rows come in the order of time

    def __str__(self) -> str:
        return self.key


class PendingEvent(models.Model):
    """An event somebody still has to look at. Claimed with a lease, deleted when done; never read by id order.

    Each event waits first for `facts`; the facts tick moves it on to `journeys`, whose tick deletes it.
    """

    class For(models.TextChoices):
        FACTS = "facts"
        JOURNEYS = "journeys"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    stage = models.CharField(max_length=10, choices=For, default=For.FACTS)
    lease_until = models.DateTimeField(null=True)
    n_tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["stage", "id"], name="pending_event_stage")]

    def __str__(self) -> str:
        return f"{self.stage}: {self.event_id}"
