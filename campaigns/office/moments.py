"""A moment to come as the office says it: weekday, date, time, zone by its name, and how long until then."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content import dates

MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds


def told(moment: datetime, now: datetime) -> str:
    """ "Thursday 26 November, 07:30 (Europe/Rome), in 3 h"; the publication's hour too, where the reader's differs."""
    form = "l j F, H:i" if timezone.localtime(moment).year == timezone.localtime(now).year else "l j F Y, H:i"
    zone = timezone.get_current_timezone_name()
    if zone != settings.TIME_ZONE:
        there = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
        zone = f"{zone}; {there:%H:%M} {settings.TIME_ZONE}"
    return ", ".join(filter(None, [f"{dates.written(moment, form)} ({zone})", ahead(moment, now)]))


def ahead(moment: datetime, now: datetime) -> str:
    """How long until then, in one unit; empty for what has passed."""
    seconds = (moment - now).total_seconds()
    if seconds <= 0:
        return ""
    if seconds < 90 * MINUTE:
        return _("in %(n)d min") % {"n": max(1, round(seconds / MINUTE))}
    if seconds < 2 * DAY:
        return _("in %(n)d h") % {"n": round(seconds / HOUR)}
    n_days = round(seconds / DAY)
    return ngettext("in %(n)d day", "in %(n)d days", n_days) % {"n": n_days}


def clock(moment: datetime, now: datetime) -> str:
    """The hour today, else day and hour."""
    is_today = timezone.localdate(moment) == timezone.localdate(now)
    return dates.written(moment, "H:i" if is_today else "l j F, H:i")
