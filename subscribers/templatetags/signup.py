"""The sign-up form in any template: `{% signup_form form_or_key %}`."""

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Locale

from subscribers.models import SignupForm
from subscribers.signup import known, showing

register = template.Library()
COUNTER = "_n_signup_forms"


@register.inclusion_tag("components/signup_form.html", takes_context=True)
def signup_form(
    context: Context, form_or_key: SignupForm | str | None, resource: int | None = None
) -> dict[str, object]:
    """Show an open form in the page's language; nothing where there is none.

    A browser whose reader is known sees a line and a way to the own page, and the form folded away.
    """
    request, now = context.get("request"), timezone.now()
    form = _found(form_or_key)
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
        "is_known": bool(request and known.reader_of(request, now=now)),
        "resource": resource,
    }


def _found(form_or_key: SignupForm | str | None) -> SignupForm | None:
    language = (get_language() or "it")[:2]
    if isinstance(form_or_key, str):
        return showing.find(form_or_key, language) if form_or_key else showing.first_open(language)
    if form_or_key is None:
        return showing.first_open(language)
    return showing.in_language(form_or_key, Locale.objects.get(language_code=language))
