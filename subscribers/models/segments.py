"""Segments: rules that describe people, kept as data."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Segment(models.Model):
    """A named rule. `rule` is the tree that `subscribers.segments.rules` reads and checks."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    rule = models.JSONField(_("rule"), default=dict)
    is_sample = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
