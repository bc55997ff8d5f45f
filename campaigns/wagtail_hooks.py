"""What this room hangs into the Wagtail admin; each doing registers its own in its `hooks` module."""

from campaigns.journeys import hooks as journey_hooks
from campaigns.office import guards as office_guards
from campaigns.office import hooks as office_hooks

__all__ = ["journey_hooks", "office_guards", "office_hooks"]
