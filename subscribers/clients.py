"""Who is on the line? The client's address as far as named proxies tell, and the network it belongs to."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from subscribers.consent_ledger import Proof

IP = IPv4Address | IPv6Address
# One household or firm rarely spans more; one machine easily has a whole /64 for itself.
PREFIX_LENGTHS = {4: 24, 6: 64}


def address_of(request: HttpRequest) -> str | None:
    """The client's IP address; None where the server tells none (a local socket without a named proxy).

    X-Forwarded-For is read from its end, as long as the one who says it is a named proxy: what stands before
    that may be anybody's invention.
    """
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    peer = _parsed(request.META.get("REMOTE_ADDR", ""))
    client = peer
    while told and _is_proxy(client, is_peer=client is peer):
        before = _parsed(told.pop())
        if before is None:
            break
        client = before
    return str(client) if client else None


def network_of(address: str | None) -> str:
    """The /24 or /64 around an address, as text; `unknown` for None."""
    ip = _parsed(address or "")
    if ip is None:
        return "unknown"
    return str(ip_network((ip, PREFIX_LENGTHS[ip.version]), strict=False))


def proof_of(request: HttpRequest) -> Proof:
    """What a consent keeps about whoever was on the line."""
    return Proof(ip=address_of(request), user_agent=request.META.get("HTTP_USER_AGENT", "")[:512])


def _is_proxy(ip: IP | None, *, is_peer: bool) -> bool:
    networks = _trusted(tuple(settings.CIRCOLARE_TRUSTED_PROXIES))
    if ip is None:  # a socket of the same machine: only a proxy that the settings speak of can be behind it
        return is_peer and bool(networks)
    return any(ip in network for network in networks)


@lru_cache(maxsize=8)
def _trusted(names: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(name, strict=False) for name in names)


def _parsed(text: str) -> IP | None:
    """An address without port and brackets; IPv4 inside IPv6 is the IPv4 address."""
    bare = text.strip().removeprefix("[").partition("]")[0]
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        ip = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
