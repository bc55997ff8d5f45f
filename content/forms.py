"""Forms of the public pages of this room."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """One field; refuses what a database cannot hold."""

    q = forms.CharField(label=_("Search for"), max_length=120, required=False)
