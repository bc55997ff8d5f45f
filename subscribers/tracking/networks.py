"""Is a request from a data centre? Only where the administrator keeps a list; none is shipped."""

import logging
from bisect import bisect_right
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)
Ranges = tuple[tuple[int, ...], tuple[int, ...]]  # first and last addresses as numbers, in order, without overlap


def is_datacentre(address: str | None) -> bool:
    """Whether the address lies in a network of the file CIRCOLARE_DATACENTRES (one network a line, # comments)."""
    if not address or not settings.CIRCOLARE_DATACENTRES:
        return False
    ip = ip_address(address)
    firsts, lasts = _ranges(settings.CIRCOLARE_DATACENTRES)[ip.version]
    place = bisect_right(firsts, int(ip)) - 1
    return place >= 0 and int(ip) <= lasts[place]


@lru_cache(maxsize=2)
def _ranges(file: str) -> dict[int, Ranges]:
    """Read once by each process. A line that is no network is told and left out."""
    found: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            logger.warning("%s line %s is no network", file, number)
            continue
        found[network.version].append((int(network.network_address), int(network.broadcast_address)))
    return {version: _merged(sorted(pairs)) for version, pairs in found.items()}


def _merged(pairs: list[tuple[int, int]]) -> Ranges:
    firsts: list[int] = []
    lasts: list[int] = []
    for first, last in pairs:
        if lasts and first <= lasts[-1]:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    assert all(one < other for one, other in pairwise(firsts))
    return tuple(firsts), tuple(lasts)
