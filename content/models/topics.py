"""Topics: what a page is about, one row a language."""

from collections import Counter
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin

from content.covers.palettes import PALETTES


class Topic(TranslatableMixin):
    """`translation_key` is the topic; name and slug are its words in one language."""

    class Colours(models.TextChoices):
        INDIGO = "indigo", _("Indigo")
        BRICK = "brick", _("Brick")
        OLIVE = "olive", _("Olive")
        ROSE = "rose", _("Rose")
        PETROL = "petrol", _("Petrol")
        OCHRE = "ochre", _("Ochre")
        NIGHT = "night", _("Night")
        PAPER = "paper", _("Paper")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80)
    description = models.TextField(_("description"), blank=True)
    palette = models.CharField(
        _("colours"),
        max_length=12,
        choices=Colours,
        blank=True,
        help_text=_("Of the covers drawn for its articles. Empty: those that the fewest topics have."),
    )
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["slug", "locale"], name="topic_slug_once")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own arguments, handed through
        """Choose colours where none were chosen."""
        if not self.palette:
            used = Counter(Topic.objects.values_list("palette", flat=True))
            self.palette = min(PALETTES, key=lambda palette: used[palette.name]).name
        super().save(*args, **kwargs)
