"""What is counted of pages: who took a resource, how often one was passed on or found useful. Nothing about who."""

from uuid import UUID

from django.db import connection
from django.db.models import Sum

from content.models import ResourcePage
from subscribers.models import ShareCount, TakenCount

SHOWN_FROM = 25  # fewer than that says more about us than about the resource
SHARES_SHOWN_FROM = 10
ONE_MORE_PERSON = """
INSERT INTO subscribers_takencount (page_id, n_people) VALUES (%s, 1)
ON CONFLICT (page_id) DO UPDATE SET n_people = subscribers_takencount.n_people + 1
"""
ONE_MORE_SHARE = """
INSERT INTO subscribers_sharecount (page_id, network, n_shares) VALUES (%s, %s, 1)
ON CONFLICT (page_id, network) DO UPDATE SET n_shares = subscribers_sharecount.n_shares + 1
"""
ONE_MORE_ANSWER = """
INSERT INTO subscribers_usefulcount AS kept (page_id, n_yes, n_no) VALUES (%s, %s, %s)
ON CONFLICT (page_id) DO UPDATE SET n_yes = kept.n_yes + EXCLUDED.n_yes, n_no = kept.n_no + EXCLUDED.n_no
"""


def one_more_person(page_id: int) -> None:
    """Another person took this resource."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_MORE_PERSON, [page_id])


def one_more_share(page_id: int, network: str) -> None:
    """The page was passed on once more."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_MORE_SHARE, [page_id, network])


def one_more_answer(page_id: int, *, is_yes: bool) -> None:
    """Another reader found the page useful, or not."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_MORE_ANSWER, [page_id, int(is_yes), int(not is_yes)])


def people(resource: ResourcePage) -> int:
    """How many people took it, in all its languages."""
    pages = ResourcePage.objects.filter(translation_key=resource.translation_key)
    found = TakenCount.objects.filter(page_id__in=pages.values("pk")).aggregate(n=Sum("n_people"))
    return found["n"] or 0


def people_of_all() -> dict[UUID, int]:
    """How many people took each resource that anybody took, by translation key; one query."""
    found = TakenCount.objects.order_by().values_list("page__translation_key").annotate(n=Sum("n_people"))
    return dict(found)


def shares(page_id: int) -> int:
    """How often the page was passed on, by all networks."""
    return ShareCount.objects.filter(page_id=page_id).aggregate(n=Sum("n_shares"))["n"] or 0


def shown(n: int, *, at_least: int = SHOWN_FROM) -> int | None:
    """The number as it may be shown: rounded down to two figures (to fives below 100), None where it is too small."""
    if n < at_least:
        return None
    step = 5 if n < 100 else 10 ** (len(str(n)) - 2)
    return n // step * step
