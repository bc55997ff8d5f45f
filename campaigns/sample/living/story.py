"""The plan from its first day to its last, in the order of time."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from campaigns.journeys import mails
from campaigns.models import Journey
from campaigns.sample.living import doing, issues, joining, walking
from campaigns.sample.living.world import World
from campaigns.sample.model import calendar
from campaigns.sample.model.acts import Click, Reading
from subscribers.models import Event

BY_THEMSELVES = ("left", "paused", "weekly", "not_me")
Thing = TypeVar("Thing")
Happening = Callable[[], None]
OpenJourneys = Callable[[datetime], dict[str, Journey]]


class Story:
    """What is still to happen, and the world it happens to."""

    def __init__(self, world: World) -> None:
        plan = world.plan
        self.world = world
        self.coming = deque(plan.readers)
        befallen = [reader for reader in plan.readers if reader.fate in BY_THEMSELVES]
        self.fates = deque(sorted(befallen, key=lambda reader: reader.fate_at))
        seen: list[Click | Reading] = [*plan.clicks, *plan.readings]
        self.seen = deque(sorted(seen, key=lambda act: act.at))
        self.takes = deque(plan.takes)

    def live(self, open_journeys: OpenJourneys, tell: Callable[[datetime], None], *, now: datetime) -> None:
        """Live the whole plan. Takes: how journeys are made live, and somebody to be told how far it is."""
        opened_at = calendar.journeys_opened_at(self.world.plan.day)
        for at, happening in self._agenda(opened_at, open_journeys):
            tell(at)
            self._until(at)
            happening()
        self._until(calendar.ends_at(self.world.plan.day))
        walking.settle(now)
        _mark(self.world, opened_at)

    def _agenda(self, opened_at: datetime, open_journeys: OpenJourneys) -> list[tuple[datetime, Happening]]:
        """What happens to everybody at once, by its moment."""
        agenda: list[tuple[datetime, Happening]] = [(opened_at, partial(self._open, opened_at, open_journeys))]
        agenda += [(issue.at, partial(self._send, issue)) for issue in self.world.plan.issues]
        for first in calendar.looks(self.world.plan.day):
            for at in (first + timedelta(seconds=seconds) for seconds in calendar.LOOK_SECONDS):
                agenda.append((at, partial(walking.look, self.world, at)))
        return sorted(agenda, key=lambda entry: entry[0])

    def _open(self, at: datetime, open_journeys: OpenJourneys) -> None:
        walking.settle(at)  # whoever came earlier does not walk in now
        self.world.journeys = open_journeys(at)

    def _send(self, issue: calendar.Issue) -> None:
        issues.send(self.world, issue)
        doing.scan(self.world, issue.key, now=issue.at)
        issues.complain(self.world, issue)

    def _until(self, at: datetime) -> None:
        """Everything that people did by themselves before that moment."""
        if readers := _before(self.coming, at, lambda reader: reader.joined_at):
            joining.join(self.world, readers)
        for reader in _before(self.fates, at, lambda reader: reader.fate_at):
            joining.befall(self.world, reader)
        if seen := _before(self.seen, at, lambda act: act.at):
            doing.tell(self.world, seen, now=at)
        for take in _before(self.takes, at, lambda act: act.at):
            doing.take(self.world, take)


def _before(waiting: deque[Thing], at: datetime, when: Callable[[Thing], datetime]) -> list[Thing]:
    """Take from a queue in the order of time what lies before a moment."""
    found = []
    while waiting and when(waiting[0]) < at:
        found.append(waiting.popleft())
    return found


def _mark(world: World, opened_at: datetime) -> None:
    """Say of the rows that other rooms made on the way that they are the sample's."""
    Event.objects.filter(subscriber__in=world.numbers, is_sample=False).update(is_sample=True)
    for journey in world.journeys.values():
        mails.of_journey(journey.pk).update(is_sample=True, created_at=opened_at)
