"""Which addresses must not be written to, and why; asked by digest, many at a time."""

from collections.abc import Collection, Iterable, Sequence

from subscribers import digests
from subscribers.models import Suppression

Reason = Suppression.Reason
# What stops even a mail that the address itself asked for: its owner, or we, said so.
STOPS_SERVICE = frozenset({Reason.NOT_ME, Reason.BY_HAND})
BOUNCES = frozenset({Reason.HARD_BOUNCE, Reason.SOFT_BOUNCE})


def reasons_among(keys: Iterable[str]) -> dict[str, set[str]]:
    """Why each of these addresses is suppressed, in one query; addresses that are not are left out."""
    owners = {digest: key for key in keys for digest in digests.all_of(key)}
    found: dict[str, set[str]] = {}
    rows = Suppression.objects.filter(digest__in=list(owners)).values_list("digest", "reason")
    for digest, reason in rows:
        found.setdefault(owners[bytes(digest)], set()).add(reason)
    return found


def suppressed_among(keys: Sequence[str], *, reasons: Collection[str] | None = None) -> set[str]:
    """Which of these address keys are suppressed, in one query; with `reasons`, only for one of those."""
    wanted = set(reasons) if reasons is not None else set(Reason.values)
    return {key for key, whys in reasons_among(keys).items() if whys & wanted}


def is_suppressed(address_key: str) -> bool:
    """Whether any suppression stands against this address."""
    return bool(reasons_among([address_key]))
