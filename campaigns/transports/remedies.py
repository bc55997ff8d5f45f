"""A mail server will not have us: what is it most likely, and what may somebody do about it? Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.deliverability.classify import words


@dataclass(frozen=True)
class Remedy:
    """What a refusal means, and the fixes that help most often, the likeliest first."""

    meaning: str | Promise
    fixes: tuple[str | Promise, ...]


# Each reason is written by greeting, line, accounts or esp around the server's own words. The first that fits counts.
REMEDIES = (
    (
        words(r"refuses the login", r"refuses our key", r"\b535\b", r"authentication (failed|unsuccessful)"),
        Remedy(
            _("The server does not know this name and password."),
            (
                _("The name is often the whole mail address, and the password one made for programs."),
                _("Signs such as @ : / # in either are written %40 %3A %2F %23 in EMAIL_URL."),
                _("Sending by programs may have to be switched on in the mailbox's own settings."),
            ),
        ),
    ),
    (
        words(r"the certificate of"),
        Remedy(
            _("The server shows a certificate that does not belong to its name, or is out of date."),
            (
                _("Write the name that the provider gives, not an address in numbers or a name of your own."),
                _("An authority of your own is named in EMAIL_URL by ?ca=/path/to/authority.pem."),
                _("Look at the clock of this machine."),
            ),
        ),
    ),
    (
        words(r"offers no STARTTLS", r"refuses STARTTLS", r"no TLS with", r"this is no SMTP"),
        Remedy(
            _("We and the server do not agree on how to encrypt."),
            (
                _("Port 465 wants smtp+ssl://, port 587 wants smtp://."),
                _("Port 25 is for servers among themselves: take 587."),
                _("Inside a network you trust, without a password: ?tls=off."),
            ),
        ),
    ),
    (
        words(r"environment variable", r"EMAIL_URL"),
        Remedy(
            _("The address of the server is not written where this account looks for it."),
            (
                _("The variable must be set for the workers too, not for the web alone."),
                _("After a change start web and workers again."),
            ),
        ),
    ),
    (
        words(r"name or service not known", r"name resolution", r"nodename nor servname", r"no address associated"),
        Remedy(
            _("No server of this name was found."),
            (
                _("Look for a slip in the host's name in EMAIL_URL."),
                _("Ask this machine for any other name: it may have no DNS."),
            ),
        ),
    ),
    (
        words(r"connection refused", r"timed out", r"no answer in time", r"unreachable", r"no route to host"),
        Remedy(
            _("Nobody answers at that place."),
            (
                _("Many hosts close port 25 to the outside: take 587 or 465."),
                _("Look at the port, and at the firewall between here and there."),
                _("The server may be down: it is tried again by itself."),
            ),
        ),
    ),
    (
        words(r"relay", r"sender", r"not (allowed|authori[sz]ed|verified|permitted)", r"takes no mail from us"),
        Remedy(
            _("The server does not let us send from this address."),
            (
                _("Prove the sender's domain to the provider: its SPF and DKIM records."),
                _("The sender of the newsletter must belong to that domain."),
                _("A server that asks for a login needs one in EMAIL_URL."),
            ),
        ),
    ),
)


def of(reason: str) -> Remedy | None:
    """What a written reason means; None where its own words have to do."""
    return next((remedy for pattern, remedy in REMEDIES if pattern.search(reason)), None)
