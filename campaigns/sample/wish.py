"""The sample, wished for on a page and made by a worker: a row says that it is wanted, the cache how far it is."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import chores
from campaigns.models import Chore
from campaigns.sample import fill
from content.importing import progress

logger = logging.getLogger(__name__)
NAME = "sample"
SEED = 2026
PROGRESS = "sample-progress"
PROGRESS_SECONDS = 600


@dataclass(frozen=True)
class Standing:
    """How far the wish is."""

    is_wanted: bool  # asked for, and neither made nor given up
    percent: int  # 0-100
    what: str  # the part that is being made; empty before a worker began
    trouble: str  # why it was given up; empty while all is well


def ask() -> None:
    """Wish for the sample. Safe to run twice; a wish that failed is wished again."""
    Chore.objects.update_or_create(name=NAME, defaults={"done_at": None, "result": {}})


def standing() -> Standing:
    """How far it is, for the page that shows it. One query, one look into the cache."""
    chore = Chore.objects.filter(name=NAME).first()
    n_done, what = cache.get(PROGRESS) or (0, "")
    return Standing(
        is_wanted=chore is not None and chore.done_at is None,
        percent=n_done * 100 // fill.N_PARTS,
        what=what,
        trouble=str(chore.result.get("trouble", "")) if chore else "",
    )


def fulfil(now: datetime) -> bool:
    """Make the sample where it is wanted, by one worker; whether it was made now.

    Changes: all of the sample or nothing. A worker that dies leaves the wish: the next tick begins anew.
    """
    wanted = Chore.objects.filter(name=NAME, done_at=None)
    if not wanted.exists():
        return False
    with chores.only_one(NAME) as is_mine:
        if not is_mine or not wanted.exists():
            return False
        result = _make(now)
        wanted.update(done_at=timezone.now(), result=result)
        cache.delete(PROGRESS)
    return "trouble" not in result


def _make(now: datetime) -> dict[str, object]:
    """What came of it, as the row keeps it."""
    try:
        with progress.quiet():
            filled = fill.fill(seed=SEED, day=timezone.localdate(now), now=now, say=_say)
    except fill.Occupied as error:
        return {"trouble": _("The sample needs names that are taken here: %(names)s.") % {"names": error}}
    except Exception:  # a wish that fails for good must not be tried every few seconds for ever
        logger.exception("the sample could not be made")
        return {"trouble": _("The sample could not be made; the log says why. Nothing of it was left behind.")}
    return {"articles": filled.n_articles, "people": filled.n_people} if filled else {}


def _say(n_done: int, n_parts: int, what: str) -> None:
    cache.set(PROGRESS, (n_done, what), timeout=PROGRESS_SECONDS)
