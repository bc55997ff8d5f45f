"""Authors: who writes, one row a language."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin


class Author(TranslatableMixin):
    """A name that stands under articles; an invented one says so on its page."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=120)
    role = models.CharField(_("role"), max_length=120, blank=True)
    bio = models.TextField(_("about"), blank=True)
    is_invented = models.BooleanField(_("invented person"), default=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    is_sample = models.BooleanField(default=False, editable=False)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["slug", "locale"], name="author_slug_once")]

    def __str__(self) -> str:
        return self.name
