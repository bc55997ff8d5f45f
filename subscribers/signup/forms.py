"""What people type: the sign-up form, and the form that asks for a link by address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subscribers.models import Purpose, SignupForm
from subscribers.signup.fields import AddressField, OneLine, PathField, ZoneField


class Fields(forms.Form):
    """A form that knows where its reader has to go on."""

    @property
    def first_wrong(self) -> str:
        """Name of the first field that has to be mended; empty when there is none."""
        return next((name for name in self.fields if name in self.errors), "")


class SignupFields(Fields):
    """The fields of one SignupForm. Newsletters it does not offer are passed over in silence."""

    name = OneLine(max_length=200, required=False, label=_("Name"))
    address = AddressField(label=_("Address"))
    role = forms.ChoiceField(required=False, label=_("I am a…"))
    newsletters = forms.MultipleChoiceField(
        required=False, label=_("What may we send you?"), widget=forms.CheckboxSelectMultiple
    )
    tracking = forms.BooleanField(required=False)
    zone = ZoneField(required=False)
    page = PathField(required=False)
    resource = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, form: SignupForm, offered: list[Purpose], *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.offered = {purpose.key: purpose for purpose in offered}
        self.asks_name = form.asks_name
        roles = [line.strip() for line in form.roles.splitlines() if line.strip()]
        self.fields["role"] = forms.ChoiceField(
            required=False, label=_("I am a…"), choices=[("", _("rather not say")), *((r, r) for r in roles)]
        )
        self.fields["newsletters"] = _Silent(required=False)

    def clean_name(self) -> str:
        """What was typed, where the form asks for it."""
        return str(self.cleaned_data["name"]) if self.asks_name else ""

    def clean_newsletters(self) -> list[Purpose]:
        """The offered newsletters that were chosen; a form with one newsletter means that one.

        Raises ValidationError when there is a choice and none was made.
        """
        chosen = self.cleaned_data["newsletters"]
        if len(self.offered) == 1 and not chosen:
            return list(self.offered.values())
        if self.offered and not chosen:
            raise forms.ValidationError(_("Choose at least one."))
        return [self.offered[key] for key in dict.fromkeys(chosen) if key in self.offered]

    def clean_resource(self) -> int | None:
        """Its page id; asked for beside, never needed."""
        value = self.cleaned_data["resource"]
        return value if isinstance(value, int) else None


class _Silent(forms.MultipleChoiceField):
    """Takes any keys: what is not offered is sorted out without a word (it would tell what exists)."""

    def valid_value(self, value: str) -> bool:
        return True


class LinkFields(Fields):
    """Where to send the link to one's own page."""

    address = AddressField(label=_("Address"))
