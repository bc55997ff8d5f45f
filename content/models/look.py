"""What a publisher may change of the publication without code. One row a site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting

from content.look import contrast, keeping, tones, typefaces
from content.look.tones import NAMES, Chosen, Tones

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HEX = re.compile(r"#[0-9a-fA-F]{6}")
BASES = {"light": tones.LIGHT, "dark": tones.DARK}
COLOURS = ("accent", "paper", "ink")


def _colour(label: _StrPromise) -> models.CharField:
    validator = RegexValidator(f"^{HEX.pattern}\\Z", _("Write a colour as # and six digits: #3a31b8."))
    return models.CharField(label, max_length=7, blank=True, validators=[validator])


def _image(label: _StrPromise, help_text: _StrPromise) -> models.ForeignKey:
    return models.ForeignKey(
        "wagtailimages.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        help_text=help_text,
    )


COLOUR_HELPS = {
    "accent": _("Links, buttons, the ring: # and six digits."),
    "paper": _("What everything stands on."),
    "ink": _("The text. At least 4.5:1 against the paper."),
}


def _colour_panel(field: str, scheme: str) -> FieldPanel:
    """The panel of a colour, with ours where nothing is written."""
    ours = getattr(BASES[scheme], field)
    return FieldPanel(
        f"{field}_{scheme}",
        widget=forms.TextInput(attrs={"placeholder": ours, "spellcheck": "false"}),
        help_text=COLOUR_HELPS[field],
    )


@register_setting(icon="view", order=190)
class LookSettings(BaseSiteSetting):
    """Name, logo, colours, type and the words at the foot, for pages and mails alike."""

    name = models.CharField(
        _("name of the publication"),
        max_length=60,
        blank=True,
        help_text=_("In titles, feeds and mails. Empty: the name in the installation's settings."),
    )
    logo = _image(_("logo"), _("Takes the place of ring and name; readers who do not see it get the name."))
    logo_dark = _image(_("logo on dark paper"), _("Empty: the same on both."))
    accent_light = _colour(_("accent"))
    paper_light = _colour(_("paper"))
    ink_light = _colour(_("ink"))
    accent_dark = _colour(_("accent"))
    paper_dark = _colour(_("paper"))
    ink_dark = _colour(_("ink"))
    typefaces = models.CharField(
        _("type"),
        max_length=40,
        choices=[(pair.key, pair.label) for pair in typefaces.PAIRS.values()],
        default=typefaces.OURS.key,
        help_text=_("For pages. Mails keep to the letters that every mail program has."),
    )
    sentence_it = models.CharField(_("sentence at the foot, in Italian"), max_length=240, blank=True)
    sentence_en = models.CharField(
        _("sentence at the foot, in English"),
        max_length=240,
        blank=True,
        help_text=_("Empty: as it stands in Italian; both empty: ours."),
    )
    legal_it = models.TextField(
        _("legal text, in Italian"),
        blank=True,
        help_text=_("What the law wants at the foot of pages and mails: tax number, register, who answers for it."),
    )
    legal_en = models.TextField(_("legal text, in English"), blank=True, help_text=_("Empty: as it stands in Italian."))
    privacy_page = models.ForeignKey(
        "content.PlainPage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("privacy page"),
        help_text=_("Linked at the foot of every mail, in the reader's language where the page has it."),
    )

    panels = [
        FieldPanel("name"),
        MultiFieldPanel([FieldPanel("logo"), FieldPanel("logo_dark")], heading=_("Logo")),
        MultiFieldPanel(
            [_colour_panel(field, "light") for field in COLOURS],
            heading=_("Colours by day"),
            help_text=_("Empty: ours. What stands between them (quiet text, rules, panels, buttons) follows."),
        ),
        MultiFieldPanel([_colour_panel(field, "dark") for field in COLOURS], heading=_("Colours by night")),
        FieldPanel("typefaces"),
        MultiFieldPanel(
            [
                FieldPanel("sentence_it", help_text=_("What you are, in one line. Empty: ours.")),
                *(FieldPanel(name) for name in ("sentence_en", "legal_it", "legal_en", "privacy_page")),
            ],
            heading=_("At the foot"),
        ),
    ]

    class Meta:
        verbose_name = _("look")

    def clean(self) -> None:
        """Refuse colours on which text cannot be read. Raises: ValidationError, by field."""
        super().clean()
        errors: dict[str, ValidationError] = {}
        for scheme in BASES:
            errors |= self._colour_errors(scheme)
        if errors:
            raise ValidationError(errors)

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own arguments, handed through
        """Save, and let every process read the look anew."""
        super().save(*args, **kwargs)
        keeping.forget()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # Any: as above
        """Delete, and let every process read the look anew."""
        deleted = super().delete(*args, **kwargs)
        keeping.forget()
        return deleted

    def tones(self, scheme: str) -> Tones:
        """The colours of "light" or "dark"."""
        return tones.derive(BASES[scheme], self._chosen(scheme))

    def _chosen(self, scheme: str) -> Chosen:
        return Chosen(**{field: getattr(self, f"{field}_{scheme}").lower() for field in COLOURS})

    def _colour_errors(self, scheme: str) -> dict[str, ValidationError]:
        """At most one sentence a field: its worst pair. {} where a colour cannot be read: its validator says so."""
        base, chosen = BASES[scheme], self._chosen(scheme)
        if not all(HEX.fullmatch(value) for value in vars(chosen).values() if value):
            return {}
        errors: dict[str, ValidationError] = {}
        for fault in tones.faults(tones.derive(base, chosen), chosen):
            name = f"{fault.field}_{scheme}"
            if name not in errors:
                errors[name] = _error(fault, tones.better(base, chosen, fault.field))
        return errors


def _error(fault: tones.Fault, shade: str | None) -> ValidationError:
    told = _("%(text)s on %(ground)s: the contrast is %(ratio)s to 1, and text needs %(enough)s.")
    advice = _("The nearest shade that would do is %(shade)s.") if shade else _("No shade of it would do.")
    values = {
        "text": str(NAMES[fault.text]).capitalize(),
        "ground": NAMES[fault.ground],
        "ratio": number_format(int(fault.ratio * 100) / 100, 2),  # rounded down: 4.499 must not read as 4.50
        "enough": number_format(contrast.ENOUGH, 1),
        "shade": shade,
    }
    return ValidationError([ValidationError(told, params=values), ValidationError(advice, params=values)])
