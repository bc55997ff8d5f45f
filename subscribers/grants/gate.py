"""The gate in front of a resource, as it is shown: a form, a button for known readers, or just a button."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from content.models import ResourcePage
from subscribers.grants import counting
from subscribers.grants.forms import GateFields
from subscribers.models import Purpose, SignupForm, Subscriber, Wording
from subscribers.signup import showing, trap


@dataclass(frozen=True)
class Offer:
    """The newsletter that may be asked for beside, in the words shown."""

    form: SignupForm
    purpose: Purpose
    title: str
    rhythm: str
    wording: Wording | None
    tracking: Wording | None


@dataclass(frozen=True)
class Gate:
    """Everything its template needs."""

    page: ResourcePage
    fields: GateFields
    trap: trap.Trap
    offer: Offer | None
    is_open: bool
    is_known: bool  # this browser's reader needs no form
    has_file: bool
    n_people: int | None  # None below the number that is shown


def build(
    page: ResourcePage,
    *,
    locale: str,
    now: datetime,
    reader: Subscriber | None = None,
    data: Mapping[str, object] | None = None,
) -> Gate:
    """The gate ready to be shown; with `data`, filled with what was typed and its errors."""
    offer = _offer(locale, now)
    shown = [wording.pk for wording in (offer.wording, offer.tracking) if wording] if offer else []
    return Gate(
        page=page,
        fields=GateFields(data),
        trap=trap.make(subject(page), now=now, wording_ids=shown),
        offer=offer,
        is_open=page.gate == ResourcePage.Gate.OPEN,
        is_known=reader is not None,
        has_file=page.document_id is not None,
        n_people=counting.shown(counting.people(page)),
    )


def subject(page: ResourcePage) -> str:
    """What the form's seal is made for."""
    return f"resource:{page.pk}"


def _offer(locale: str, now: datetime) -> Offer | None:
    """The first newsletter of the language's first open form."""
    form = showing.first_open(locale)
    if form is None:
        return None
    built = showing.build(form, now=now)
    if not built.boxes:
        return None
    first = built.boxes[0]
    return Offer(form, first.purpose, first.title, first.rhythm, first.wording, built.tracking)
