"""What a posted gate does: the guards of a sign-up, then the grant, and beside it a sign-up where it was ticked."""

from datetime import datetime
from enum import Enum

from django.http import QueryDict

from content.models import ResourcePage
from subscribers.consent import Proof
from subscribers.grants import gate, granting
from subscribers.grants.forms import GateFields
from subscribers.models import Wording
from subscribers.signup import asking, limits, showing, trap


class Asked(Enum):
    """What became of it. DONE says nothing about the address."""

    DONE = "done"
    INVALID = "invalid"
    TOO_FAST = "too fast"
    TOO_OLD = "too old"
    TOO_MANY = "too many"


VERDICTS = {
    trap.Verdict.TOO_FAST: Asked.TOO_FAST,
    trap.Verdict.TOO_OLD: Asked.TOO_OLD,
    trap.Verdict.MACHINE: Asked.DONE,
}


def ask(page: ResourcePage, data: QueryDict, *, network: str, proof: Proof, locale: str, now: datetime) -> Asked:
    """Give the right and wish for its mail; with the box ticked, ask for the newsletter's confirmation too.

    Changes: as `granting.request` and `signup.asking.request`; nothing unless it gives DONE, and nothing for a
    machine either, which gets the same answer.
    """
    fields = GateFields(data)
    if not fields.is_valid():
        return Asked.INVALID
    judged = trap.judge(gate.subject(page), data, now=now)
    if judged.verdict in VERDICTS:
        return VERDICTS[judged.verdict]
    if not all(limits.passes(limit, network, now=now) for limit in (limits.NETWORK_HOUR, limits.NETWORK_DAY)):
        return Asked.TOO_MANY
    granting.request(fields.cleaned_data["address"], page, locale=locale, now=now)
    if fields.cleaned_data["newsletter"]:
        _sign_up(page, fields, judged.wording_ids, proof, locale, now)
    return Asked.DONE


def _sign_up(
    page: ResourcePage, fields: GateFields, wording_ids: tuple[int, ...], proof: Proof, locale: str, now: datetime
) -> None:
    """The newsletter beside the file; tracking only beside the newsletter, and only with the words that were shown."""
    form = showing.first_open(locale)
    offered = showing.offered_by(form)[:1] if form else []
    if form is None or not offered:
        return
    tracking = showing.tracking_purpose() if fields.cleaned_data["tracking"] else None
    purposes = [*offered, tracking] if tracking else offered
    shown = Wording.objects.filter(pk__in=wording_ids, purpose__in=purposes)
    wish = asking.Wish(
        form=form.key,
        address=fields.cleaned_data["address"],
        purposes=purposes,
        wordings={wording.purpose_id: wording for wording in shown},
        locale=locale,
        page_url=fields.cleaned_data["page"],
        resource_id=page.pk,
    )
    asking.request(wish, proof=proof, now=now)
