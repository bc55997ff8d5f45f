"""Form fields that keep what was typed: one line of text, an address, a zone, a place on our site."""

import re
import unicodedata
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from subscribers import addresses, misspelt

LINE_ENDS = re.compile(r"[\r\n\u2028\u2029\u0085\v\f]+")
ZONES = frozenset(available_timezones())
MAX_PATH = 500


class OneLine(forms.CharField):
    """Text of one line: line ends become blanks, control characters vanish, so that no header can grow from it."""

    def to_python(self, value: object) -> str:
        text = super().to_python(value) or ""
        return "".join(c for c in LINE_ENDS.sub(" ", text) if unicodedata.category(c) not in {"Cc", "Cs"}).strip()


class AddressField(forms.Field):
    """A mailbox; cleans to `addresses.Address`. Line ends are not stripped: an address has none."""

    widget = forms.EmailInput

    def clean(self, value: object) -> addresses.Address:
        """Raises ValidationError with a reason a person understands."""
        try:
            address = addresses.read(str(value or ""))
        except addresses.BadAddress as error:
            raise ValidationError(error.message) from error
        if meant := misspelt.meant(address.written):
            raise ValidationError(_("Did you mean %(address)s?") % {"address": meant})
        if address.is_machine_role:
            raise ValidationError(_("This address belongs to a machine. Write one that a person reads."))
        if address.is_disposable:
            raise ValidationError(_("This address will soon vanish. Write one that lasts: you can leave any time."))
        return address


class ZoneField(forms.CharField):
    """An IANA time zone told by the browser; anything else is no error, it is nothing."""

    def clean(self, value: object) -> str:
        text = str(value or "")
        return text if text in ZONES else ""


class PathField(forms.CharField):
    """The path of a page of ours, without its query; anything else is nothing. Kept as proof, never followed."""

    def clean(self, value: object) -> str:
        path = str(value or "").partition("?")[0].partition("#")[0]
        is_ours = path.startswith("/") and not path.startswith("//") and path.isprintable()
        return path if is_ours and len(path) <= MAX_PATH else ""
