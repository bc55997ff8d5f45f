"""Which way does EMAIL_URL name? Reading it, with errors that say what to write instead.

inbox://                                keeps every mail in the built-in inbox
smtp://user:password@host:587           STARTTLS, required and verified; plain only to this machine itself
smtp+tls://…  smtp+ssl://…              the same, by name; TLS from the first byte (port 465)
smtp://host:1025?tls=off                plain inside a network you trust; refused together with a password
anymail://mailgun                       a provider's API, with Anymail's own settings
Options: ?ca=/path/to/authority.pem, ?timeout=60 (seconds a server may take for one answer).
"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TIMEOUT_SECONDS = 60.0
SCHEMES = ("inbox", "memory", "smtp", "smtp+tls", "smtp+ssl", "anymail")


class Security(StrEnum):
    """How the line to the server is kept private."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


class BadEmailUrl(ValueError):
    """EMAIL_URL names no way out; the message says what to write, and never repeats a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where mail goes, as EMAIL_URL says it."""

    kind: str  # inbox, memory, smtp, anymail
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    security: Security = Security.NONE
    ca_file: str = ""  # certificates to trust instead of the system's
    timeout_seconds: float = TIMEOUT_SECONDS
    esp: str = ""  # of Anymail: mailgun, amazon_ses, …

    def __repr__(self) -> str:
        return f"<way {self.kind} {self.host or self.esp}>"


def read(url: str) -> Way:
    """The way that an EMAIL_URL names.

    Raises: BadEmailUrl.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise BadEmailUrl(
            f"EMAIL_URL must begin with inbox://, smtp://, smtp+tls://, smtp+ssl:// or anymail://, "
            f"not {parts.scheme or 'nothing'!r}"
        )
    if parts.scheme in {"inbox", "memory"}:
        return Way(kind=parts.scheme)
    if not parts.hostname:
        raise BadEmailUrl(f"EMAIL_URL names nobody to send to: write {parts.scheme}://NAME")
    if parts.scheme == "anymail":
        return Way(kind="anymail", esp=parts.hostname)
    return _smtp(parts)


def _smtp(parts: SplitResult) -> Way:
    options = _options(parts.query)
    security = _security(parts, options.get("tls", ""))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    host = parts.hostname or ""
    if user and not password:
        raise BadEmailUrl("EMAIL_URL names a user without a password: smtp://user:password@host")
    if password and security == Security.NONE and host not in LOOPBACK:
        raise BadEmailUrl("EMAIL_URL would send a password in the clear: leave out tls=off, or the password")
    return Way(
        kind="smtp",
        host=host,
        port=_port(parts) or (PORTS[security]),
        user=user,
        password=password,
        security=security,
        ca_file=_file(options.get("ca", "")),
        timeout_seconds=_seconds(options.get("timeout", "")),
    )


def _options(query: str) -> dict[str, str]:
    options = {key: values[-1] for key, values in parse_qs(query, keep_blank_values=True).items()}
    unknown = sorted(set(options) - {"tls", "ca", "timeout"})
    if unknown:
        raise BadEmailUrl(f"EMAIL_URL has an unknown option {unknown[0]!r}; known are tls, ca and timeout")
    return options


def _security(parts: SplitResult, wish: str) -> Security:
    if wish not in {"", "off"}:
        raise BadEmailUrl("EMAIL_URL: the option tls can only be off; encryption is the rule")
    if parts.scheme == "smtp+ssl":
        return Security.TLS
    if parts.scheme == "smtp+tls":
        return Security.STARTTLS
    return Security.NONE if wish == "off" or parts.hostname in LOOPBACK else Security.STARTTLS


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError as error:
        raise BadEmailUrl("EMAIL_URL: the port must be a number from 1 to 65535") from error


def _file(path: str) -> str:
    if path and not Path(path).is_file():
        raise BadEmailUrl(f"EMAIL_URL: there is no file {path}")
    return path


def _seconds(text: str) -> float:
    try:
        seconds = float(text or TIMEOUT_SECONDS)
    except ValueError as error:
        raise BadEmailUrl(f"EMAIL_URL: timeout must be a number of seconds, not {text!r}") from error
    if not 1 <= seconds <= 600:
        raise BadEmailUrl("EMAIL_URL: timeout must lie between 1 and 600 seconds")
    return seconds
