"""Downloads: who may take which file, and what is counted of it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from wagtail.documents.models import AbstractDocument

from content.models import ResourcePage
from subscribers import consent, events, judging, tokens
from subscribers.grants import counting
from subscribers.models import Evidence, Grant, Kind, Subscriber
from subscribers.signup.limits import DAY, HOUR, Limit, passes
from subscribers.tracking import pages

# A viewer that fetches a file in parts asks for its beginning once; a household has a few devices.
GRANT_HOUR = Limit("download-grant-hour", 120, HOUR)
OPEN_NETWORK_HOUR = Limit("download-network-hour", 600, HOUR)
OPEN_PERSON_DAY = Limit("download-person-day", 1, DAY)  # of one resource from one network: counted as one person


@dataclass(frozen=True, slots=True)
class Taking:
    """A genuine link: what may be done with it now."""

    grant: Grant
    is_expired: bool

    @property
    def document(self) -> AbstractDocument | None:
        """The file as it is now, so that it can be replaced without changing links; None where it was withdrawn."""
        resource = self.grant.resource
        return resource.document if resource is not None and resource.live else None


def find(token: str, *, now: datetime) -> Taking | None:
    """What a link opens; None for everything that is not a link of ours."""
    try:
        (grant_id,) = tokens.read(tokens.RESOURCE, token, now=now).ids()
    except ValueError:  # a bad token, or one with other values
        return None
    found = Grant.objects.select_related("subscriber", "resource__document", "resource__locale").filter(pk=grant_id)
    given = found.filter(subscriber__address__isnull=False).first()
    return Taking(given, given.expires_at <= now) if given else None


def token_of(given: Grant, *, now: datetime) -> str:
    """The token of its download and of its page."""
    return tokens.make(tokens.RESOURCE, given.pk, now=now)


def open_resource(page_id: int) -> ResourcePage | None:
    """A published resource that is free to take and has a file."""
    found = ResourcePage.objects.live().filter(pk=page_id, gate=ResourcePage.Gate.OPEN, document__isnull=False)
    return found.select_related("document").first()


def note(taking: Taking, *, agent: str, now: datetime) -> None:
    """Count a download by its link: the person once, the event only where reading may be recorded.

    Without that permission nothing but the number of downloads is kept with the grant.
    """
    given = taking.grant
    verdict = judging.judge(judging.Act(kind=Kind.RESOURCE_DOWNLOADED, agent=agent))
    if verdict.evidence == Evidence.MACHINE:
        return
    is_tracked = consent.may_track(given.subscriber_id)
    with transaction.atomic():
        changes = {"n_downloads": F("n_downloads") + 1} | ({"last_download_at": now} if is_tracked else {})
        is_first = Grant.objects.filter(pk=given.pk, n_downloads=0).update(**changes) == 1
        if not is_first:
            Grant.objects.filter(pk=given.pk).update(**changes)
        if is_first and given.resource_id:
            counting.one_more_person(given.resource_id)
        if is_tracked or is_first:
            person = given.subscriber if is_tracked else None
            _tell(given.resource_id, person, verdict, agent, now, given.is_sample)


def note_open(resource: ResourcePage, reader: Subscriber | None, *, agent: str, network: str, now: datetime) -> None:
    """Count a download that anybody may make: once a day for each network; named for a known reader who allows it."""
    verdict = judging.judge(judging.Act(kind=Kind.RESOURCE_DOWNLOADED, agent=agent))
    if verdict.evidence == Evidence.MACHINE or not passes(OPEN_PERSON_DAY, f"{network} {resource.pk}", now=now):
        return
    counting.one_more_person(resource.pk)
    person = reader if reader is not None and consent.may_track(reader.pk) else None
    _tell(resource.pk, person, verdict, agent, now, is_sample=False)


def _tell(
    resource_id: int | None,
    person: Subscriber | None,
    verdict: judging.Verdict,
    agent: str,
    now: datetime,
    is_sample: bool,
) -> None:
    about = pages.about(resource_id) if resource_id else {}
    act = events.NewEvent(
        kind=Kind.RESOURCE_DOWNLOADED,
        subscriber_id=person.pk if person else None,
        object_kind="resource",
        object_key=str(resource_id or ""),
        occurred_at=now,
        source="site",
        key=f"download:{person.pk}:{resource_id}:{now:%Y%m%d}" if person else "",
        evidence=verdict.evidence,
        reason=verdict.reason,
        payload={**about, "agent": agent[:512]} if person else about,
        is_sample=is_sample,
    )
    events.record_many([act], now=now)


def may_take(given: Grant, *, now: datetime) -> bool:
    """Whether this link was not used too often within the hour."""
    return passes(GRANT_HOUR, f"grant {given.pk}", now=now)
