"""What people type to get a resource: an address, and two boxes that nobody ticks for them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from subscribers.signup.fields import AddressField, PathField
from subscribers.signup.forms import Fields


class GateFields(Fields):
    """The file depends on the address alone."""

    address = AddressField(label=_("Mail address"))
    newsletter = forms.BooleanField(required=False)
    tracking = forms.BooleanField(required=False)
    page = PathField(required=False)
