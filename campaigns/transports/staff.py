"""Django's own mails (password resets of staff) by the same way out as all others: each becomes a delivery.

So a door never waits for a mail server, and what it answers takes as long for a user who does not exist.
"""

import base64
import logging
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes
from email.policy import SMTP
from email.utils import parseaddr
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campaigns.models import Delivery, PurposeClass
from campaigns.sending import ledger, mailing
from subscribers.addresses import BadAddress, mask

logger = logging.getLogger(__name__)
STAFF = "staff"  # the service kind of these mails
# Base64 where a line is not plain ASCII: any server takes it, and no dot or line end can be hurt.
SEVEN_BIT = SMTP.clone(cte_type="7bit")


class StaffMailBackend(BaseEmailBackend):
    """Writes mails into the ledger as service mail; the next tick sends them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Queue a delivery for each recipient; gives how many messages were queued for anybody."""
        now = timezone.now()
        return sum(queue(message, now=now) > 0 for message in email_messages)


def queue(message: EmailMessage, *, now: datetime) -> int:
    """Queue a message for each of its recipients; gives for how many. `forget` empties the rows once they left."""
    # Django's own classes know no policy: the message is read back before it is written in ours.
    raw = message_from_bytes(message.message().as_bytes(), policy=SEVEN_BIT).as_bytes()
    sender = parseaddr(str(message.from_email))[1]
    context: dict[str, object] = {"raw": base64.b64encode(raw).decode(), "sender": sender}
    queued_as = f"staff:{uuid4().hex}"
    return sum(_queue_one(to, f"{queued_as}:{n}", context, now) for n, to in enumerate(message.recipients()))


def _queue_one(recipient: str, intent_key: str, context: dict[str, object], now: datetime) -> bool:
    standing = mailing.standing(
        f"service:{STAFF}", purpose_class=PurposeClass.SERVICE, title=_("Mail to colleagues"), service_kind=STAFF
    )
    try:
        return mailing.enqueue_address(
            standing,
            parseaddr(recipient)[1],
            intent_key=intent_key,
            locale=(translation.get_language() or "it")[:2],
            now=now,
            context=context,
        )
    except BadAddress:
        logger.warning("A mail to a colleague was dropped: %s is no address", mask(parseaddr(recipient)[1]))
        return False


def forget() -> int:
    """Empty the contents of staff mails that need no further try: they may hold a link that resets a password."""
    done = Delivery.objects.filter(
        mailing__key=f"service:{STAFF}", state__in=[state.value for state in ledger.SETTLED], context__has_key="raw"
    )
    return done.update(context={})
