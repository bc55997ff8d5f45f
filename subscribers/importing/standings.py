"""What the other system says of a person, in its words and in ours."""

from enum import Enum

from content.importing.wordlists import wordlist


class Standing(Enum):
    """Ordered from the strictest: of two rows of one address the stricter counts."""

    BLOCKED = "blocked"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    LEFT = "left"
    UNCONFIRMED = "unconfirmed"
    AGREES = "agrees"


# Mailchimp, Substack, beehiiv, Ghost, Buttondown, keila, listmonk, MailerLite, Brevo, and Italian words.
WORDS = {
    Standing.AGREES: wordlist(
        "subscribed active confirmed enabled regular premium gifted free paid comped agrees "
        "iscritto iscritta attivo attiva"
    ),
    Standing.LEFT: wordlist(
        "unsubscribed unsub optedout opted-out opted_out inactive removed deleted disabled left archived "
        "past_due churned disiscritto disiscritta cancellato cancellata"
    ),
    Standing.BOUNCED: wordlist(
        "cleaned bounced bouncing bounce hard_bounced hard-bounced undeliverable unreachable invalid malformed"
    ),
    Standing.COMPLAINED: wordlist("complained complaint spam spammed abuse spam_complaint junk"),
    Standing.BLOCKED: wordlist("blocked blocklisted blacklisted suppressed banned blocked_by_admin bloccato bloccata"),
    Standing.UNCONFIRMED: wordlist(
        "pending unconfirmed unactivated waiting nonsubscribed non-subscribed notsubscribed transactional validating "
        "needs_confirmation never_subscribed trialed in_attesa"
    ),
}
BY_WORD = {word: standing for standing, words in WORDS.items() for word in words}
YES = wordlist("true yes y t 1 on si sì vero x")
NO = wordlist("false no n f 0 off falso")
SEVERITY = {standing: number for number, standing in enumerate(Standing)}


def read(word: str, more: dict[str, Standing]) -> Standing | None:
    """Our standing for another system's word; None where nobody knows it.

    Takes: `more` {word in lower case: what the person who imports says it means}.
    """
    plain = " ".join(word.lower().split())
    return more.get(plain) or BY_WORD.get(plain) or BY_WORD.get(plain.replace(" ", "_"))
