"""The sample, wished for or wished away on a page, and done by a worker: a row says what is wanted."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import chores
from campaigns.models import Chore
from campaigns.sample import clear, fill
from content.importing import progress

logger = logging.getLogger(__name__)
MAKE, CLEAR = "sample", "sample-clear"
SEED = 2026
PROGRESS = "sample-progress"
PROGRESS_SECONDS = 600


@dataclass(frozen=True)
class Standing:
    """How far the wish is; without an open wish, what came of the last one."""

    is_wanted: bool = False  # asked for, and neither done nor given up
    is_clearing: bool = False  # whether it is, or was, to be taken away
    percent: int = 0  # of making it
    what: str = ""  # the part that is being made; empty before a worker began
    trouble: str = ""  # why it was given up; empty while all is well
    kept: list[str] = field(default_factory=list)  # what had to stay, and why


def ask(name: str = MAKE) -> None:
    """Wish for the sample, or (CLEAR) wish it away. Safe to run twice; a wish that failed is wished again."""
    Chore.objects.update_or_create(name=name, defaults={"done_at": None, "result": {}})


def standing() -> Standing:
    """How far it is, for the page that shows it. One query, one look into the cache."""
    # An open wish before one that was done, then the last.
    last = Chore.objects.filter(name__in=(MAKE, CLEAR)).order_by("-done_at").first()
    if last is None:
        return Standing()
    n_done, what = cache.get(PROGRESS) or (0, "")
    return Standing(
        is_wanted=last.done_at is None,
        is_clearing=last.name == CLEAR,
        percent=n_done * 100 // fill.N_PARTS,
        what=what,
        trouble=str(last.result.get("trouble", "")),
        kept=[str(line) for line in last.result.get("kept", [])],
    )


def fulfil(now: datetime) -> bool:
    """Do what is wanted, by one worker; whether something was done now.

    Changes: all of the sample or nothing. A worker that dies leaves the wish: the next tick begins anew.
    """
    return any([_fulfil(MAKE, now), _fulfil(CLEAR, now)])


def _fulfil(name: str, now: datetime) -> bool:
    wanted = Chore.objects.filter(name=name, done_at=None)
    if not wanted.exists():
        return False
    with chores.only_one(name) as is_mine:
        if not is_mine or not wanted.exists():
            return False
        result = _tried(name, now)
        wanted.update(done_at=timezone.now(), result=result)
        cache.delete(PROGRESS)
    return "trouble" not in result


def _tried(name: str, now: datetime) -> dict[str, object]:
    """What came of it, as the row keeps it."""
    try:
        with progress.quiet():
            return _make(now) if name == MAKE else _clear(now)
    except fill.Occupied as error:
        return {"trouble": _("The sample needs names that are taken here: %(names)s.") % {"names": error}}
    except Exception:  # a wish that fails for good must not be tried every few seconds for ever
        logger.exception("%s failed", name)
        return {"trouble": _("That did not work; the log says why. Nothing was changed.")}


def _make(now: datetime) -> dict[str, object]:
    filled = fill.fill(seed=SEED, day=timezone.localdate(now), now=now, say=_say)
    return {"articles": filled.n_articles, "people": filled.n_people} if filled else {}


def _clear(now: datetime) -> dict[str, object]:
    cleared = clear.clear(now)
    return {"gone": cleared.counts, "kept": cleared.kept}


def _say(n_done: int, n_parts: int, what: str) -> None:
    cache.set(PROGRESS, (n_done, what), timeout=PROGRESS_SECONDS)
