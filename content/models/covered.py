"""What is drawn from its topics: the pages that carry a cover."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.models import Page

from content.models.serving import Served


class CoveredPage(Served, Page):
    """A page about topics, with a cover of its own or the one that is drawn from its title and first topic."""

    topics = ParentalManyToManyField("content.Topic", blank=True, related_name="+", verbose_name=_("topics"))
    cover = models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cover"),
        help_text=_("Empty: a cover is drawn from title and topic."),
    )

    class Meta:
        abstract = True
