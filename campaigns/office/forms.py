"""Forms of the office: schedule an issue, send a test, add a note."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from subscribers.models import Subscriber

MAX_TESTS = 10


class ScheduleForm(forms.Form):
    """When an issue shall leave, in the publication's own time zone."""

    at = forms.DateTimeField(
        label=_("Day and hour"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )

    def clean_at(self) -> datetime:
        """Raises ValidationError for a moment that has passed."""
        at = self.cleaned_data["at"]
        if at <= timezone.now():
            raise ValidationError(_("That moment has passed. Choose a later one, or send now."))
        return at


class SubscriberField(forms.CharField):
    """A subscriber by the address; empty is nobody."""

    def clean(self, value: str) -> Subscriber | None:
        """Raises ValidationError when nobody has the address."""
        text = super().clean(value)
        if not text:
            return None
        subscriber = Subscriber.objects.filter(address_key=text.strip().casefold()).first()
        if subscriber is None:
            raise ValidationError(_("Nobody is subscribed with this address."))
        return subscriber


class TestForm(forms.Form):
    """Where a test goes, in which language, and as whom it is written."""

    to = forms.CharField(label=_("Send the test to"), help_text=_("Up to ten addresses, separated by commas."))
    language = forms.ChoiceField(label=_("Language"), choices=[("it", _("Italian")), ("en", _("English"))])
    seen_as = SubscriberField(
        label=_("As this reader"), required=False, help_text=_("The address of a subscriber; empty: an invented one.")
    )

    def clean_to(self) -> list[str]:
        """Raises ValidationError for a bad address, or more than ten."""
        addresses = [part.strip() for part in self.cleaned_data["to"].replace(";", ",").split(",") if part.strip()]
        if len(addresses) > MAX_TESTS:
            raise ValidationError(_("At most ten addresses at once."))
        field = forms.EmailField()
        return [field.clean(address) for address in addresses]


class NoteForm(forms.Form):
    """A few words a colleague leaves on a person's timeline."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)
