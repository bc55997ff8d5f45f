"""Tags of the office's own furniture."""

from dataclasses import dataclass
from datetime import date, datetime

from django import template
from django.conf import settings
from django.template.context import Context

from campaigns.models import Account
from campaigns.office import shortcuts
from campaigns.office.shortcuts import SHORTCUTS, Shortcut
from campaigns.transports import accounts, inbox_views, remedies
from content import dates
from subscribers import stages

register = template.Library()


@dataclass(frozen=True)
class Caught:
    """Mail reaches nobody here."""

    may_look: bool  # into the built-in inbox, where it is that one that keeps it


@register.simple_tag(takes_context=True)
def caught_mail(context: Context) -> Caught | None:
    """Whether every way out ends on this machine; None where somebody can be written to. One query."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return None
    ways_out = list(Account.objects.all())
    if any(map(accounts.is_network, ways_out)) and not settings.CIRCOLARE_MAIL_IS_CAUGHT:
        return None
    is_inbox = not all(map(accounts.is_network, ways_out))
    is_let_in = inbox_views.is_at_this_machine(request) or request.user.has_perm(inbox_views.PERMISSION)
    return Caught(may_look=is_inbox and is_let_in)


@register.simple_tag(takes_context=True)
def office_shortcuts(context: Context) -> list[Shortcut]:
    """The keys this colleague has; those that exist, where the page does not say who looks at it."""
    request = context.get("request")
    return list(SHORTCUTS if request is None else shortcuts.of(request.user))


@register.filter
def said(moment: datetime | date | None, form: str) -> str:
    """A date by Django's letters, in the language of the office."""
    return dates.written(moment, form)


@register.filter
def because(reason: str) -> str:
    """Why somebody stands at a stage, in the language of the office."""
    return str(stages.Reason(reason).label) if reason in stages.Reason.values else reason


@register.filter
def remedy(reason: str) -> remedies.Remedy | None:
    """What a refusal by a mail server means and what helps; None where its own words have to do."""
    return remedies.of(reason)
