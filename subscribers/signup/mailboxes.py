"""Where is the inbox of this address? The doors of the big providers, the address's own first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Door:
    """A provider's way into its mailboxes."""

    name: str
    url: str
    domains: tuple[str, ...]  # those that end with a dot stand for every ending: `yahoo.` is yahoo.it too
    is_common: bool = True  # shown to everybody, not only to its own people
    is_own: bool = False  # of the address at hand


DOORS = (
    Door("Gmail", "https://mail.google.com/", ("gmail.com", "googlemail.com")),
    Door("Outlook", "https://outlook.live.com/mail/", ("outlook.", "hotmail.", "live.", "msn.com")),
    Door("Libero", "https://mail.libero.it/", ("libero.it", "inwind.it", "iol.it", "blu.it", "giallo.it")),
    Door("Yahoo", "https://mail.yahoo.com/", ("yahoo.", "ymail.com"), is_common=False),
    Door("iCloud", "https://www.icloud.com/mail/", ("icloud.com", "me.com", "mac.com"), is_common=False),
    Door("Virgilio", "https://mail.virgilio.it/", ("virgilio.it",), is_common=False),
    Door("Tiscali", "https://mail.tiscali.it/", ("tiscali.it",), is_common=False),
)


def doors(address: str) -> Sequence[Door]:
    """The address's own provider where it is a big one, then the common ones. Takes: an address, masked or not."""
    domain = address.rpartition("@")[2].lower()
    own = [replace(door, is_own=True) for door in DOORS if _is_of(domain, door)]
    return [*own, *(door for door in DOORS if door.is_common and not _is_of(domain, door))]


def _is_of(domain: str, door: Door) -> bool:
    return any(domain.startswith(one) if one.endswith(".") else domain == one for one in door.domains)
