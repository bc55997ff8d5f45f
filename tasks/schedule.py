"""The beat table: what is looked at, how often, and why that often. What is due is decided by rows."""

# A tick that waits longer than this is dropped: the next one finds the same rows.
TICK_EXPIRES_SECONDS = 5
MINUTE = 60.0


def every(seconds: float, task: str, *, queue: str) -> dict[str, object]:
    """One line of the table: the tick is published each `seconds` and dropped when it was not taken in time."""
    expires = max(TICK_EXPIRES_SECONDS, seconds)
    return {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": expires}}


BEAT = {
    # A reader waits for the confirmation: each second.
    "send": every(1.0, "tasks.send.tick", queue="send"),
    # What was clicked decides the next mail: each second.
    "events": every(1.0, "tasks.events.tick", queue="events"),
    # Waits are edited in minutes, "move on now" is a click somebody watches: each second.
    "journeys": every(1.0, "tasks.journeys.tick", queue="journeys"),
    # Leases end after a minute or more: each ten seconds is early enough.
    "reconcile": every(10.0, "tasks.upkeep.reconcile", queue="upkeep"),
    # Somebody watches a bar after the set-up; without a wish it is one look at one row.
    "sample": every(5.0, "tasks.upkeep.sample", queue="upkeep"),
    # An author says a minute: each half of one.
    "pages": every(MINUTE / 2, "tasks.upkeep.pages", queue="upkeep"),
    # Retention, clean-up of revisions, rebuilt figures: rows say when each was last done.
    "nightly": every(10 * MINUTE, "tasks.upkeep.nightly", queue="upkeep"),
}

ROUTES = {f"tasks.{name}.*": {"queue": name} for name in ("send", "events", "journeys", "upkeep")}
