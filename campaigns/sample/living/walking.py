"""One look at the journeys, as the tick takes it each second, at a moment of the past and for the sample alone."""

from datetime import datetime

from campaigns.journeys import entering, mails, runs, triggers
from campaigns.journeys.entering import Wish
from campaigns.models import Delivery, Mailing, Run
from campaigns.sample.living.world import World
from campaigns.sample.model import walks
from subscribers import facts

BATCH = 1_000


def settle(now: datetime) -> None:
    """Work out what was told until now, and let journeys hear of it."""
    while facts.process(BATCH, now=now):
        continue
    while triggers.consume(BATCH, now=now):
        continue


def look(world: World, at: datetime) -> None:
    """Let in who may come in, move who is due, and hand their mails over."""
    settle(at)
    _let_in_by_hand(world, at)
    due = list(Run.objects.filter(is_sample=True, state=Run.State.OPEN, due_at__lte=at).order_by("pk"))
    if due:
        runs.look_at(due, now=at)
    for name, one in _waiting(world):
        world.keep(name, world.post.hand_over(one, at=at))


def _let_in_by_hand(world: World, at: datetime) -> None:
    """Those whom a colleague lets into a journey that nobody enters by themselves."""
    chosen = [walk for walk in world.plan.walks if walk.journey == walks.AFAR and walk.began_at == at]
    journey = world.journeys[walks.AFAR]
    wishes = [
        Wish(
            journey_id=journey.pk,
            subscriber_id=world.people[walk.reader].pk,
            entry_key=entering.by_hand_key(0, at),
            at=at,
        )
        for walk in chosen
    ]
    entering.enter(wishes, now=at)


def _waiting(world: World) -> list[tuple[str, Mailing]]:
    """The journeys' mailings in which mails wait, as journey/step."""
    names = {journey.pk: name for name, journey in world.journeys.items()}
    queued = Delivery.objects.filter(state=Delivery.State.QUEUED, is_sample=True).values("mailing")
    found = []
    for one in Mailing.objects.filter(pk__in=queued, key__startswith="journey:"):
        journey_id, step = mails.step_of_key(one.key)
        if journey_id in names:
            found.append((f"{names[journey_id]}/{step}", one))
    return found
