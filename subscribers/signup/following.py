"""Newsletters for a browser whose reader is known: one press gives what the page offers, one takes it back.

Such a browser was known by a press behind a link of our mail to that address, so the address is proven. Only readers
who get newsletters now have the button; whoever has left, or was refused, confirms by mail as strangers do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from subscribers import clients, consent, private
from subscribers.models import Purpose, SignupForm, State, Subscriber, Wording
from subscribers.signup import known, showing, trap
from subscribers.signup.fields import PathField

SURE = (trap.Verdict.PERSON, trap.Verdict.TOO_FAST)  # a button takes no typing
GETTING = (State.ACTIVE, State.PAUSED)


@dataclass(frozen=True)
class Offer:
    """What a form offers to one known reader."""

    boxes: list[showing.Box]  # without those the reader has; empty: nothing is left to give

    @property
    def has_choice(self) -> bool:
        """Whether there is more than one newsletter to choose from."""
        return len(self.boxes) > 1


def offer(shown: showing.Shown, reader: Subscriber | None) -> Offer | None:
    """What the button would give; None for somebody who has to fill the form. One query for a known reader."""
    if reader is None or reader.state not in GETTING:
        return None
    had = set(reader.permissions.filter(is_given=True).values_list("purpose_id", flat=True))
    return Offer([box for box in shown.boxes if box.purpose.pk not in had])


def take(request: HttpRequest, form: SignupForm, *, now: datetime) -> HttpResponse | None:
    """Give what the button was pressed for; None where this browser, its reader or its seal does not allow that."""
    reader = _reader(request, now)
    judged = trap.judge(form.key, request.POST, now=now)
    if reader is None or judged.verdict not in SURE:
        return None
    chosen = _chosen(form, request.POST)
    shown = {one.purpose_id: one for one in Wording.objects.filter(pk__in=judged.wording_ids, purpose__in=chosen)}
    page = PathField(required=False).clean(request.POST.get("page"))
    with transaction.atomic():
        for purpose in chosen:
            consent.give(
                reader,
                purpose,
                source=f"form:{form.key}",
                locale=_locale(),
                wording=shown.get(purpose.pk),
                page_url=page,
                proof=clients.proof_of(request),
                now=now,
            )
    return _to_followed(form, chosen) if chosen else None


@require_http_methods(["GET", "HEAD", "POST"])
@private.private
def followed(request: HttpRequest, key: str) -> HttpResponse:
    """“Done”, with the newsletters named in the address; by POST, they are taken back."""
    now = timezone.now()
    form = showing.find(key, _locale())
    chosen = _chosen(form, request.POST or request.GET) if form else []
    if form is None or not chosen:
        return HttpResponseRedirect(reverse("link"))
    if request.method == "POST":
        reader = _reader(request, now)
        if reader is None or trap.judge(key, request.POST, now=now).verdict not in SURE:
            return HttpResponseRedirect(reverse("link"), status=303)
        for purpose in chosen:
            consent.withdraw(reader, purpose, source=f"form:{key}", now=now)
        return _to_followed(form, chosen, is_undone=True)
    context = {
        "form": form,
        "letters": [(one.key, one.title(_locale()), one.rhythm(_locale())) for one in chosen],
        "is_undone": "undone" in request.GET,
        "can_undo": _reader(request, now) is not None,
        "trap": trap.make(key, now=now),
    }
    return render(request, "signup/followed.html", context)


def _reader(request: HttpRequest, now: datetime) -> Subscriber | None:
    reader = known.reader_of(request, now=now)
    return reader if reader and reader.state in GETTING else None


def _chosen(form: SignupForm, data: QueryDict) -> list[Purpose]:
    """The newsletters named, as far as the form offers them now."""
    named = set(data.getlist("newsletters"))
    return [purpose for purpose in showing.offered_by(form) if purpose.key in named]


def _to_followed(form: SignupForm, chosen: Sequence[Purpose], *, is_undone: bool = False) -> HttpResponse:
    query = QueryDict(mutable=True)
    query.setlist("newsletters", [one.key for one in chosen])
    if is_undone:
        query["undone"] = "1"
    return HttpResponseRedirect(f"{reverse('followed', args=[form.key])}?{query.urlencode()}", status=303)


def _locale() -> str:
    return (get_language() or "it")[:2]
