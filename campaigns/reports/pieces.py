"""What came of the pieces of a list: each number for all rows at once, one query whatever their number."""

from collections.abc import Collection, Mapping

from django.db.models import Count, Sum

from campaigns.models import Link, Mailing, PurposeClass
from subscribers.models import Event, Evidence, Kind, Signup, TakenCount, UsefulCount

LEFT = (Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.FINISHED)


def readers(page_ids: Collection[int]) -> dict[int, int]:
    """People who read each page, of those who agreed to be seen; pages nobody read are left out."""
    reads = Event.objects.filter(
        object_kind="page",
        object_key__in=[str(page_id) for page_id in page_ids],
        kind=Kind.PAGE_READ,
        subscriber__isnull=False,
    )
    rows = reads.exclude(evidence=Evidence.MACHINE).order_by().values_list("object_key")
    return {int(key): n for key, n in rows.annotate(n=Count("subscriber", distinct=True))}


def signups(paths: Mapping[int, str]) -> dict[int, int]:
    """Confirmed sign-ups that began on each page.

    Takes: {page id: its path}, the path as forms on the page send it.
    """
    begun = Signup.objects.filter(page_url__in=[path for path in paths.values() if path], confirmed_at__isnull=False)
    found = dict(begun.order_by().values_list("page_url").annotate(n=Count("id")))
    return {page_id: found[path] for page_id, path in paths.items() if path in found}


def carried_by(page_ids: Collection[int]) -> dict[int, int]:
    """How many issues left with a link to each page."""
    links = Link.objects.filter(
        page_id__in=page_ids,
        version__mailing__purpose_class=PurposeClass.ISSUE,
        version__mailing__is_standing=False,
        version__mailing__state__in=LEFT,
    )
    return dict(links.order_by().values_list("page_id").annotate(n=Count("version__mailing__issue", distinct=True)))


def takers(page_ids: Collection[int]) -> dict[int, int]:
    """People who took each resource, known or not."""
    return dict(TakenCount.objects.filter(page_id__in=page_ids).values_list("page_id", "n_people"))


def found_useful(page_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """(readers who found it useful, readers who answered) of each page that anybody answered on."""
    rows = UsefulCount.objects.filter(page_id__in=page_ids).values_list("page_id", "n_yes", "n_no")
    return {page_id: (n_yes, n_yes + n_no) for page_id, n_yes, n_no in rows}


def addressed(issue_ids: Collection[int]) -> dict[int, int]:
    """People chosen for each issue's mailings that left; the ledger of each says who was left out."""
    mailings = Mailing.objects.filter(state__in=LEFT, issue__in=issue_ids, is_standing=False)
    return dict(mailings.order_by().values_list("issue_id").annotate(n=Sum("n_candidates")))
