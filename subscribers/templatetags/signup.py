"""Sign-up forms in templates, `{% signup_form form_or_key %}` and, for a column, `{% follow_form column form_id %}`.

Beside them, what may be said of the newsletters: `{% readers_of form_or_key %}`, `{% open_newsletters %}`.
"""

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Locale, Page

from subscribers.models import SignupForm
from subscribers.signup import following, known, proof, showing

register = template.Library()
COUNTER = "_n_signup_forms"


@register.inclusion_tag("components/signup_form.html", takes_context=True)
def signup_form(
    context: Context, form_or_key: SignupForm | str | None, resource: int | None = None
) -> dict[str, object]:
    """Show an open form in the page's language; nothing where there is none.

    A browser whose reader is known sees a button for what is not had yet, or a line and a way to the own page.
    """
    return {**_shown(context, _found(form_or_key)), "resource": resource}


@register.inclusion_tag("components/signup_form.html", takes_context=True)
def follow_form(context: Context, column: Page, form_id: int | None, with_form: bool = True) -> dict[str, object]:
    """Show how a column is followed: by its own form, else the general one, and by its feed."""
    if not with_form:
        return {"column": column}
    own = _shown(context, showing.numbered(form_id, _language()) if form_id else None)
    shown = own or _shown(context, showing.first_open(_language()))
    return {**shown, "column": column, "is_own": bool(own)}


def _shown(context: Context, form: SignupForm | None) -> dict[str, object]:
    """What the template needs of a form; {} where there is none, or where it offers nothing now."""
    request, now = context.get("request"), timezone.now()
    if form is None:
        return {}
    number = int(context.render_context.get(COUNTER) or 0) + 1
    shown = showing.build(form, now=now, page=request.path if request else "", prefix=f"signup-{number}")
    if not shown.boxes:
        return {}
    context.render_context[COUNTER] = number
    return {
        "request": request,
        "shown": shown,
        "offer": following.offer(shown, known.reader_of(request, now=now)) if request else None,
    }


@register.simple_tag
def readers_of(form_or_key: SignupForm | str | None) -> int | None:
    """How many people read what the form offers, as it may be said; None where it is too few."""
    form = _found(form_or_key)
    return proof.readers(form) if form else None


@register.simple_tag
def open_newsletters() -> list[proof.Rhythm]:
    """The newsletters anybody may subscribe to, with their rhythm in the page's language."""
    return proof.rhythms(_language())


def _language() -> str:
    return (get_language() or "it")[:2]


def _found(form_or_key: SignupForm | str | None) -> SignupForm | None:
    language = _language()
    if isinstance(form_or_key, str):
        return showing.find(form_or_key, language) if form_or_key else showing.first_open(language)
    if form_or_key is None:
        return showing.first_open(language)
    return showing.in_language(form_or_key, Locale.objects.get(language_code=language))
