"""Which mailbox is meant? Reading, comparing, masking and judging the addresses that people write."""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from disposable_email_domains import blocklist
from django.utils.translation import gettext_lazy as _
from email_validator import EmailNotValidError, validate_email

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MAX_LENGTH = 320  # characters; 64 + @ + 255, RFC 5321 4.5.3.1
# Copied along with an address from web pages and mails; nobody types them.
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
AROUND = " \t\u00a0" + INVISIBLE


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# RFC 2606, 6761, 6762, 7686, 8375, 9476 and ICANN's `internal` (2024): no mail can ever arrive there.
RESERVED = _words(
    "alt example example.com example.net example.org home.arpa internal invalid local localhost onion test"
)
# RFC 2142 and common practice: read by machines or by whoever runs the server, never by a subscriber.
MACHINE_ROLES = _words(
    "abuse bounce bounces donotreply do-not-reply hostmaster mailer-daemon mailerdaemon noc no-reply noreply nobody "
    "postmaster root security spam usenet uucp webmaster"
)
SHARED_ROLES = _words(
    "accounting admin amministrazione billing commerciale contact contatti editor help hello hr info jobs lavoro "
    "marketing media newsletter office press redazione sales segreteria service stampa support ufficio"
)
DOTLESS_DOMAINS = frozenset({"gmail.com", "googlemail.com"})  # the provider ignores dots before the @


class BadAddress(ValueError):
    """What was written is not an address; `message` tells a person what to mend."""

    def __init__(self, message: "str | _StrPromise") -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Address:
    """One mailbox."""

    written: str  # local part as typed, domain in lower-case A-labels: what goes onto the wire
    key: str  # the same with the local part case-folded: two writings of one mailbox meet here
    domain: str  # lower-case A-labels

    @property
    def is_disposable(self) -> bool:
        """Whether its provider hands out mailboxes that vanish after minutes."""
        return is_disposable(self.domain)

    @property
    def is_machine_role(self) -> bool:
        """Whether it belongs to a server's keeper or to a program (abuse@, noreply@)."""
        return _base(self.key) in MACHINE_ROLES

    @property
    def is_shared_role(self) -> bool:
        """Whether several people read it (info@, segreteria@)."""
        return _base(self.key) in SHARED_ROLES


def read(raw: str) -> Address:
    """The mailbox that a person wrote.

    Takes: any text; blanks and invisible characters around it are dropped, line breaks are not.
    Raises: BadAddress when it is no deliverable form (quoted local parts, address literals and names around
    the address are refused too: no reader has one).
    """
    text = raw.strip(AROUND)
    _refuse_what_we_can_name(text)
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, ValueError) as error:
        raise BadAddress(_("This is not an address a mail can reach. Look at it again.")) from error
    if found.ascii_domain is None or "." not in found.ascii_domain:
        raise BadAddress(_("Something is missing after the @, for instance “.it”."))
    domain = found.ascii_domain.lower()
    local = unicodedata.normalize("NFC", found.local_part)
    folded = unicodedata.normalize("NFC", local.casefold())
    return Address(written=f"{local}@{domain}", key=f"{folded}@{domain}", domain=domain)


def _refuse_what_we_can_name(text: str) -> None:
    if not text:
        raise BadAddress(_("Write your address."))
    if len(text) > MAX_LENGTH:
        raise BadAddress(_("This is too long for an address."))
    if "<" in text or ">" in text:
        raise BadAddress(_("Write the address alone, without a name around it."))
    if any(character.isspace() for character in text):
        raise BadAddress(_("There is a space inside the address."))
    if any(character in INVISIBLE or unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise BadAddress(_("There is an invisible character inside the address. Type it by hand."))
    if "@" not in text:
        raise BadAddress(_("An address has an @ in the middle, as in anna@libero.it."))


def mask(address: str) -> str:
    """The address with all but its first letter and its domain hidden: `a•••@libero.it`."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def is_reserved(domain: str) -> bool:
    """Whether the domain, or one above it, is set aside by a standard and can have no mailbox."""
    labels = domain.lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in RESERVED for start in range(len(labels)))


def is_disposable(domain: str) -> bool:
    """Whether the domain, or one above it, hands out mailboxes that vanish."""
    labels = domain.lower().rstrip(".").split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def mailbox(key: str) -> str:
    """The key without `+tag`, and without dots where the provider ignores them; for limits, never for identity."""
    local, _at, domain = key.rpartition("@")
    local = unicodedata.normalize("NFKC", local).partition("+")[0] or local
    if domain in DOTLESS_DOMAINS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _base(key: str) -> str:
    return key.rpartition("@")[0].partition("+")[0]
