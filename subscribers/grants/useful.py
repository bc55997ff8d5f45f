"""“Was this useful?”: two buttons, one count a page. Who answered is written nowhere, known or not."""

from datetime import datetime

from wagtail.models import Page

from subscribers import judging
from subscribers.grants import counting
from subscribers.models import Evidence, Subscriber
from subscribers.signup.limits import DAY, Limit, passes

# Of one page. A line is a network: whoever shares it waits until tomorrow. A reader is known for half a year.
ONCE_A_DAY = Limit("useful-network-day", 1, DAY)
ONCE_A_READER = Limit("useful-reader", 1, 180 * DAY)
ANSWERS = {"yes": True, "no": False}


def note(page: Page, answer: str, reader: Subscriber | None, *, agent: str, line: str, now: datetime) -> None:
    """Count it, once for each reader the browser knows, else once a day for each line (the client's network)."""
    if judging.read_agent(agent[:512])[0] == Evidence.MACHINE:
        return
    once, who = (ONCE_A_READER, f"reader {reader.pk}") if reader else (ONCE_A_DAY, line)
    if passes(once, f"{who} {page.pk}", now=now):
        counting.one_more_answer(page.pk, is_yes=ANSWERS[answer])
