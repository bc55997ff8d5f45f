"""What does a server mean by its refusal, and whom does it concern? Pure.

Sources: RFC 3463 and the IANA registry of enhanced codes; Google's, Microsoft's and Yahoo's lists of SMTP errors as of
2026. Words are looked at before numbers where providers put 5.2.1 or plain 554 before "your IP is blacklisted".
"""

import re
from enum import StrEnum


class Meaning(StrEnum):
    """What became clear."""

    NO_MAILBOX = "no_mailbox"  # nobody lives there: never write again
    FULL = "full"  # lives there, takes nothing now
    LATER = "later"  # greylisting, load, a fault of theirs
    POLICY = "policy"  # the domain, or a list it asks, holds something against our server or domain
    CONTENT = "content"  # this mail, whoever gets it
    REFUSED = "refused"  # for good, and it does not say why


def words(*patterns: str) -> re.Pattern[str]:
    """One pattern out of several, whatever the case."""
    return re.compile("|".join(patterns), re.IGNORECASE)


GREYLISTED = words(r"gr[ae]y.?list", r"try again (later|in \d)", r"come back later", r"temporarily (deferred|rejected)")
OUR_CONTENT = words(
    r"\b[sm]?uri?bl\.", r"\burl in\b", r"contains? (a )?(spam|virus|malware|suspicious)", r"spam (content|message)",
    r"(message|mail|content).{0,30}(looks like|classified|detected|identified|considered|rejected|marked) as spam",
    r"virus (found|detected)", r"high probability of spam", r"spam score", r"anti-?spoofing", r"attachment",
    r"header.{0,20}(missing|invalid|duplicate|malformed)", r"message (is )?(too (big|large)|size exceeds)",
)  # fmt: skip
AGAINST_US = words(
    r"black.?list", r"block.?list", r"\b(dns|rh)?s?bl\b", r"dnsbl", r"\brbl\b", r"spamhaus", r"sorbs", r"barracuda",
    r"spamcop", r"proofpoint", r"invaluement", r"hostkarma", r"listed (at|by|in|on)\b", r"listat", r"reputation",
    r"\bbanned\b", r"\bspf\b", r"\bdkim\b", r"\bdmarc\b", r"unauthenticated", r"policy (reason|violation|restriction)",
    r"(your|sender'?s?|client|sending|this) (ip|host|server|network|access|domain)\b", r"\bip:? ?\[?\d+\.\d+\.\d+",
    r"client (host )?\[?[\w.]*\]?.{0,30}(blocked|rejected|denied)", r"not allowed to connect", r"access denied",
    r"connection (refused|rejected)", r"relay", r"reverse dns", r"\bptr\b", r"rate.?limit", r"too many",
    r"at a rate that",
    r"sender (address )?(is )?(rejected|refused)",
    r"domain of sender",
    r"throttl", r"unusual rate", r"unsolicited", r"bulk", r"(weren't|were not) sent", r"geograph", r"block list",
    r"blocked", r"not accepting (mail|messages|connections) from",
)  # fmt: skip
NOBODY = words(
    r"user (is )?(unknown|not found|doesn't exist|does not exist|disabled|inactive)", r"unknown (user|recipient|local)",
    r"no such (user|recipient|mailbox|address|person|domain)",
    r"user (does )?not exist",
    r"doesn't have an? [\w. ]{2,40} account", r"(no|not a) (valid )?(mailbox|user|recipient)",
    r"recipient (unknown|not found|does not exist|rejected$|invalid)", r"recipient rejected\b",
    r"(mailbox|account|address|recipient).{0,30}(not (exist|found)|doesn't exist|unknown|invalid|closed)",
    r"invalid (mailbox|recipient|address|user)", r"does not exist", r"utente (sconosciuto|inesistente)",
    r"casella.{0,20}(inesistente|non esiste|disattivata)", r"destinatario (sconosciuto|inesistente)",
    r"allowed rcpthosts", r"account (has been )?(disabled|suspended|deleted)", r"mailbox unavailable",
)  # fmt: skip
FULL = words(
    r"(mailbox|inbox|account|casella).{0,25}(is )?(full|pien[ao])", r"quota", r"insufficient (system )?storage"
)
OUT_OF_REACH = words(
    r"dns error", r"resolving mx", r"domain name not found", r"unrouteable", r"host (unknown|not found)"
)

LISTED = words(r"black.?list", r"spamhaus", r"dnsbl", r"\brbl\b", r"sender (address )?(is )?(rejected|refused)")
SURE_CODES = {"5.1.1", "5.1.10"}
NO_MAILBOX_CODES = {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1"}
FULL_CODES = {"4.2.2", "5.2.2", "4.3.1", "5.3.1"}
CONTENT_CODES = {"5.2.3", "5.3.4", "5.6.0", "5.6.1", "5.6.2", "5.6.3", "5.6.7"}


def read(code: str, text: str) -> Meaning:
    """What a 4xx or 5xx reply means.

    Takes: the codes as `550 5.1.1` or `550`, the server's words.
    """
    basic, _, enhanced = code.partition(" ")
    enhanced = enhanced or found_in(text)
    if basic.startswith("4"):
        return _later(enhanced, text)
    return _for_good(basic, enhanced, text)


def found_in(text: str) -> str:
    """An enhanced code somewhere in the words: `(#5.7.1)`."""
    match = re.search(r"(?<![\d.])([45]\.\d{1,2}\.\d{1,3})(?![\d.])", text)
    return match[1] if match else ""


def is_nobody(enhanced: str, text: str) -> bool:
    """Whether the words say that the mailbox does not exist, and are not about us after all."""
    if enhanced == "5.4.1" and re.search(r"recipient address rejected", text, re.IGNORECASE):
        return True  # Microsoft's words for an address its tenant does not know
    if not NOBODY.search(text) or LISTED.search(text):
        return False
    return enhanced in SURE_CODES or not AGAINST_US.search(text)


def _later(enhanced: str, text: str) -> Meaning:
    if GREYLISTED.search(text) and not re.search(r"spamhaus|sorbs|dnsbl|black.?list", text, re.IGNORECASE):
        return Meaning.LATER
    if enhanced in FULL_CODES or FULL.search(text):
        return Meaning.FULL
    if enhanced.startswith("4.5."):  # of the dialogue, such as too many recipients at once
        return Meaning.LATER
    if enhanced.startswith("4.7.") or AGAINST_US.search(text):
        return Meaning.POLICY
    return Meaning.LATER


def _for_good(basic: str, enhanced: str, text: str) -> Meaning:
    if enhanced in CONTENT_CODES or OUR_CONTENT.search(text):
        return Meaning.CONTENT
    if enhanced in FULL_CODES or (basic == "552" and not enhanced) or FULL.search(text):
        return Meaning.FULL
    if OUT_OF_REACH.search(text):
        return Meaning.LATER
    if is_nobody(enhanced, text):
        return Meaning.NO_MAILBOX
    if AGAINST_US.search(text) or enhanced.startswith("5.7."):
        return Meaning.POLICY
    if enhanced in NO_MAILBOX_CODES or (basic == "553" and not enhanced):
        return Meaning.NO_MAILBOX
    return Meaning.REFUSED
