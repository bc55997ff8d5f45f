"""Those whom a server put off until we gave up get another try, in the same mailing: nobody gets it twice."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.models import Delivery, Mailing
from campaigns.sending.mailing import WrongMoment

# Failed for want of patience alone; a refusal is for good.
PUT_OFF = (Delivery.Reason.SERVER, Delivery.Reason.DOMAIN)


def put_off(mailing: Mailing) -> QuerySet[Delivery]:
    """The mails that were given up though no server refused them for good."""
    return mailing.deliveries.filter(state=Delivery.State.FAILED, reason__in=PUT_OFF)


def retry(mailing: Mailing, *, now: datetime) -> None:
    """Let them wait again and the mailing go on; the gate asks each anew. Raises: WrongMoment.

    Changes: the mailing and those rows, or nothing.
    """
    with transaction.atomic():
        ended = Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.FINISHED, is_standing=False)
        if not ended.update(state=Mailing.State.SENDING, finished_at=None):
            raise WrongMoment(_("It has not ended: what was put off is tried again by itself."))
        again = {"state": Delivery.State.QUEUED, "reason": "", "code": "", "reply": "", "n_tries": 0}
        if not put_off(mailing).update(**again, due_at=now, done_at=None):
            raise WrongMoment(_("Nobody was put off: there is nothing to try again."))
    mailing.refresh_from_db()
