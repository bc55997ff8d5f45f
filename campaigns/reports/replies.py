"""What a server's refusal means, for people who do not read its codes. Its own words stay beside it."""

from django.utils.translation import gettext_lazy as _

from campaigns.deliverability.classify import Meaning, read
from campaigns.transports import remedies

MEANINGS = {
    Meaning.NO_MAILBOX: _("Nobody lives at this address: it is not written to again."),
    Meaning.FULL: _("The mailbox is full."),
    Meaning.LATER: _("The server asked us to come back later."),
    Meaning.POLICY: _("It holds something against our server or domain: look at SPF, DKIM, DMARC and reputation."),
    Meaning.CONTENT: _("It did not like this mail: its content, its size or an attachment."),
    Meaning.REFUSED: _("Refused for good, without saying why."),
}


def meaning(code: str, words: str) -> str:
    """The refusal in a sentence; empty where nobody refused, or nothing became clear.

    Takes: the codes as `550 5.1.1`, empty where no server spoke; the words.
    """
    if code[:1] in ("4", "5"):
        return str(MEANINGS[read(code, words)])
    remedy = remedies.of(words) if words else None
    return str(remedy.meaning) if remedy else ""
