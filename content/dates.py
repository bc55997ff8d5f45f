"""Dates as people read them."""

from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.formats import date_format

DAY = "j F Y"
MINUTE = "j F Y, H:i"


def written(moment: datetime | date | None, form: str) -> str:
    """By Django's letters in the active language; Italian writes days and months small, Django's words do not."""
    if moment is None:
        return ""
    text = date_format(timezone.localtime(moment) if isinstance(moment, datetime) else moment, form)
    return text.lower() if translation.get_language() == "it" else text
