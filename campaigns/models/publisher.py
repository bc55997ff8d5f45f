"""Who stands behind the mails: what the law wants in each of them, and what a reader may ask for."""

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Site

from content.look import shown


@dataclass(frozen=True)
class Identity:
    """The publisher in one language, as it stands under each mail."""

    name: str
    address: str  # postal, on one line
    contact: str  # an address or a phone number somebody answers
    rights: str  # where to ask for one's data, their correction and erasure


@register_setting(icon="mail", order=200)
class PublisherSettings(BaseSiteSetting):
    """Source: D.Lgs. 70/2003 art. 8-9 and art. 130(5) of the Codice Privacy ask for these in commercial mail."""

    name = models.CharField(_("publisher"), max_length=120, blank=True, help_text=_("A person's or a firm's name."))
    address_it = models.TextField(_("postal address, in Italian"), blank=True)
    address_en = models.TextField(
        _("postal address, in English"), blank=True, help_text=_("Empty: as it stands in Italian.")
    )
    contact = models.CharField(
        _("contact"), max_length=200, blank=True, help_text=_("An address or a phone number that somebody answers.")
    )
    rights_it = models.CharField(
        _("where to ask about one's data, in Italian"),
        max_length=200,
        blank=True,
        help_text=_("An address, or the address of a page."),
    )
    rights_en = models.CharField(
        _("where to ask about one's data, in English"),
        max_length=200,
        blank=True,
        help_text=_("Empty: as it stands in Italian."),
    )

    panels = [
        FieldPanel("name"),
        MultiFieldPanel(
            [
                FieldPanel("address_it", help_text=_("Street, place and country: it stands under each mail.")),
                FieldPanel("address_en"),
            ],
            heading=_("Postal address"),
        ),
        FieldPanel("contact"),
        MultiFieldPanel([FieldPanel("rights_it"), FieldPanel("rights_en")], heading=_("Rights of readers")),
    ]

    class Meta:
        verbose_name = _("publisher")

    def __str__(self) -> str:
        return self.name or settings.WAGTAIL_SITE_NAME

    @classmethod
    def current(cls) -> "PublisherSettings":
        """The publisher of this installation; unsaved and empty where nobody filled it in."""
        site = Site.objects.filter(is_default_site=True).first()
        return (cls.objects.filter(site=site).first() if site else None) or cls()

    def identity(self, language: str) -> Identity:
        """What stands under a mail in this language."""
        is_english = language.startswith("en")
        address = (self.address_en if is_english else "") or self.address_it
        return Identity(
            name=self.name or shown.read().name,
            address=", ".join(line.strip() for line in address.splitlines() if line.strip()),
            contact=self.contact,
            rights=(self.rights_en if is_english else "") or self.rights_it,
        )

    def missing(self) -> list[str]:
        """The names of the fields without which no commercial mail may leave."""
        needed = ("name", "address_it", "contact", "rights_it")
        return [str(self._meta.get_field(name).verbose_name) for name in needed if not getattr(self, name).strip()]
