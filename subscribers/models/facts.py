"""What the events of one person add up to; kept in batches, reproduced exactly by `facts.rebuild`."""

from django.db import models

from subscribers.models.people import Subscriber


class Facts(models.Model):
    """One row a person. Human acts alone count; `subscribers.facts` says how.

    affinity: {topic translation key: [weight at the last act, ISO time of that act, exact sum in hexadecimal,
    level]}; weights halve in 30 days, a level does not change with time (`subscribers.decay`);
    rhythm: 24 counts of human acts by hour of the person's day, in `zone`;
    recent: the last visits, each [seconds since 1970, thing, topic keys], newest first; keys are cut to 12 digits;
    marks: {sort: ISO time}, the newest of each sort that stages read.
    """

    subscriber = models.OneToOneField(Subscriber, on_delete=models.CASCADE, primary_key=True, related_name="facts")
    last_human_at = models.DateTimeField(null=True)
    last_click_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)
    n_reads = models.PositiveIntegerField(default=0)
    n_clicks = models.PositiveIntegerField(default=0)
    n_downloads = models.PositiveIntegerField(default=0)
    n_shares = models.PositiveIntegerField(default=0)
    affinity = models.JSONField(default=dict)
    rhythm = models.JSONField(default=list)
    zone = models.CharField(max_length=64, blank=True)  # IANA name the rhythm was counted in
    recent = models.JSONField(default=list)
    marks = models.JSONField(default=dict)
    stage_reason = models.CharField(max_length=120, blank=True)
    stage_until = models.DateTimeField(null=True)  # when the evidence for the stage begins to expire
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "facts"
        indexes = [
            models.Index(
                fields=["stage_until"], name="facts_stage_until", condition=models.Q(stage_until__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"facts of {self.subscriber_id}"
