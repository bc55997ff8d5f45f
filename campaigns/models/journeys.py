"""Journeys: a graph people walk through; its frozen versions, each person's run, each visit to a step."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin

from subscribers.models import Purpose


class Journey(DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """A graph of steps. Editing it changes nothing for people inside: they walk a frozen version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")
        PAUSED = "paused", _("Paused")  # clock frozen: nobody enters, nobody moves
        DRAINING = "draining", _("Draining")  # nobody enters, those inside go on
        ENDED = "ended", _("Ended")

    name = models.CharField(_("name"), max_length=120)
    purpose = models.ForeignKey(
        Purpose,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("what people agreed to"),
        help_text=_("Its mails go only to people who agreed to this."),
    )
    graph = models.JSONField(_("steps"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    resumes_to = models.CharField(max_length=16, choices=State, blank=True, editable=False)  # live, or still draining
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        permissions = [("run_journey", _("Can start, pause and move people by hand"))]
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def with_content_json(self, content: dict[str, Any]) -> "Journey":
        """A revision says how the journey is drawn, never whether it runs: that is the row's alone."""
        drawn = super().with_content_json(content)
        drawn.state, drawn.paused_at, drawn.resumes_to = self.state, self.paused_at, self.resumes_to
        return drawn


class JourneyVersion(models.Model):
    """A graph as it was published; never changed."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    graph = models.JSONField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="journey_version_once")]
        ordering = ("journey", "-number")

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"


class Run(models.Model):
    """One person's way through a journey; at most one is open for a journey and a person."""

    class State(models.TextChoices):
        OPEN = "open", _("On the way")
        ENDED = "ended", _("Arrived")
        LEFT = "left", _("Left")  # unsubscribed, erased, taken out by hand; `why` says
        FAILED = "failed", _("Stuck")

    # Each move writes every index anew: `run_entry_once` begins with the journey, and versions are asked by nobody.
    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="runs", db_index=False)
    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, related_name="runs", db_index=False)
    subscriber = models.ForeignKey("subscribers.Subscriber", on_delete=models.CASCADE, related_name="runs")
    entry_key = models.CharField(max_length=120)  # what let them in: event:812, by-hand:3
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    why = models.CharField(max_length=120, blank=True)
    step = models.CharField(max_length=60)  # id of the step the person stands at
    lap = models.PositiveIntegerField(default=1)  # of the step they stand at
    laps = models.JSONField(default=dict)  # {step id: visits begun in this run}
    entered_step_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # when to look again; NULL while the journey is paused
    # A pause stops the clock: what was due is put aside, and the time of the pause does not count as waited.
    frozen_due_at = models.DateTimeField(null=True)
    frozen_for = models.DurationField(default=timedelta)  # paused so far while the person stood at `step`
    is_moved_by_hand = models.BooleanField(default=False)  # "move on now": the next look leaves the wait
    n_moves = models.PositiveIntegerField(default=0)  # compare-and-set: each commit, wake and pause adds one
    lease_until = models.DateTimeField(null=True)
    n_tries = models.PositiveSmallIntegerField(default=0)  # looks in a row that failed; `error` says why
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["journey", "subscriber"], name="run_one_open", condition=models.Q(state="open")
            ),
            models.UniqueConstraint(fields=["journey", "subscriber", "entry_key"], name="run_entry_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="run_due", condition=models.Q(state="open")),
            models.Index(fields=["subscriber"], name="run_person_open", condition=models.Q(state="open")),
            models.Index(fields=["journey", "step"], name="run_at_step", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.journey_id}/{self.subscriber_id} {self.step}"


class Passage(models.Model):
    """One visit of one run to one step: when, why it went on, and the values it saw."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="passages")
    step = models.CharField(max_length=60)
    lap = models.PositiveIntegerField(default=1)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=60, blank=True)  # the edge taken: next, yes, timeout, again; end, left
    why = models.CharField(max_length=200, blank=True)  # event, limit, by-hand, lap 2 of 3, unsubscribed
    seen = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step", "lap"], name="passage_once")]
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.run_id} {self.step}#{self.lap}"
