"""Passing a page on: our own link first counts, then leads to the network's plain address. No script of anybody's."""

from datetime import datetime
from urllib.parse import urlencode

from wagtail.models import Page

from content.navigation import absolute
from subscribers import consent, events, judging
from subscribers.grants import counting
from subscribers.models import Evidence, Kind, Subscriber
from subscribers.signup.limits import HOUR, Limit, passes
from subscribers.tracking import pages

ONCE_AN_HOUR = Limit("share-network-hour", 1, HOUR)  # of one page, by one button, from one network
ADDRESSES = {
    "mastodon": ("https://share.joinmastodon.org/#", {"text": "{title} {url}"}),
    "linkedin": ("https://www.linkedin.com/sharing/share-offsite/?", {"url": "{url}"}),
    "facebook": ("https://www.facebook.com/sharer/sharer.php?", {"u": "{url}"}),
    "whatsapp": ("https://wa.me/?", {"text": "{title} {url}"}),
    "telegram": ("https://t.me/share/url?", {"url": "{url}", "text": "{title}"}),
    "email": ("mailto:?", {"subject": "{title}", "body": "{title}\n{url}"}),
}


def address(page: Page, network: str) -> str | None:
    """Where the network takes a page to pass on; None for a network that is not on the list."""
    if network not in ADDRESSES:
        return None
    start, fields = ADDRESSES[network]
    words = {"title": page.title, "url": absolute(page.url or "")}
    filled = {name: value.format_map(words) for name, value in fields.items()}
    return start + urlencode(filled).replace("+", "%20")  # mail programs show a plus as a plus


def note(page: Page, network: str, reader: Subscriber | None, *, agent: str, line: str, now: datetime) -> None:
    """Count it, once an hour for each line (the client's network); named only for a known reader who allows it."""
    verdict = judging.judge(judging.Act(kind=Kind.PAGE_SHARED, agent=agent))
    if verdict.evidence == Evidence.MACHINE or not passes(ONCE_AN_HOUR, f"{line} {page.pk} {network}", now=now):
        return
    counting.one_more_share(page.pk, network)
    if reader is None or not consent.may_track(reader.pk):
        return
    act = events.NewEvent(
        kind=Kind.PAGE_SHARED,
        subscriber_id=reader.pk,
        object_kind="page",
        object_key=str(page.pk),
        occurred_at=now,
        source="site",
        evidence=verdict.evidence,
        reason=verdict.reason,
        payload={**pages.about(page.pk), "network": network, "agent": agent[:512]},
    )
    events.record_many([act], now=now)
