"""The transport of each sending account, kept by each thread as long as the account's address stays the same."""

import os
import threading

from django.conf import settings

from campaigns.models import Account
from campaigns.models.mailings import EMAIL_VARIABLE
from campaigns.transports import ways
from campaigns.transports.contract import AccountRefused, Transport
from campaigns.transports.esp import EspTransport
from campaigns.transports.inbox import InboxTransport
from campaigns.transports.memory import MemoryTransport
from campaigns.transports.smtp import SmtpTransport
from campaigns.transports.ways import Way

LOCAL = frozenset({"inbox", "memory"})
_kept = threading.local()


def url_of(account: Account) -> str:
    """The address of an account: EMAIL_URL, or the variable it names.

    Raises: AccountRefused when that variable is not set, or is none for mail.
    """
    if not account.url_variable:
        return str(settings.EMAIL_URL)
    if not EMAIL_VARIABLE.fullmatch(account.url_variable):
        raise AccountRefused(f"{account.url_variable} does not begin with EMAIL_URL")
    try:
        return os.environ[account.url_variable]
    except KeyError as error:
        raise AccountRefused(f"the environment variable {account.url_variable} is not set") from error


def way_of(account: Account) -> Way:
    """Where an account's mail goes.

    Raises: AccountRefused with what to mend.
    """
    try:
        return ways.read(url_of(account))
    except ways.BadEmailUrl as error:
        raise AccountRefused(str(error)) from error


def is_network(account: Account) -> bool:
    """Whether an account's mail leaves the machine; a broken address counts as if it did."""
    try:
        return way_of(account).kind not in LOCAL
    except AccountRefused:
        return True


def transport_of(account: Account) -> Transport:
    """This thread's transport of an account; a new one where the account changed since.

    Raises: AccountRefused.
    """
    way = way_of(account)
    terms = (way, account.n_connections, account.n_per_connection)
    kept: dict[int, tuple[object, Transport]] = _kept.__dict__.setdefault("transports", {})
    if account.pk in kept and kept[account.pk][0] == terms:
        return kept[account.pk][1]
    if account.pk in kept:
        kept[account.pk][1].close()
    transport = _make(way, account)
    kept[account.pk] = (terms, transport)
    return transport


def _make(way: Way, account: Account) -> Transport:
    if way.kind == "smtp":
        return SmtpTransport(way, n_connections=account.n_connections, n_per_connection=account.n_per_connection)
    if way.kind == "anymail":
        return EspTransport(way)
    return MemoryTransport() if way.kind == "memory" else InboxTransport()


def close() -> None:
    """Let go of everything this thread keeps open."""
    kept: dict[int, tuple[object, Transport]] = _kept.__dict__.pop("transports", {})
    for _terms, transport in kept.values():
        transport.close()
