"""The office's first page: numbers that are true, what comes, what may be begun; for each role its own."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation
from wagtail.models import Locale

from campaigns.models import Delivery, Mailing
from campaigns.office import home as office_home
from campaigns.reports import home
from subscribers import events
from subscribers.models import Kind
from tests.factories import campaigns as make
from tests.factories import content
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


def happened(kind: str, person: object, days_ago: int, **more: object) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    events.record(kind, occurred_at=at, now=at, source="site", subscriber_id=person.pk, **more)


def consented(person: object, key: str, days_ago: int) -> None:
    happened(Kind.CONSENT_CONFIRMED, person, days_ago, object_kind="purpose", object_key=key)


def test_days_are_counted_apart_and_machines_left_out() -> None:
    person = people.subscriber()
    happened(Kind.PAGE_READ, person, 0)
    happened(Kind.PAGE_READ, person, 3)
    happened(Kind.PAGE_READ, person, 3)
    happened(Kind.PAGE_READ, person, 3, evidence="machine")
    happened(Kind.PAGE_READ, person, 40)

    days = home.by_day(timezone.now(), home.KINDS)[Kind.PAGE_READ]

    assert (days[-1], days[-4], sum(days)) == (1, 2, 3)


def test_a_sparkline_keeps_inside_its_frame_and_a_flat_one_is_none() -> None:
    points = [tuple(map(float, pair.split(","))) for pair in home.sparkline([0, 5, 2, 9]).split()]

    assert points[0] == (0, home.HEIGHT - 2)
    assert points[-1] == (home.WIDTH, 2)
    assert home.sparkline([3, 3, 3]) == ""


def test_the_numbers_are_those_of_the_ledger_and_the_consents() -> None:
    letter = people.purpose("letter")
    reader, leaver = people.subscriber(), people.subscriber()
    people.agreed(reader, letter)
    consented(reader, "letter", 2)
    consented(reader, "tracking", 2)
    happened(Kind.MAIL_COMPLAINED, leaver, 1)
    now = timezone.now()
    sent = make.mailing(state=Mailing.State.FINISHED, started_at=now, finished_at=now)
    make.delivery(sent, reader, state=Delivery.State.ACCEPTED, done_at=now, claimed_at=now)
    make.delivery(sent, leaver, state=Delivery.State.ACCEPTED, done_at=now, claimed_at=now)

    with translation.override("it"):
        readers, _issue, _reading, complaints = home.figures(now)

    assert (readers.value, readers.note[:2]) == ("1", "+1")
    assert complaints.value == "500,0 ‰"


def test_what_is_scheduled_this_week_is_told_and_what_comes_later_is_not() -> None:
    now = timezone.now()
    make.mailing(state=Mailing.State.SCHEDULED, scheduled_at=now + timedelta(days=2), title="Soon")
    make.mailing(state=Mailing.State.SCHEDULED, scheduled_at=now + timedelta(days=9), title="Later")

    page = content.article(Locale.objects.get(language_code="it"), "Domani")
    page.save_revision(approved_go_live_at=now + timedelta(days=1))

    assert [one.title for one in home.coming(now)] == ["Domani", "Soon"]


@pytest.mark.parametrize(("role", "begins"), [("Marketers", ["issuepage", "journeys"]), ("Analysts", [])])
def test_each_role_may_begin_what_it_may(role: str, begins: list[str]) -> None:
    user = make.staff(role)

    addresses = " ".join(address for _label, address in office_home.acts(user))

    assert [name for name in ("articlepage", "issuepage", "journeys") if name in addresses] == begins


def test_the_numbers_are_kept_for_a_while_and_say_since_when() -> None:
    cache.delete("office-home:it")

    pages = [client_of("Analysts").get("/admin/") for _ in range(2)]

    first, second = (page.context["figures_at"] for page in pages)
    assert first == second
    assert f"{timezone.localtime(first):%H:%M}" in pages[1].content.decode()


def test_an_author_may_begin_a_piece_of_each_column_signed_by_its_author(italian: Locale) -> None:
    columnist = content.author(italian)
    column = content.column(italian, "Giro di boa", author=columnist)
    client = client_of("Authors")

    with translation.override("it"):
        acts = dict(office_home.acts(make.staff("Authors")))
    page = client.get(acts["Nuovo pezzo di «Giro di boa»"])

    assert str(column.pk) in acts["Nuovo pezzo di «Giro di boa»"]
    assert page.context["form"].initial["author"] == columnist.pk
    assert acts["Nuovo pezzo di «Giro di boa»"] in client.get("/admin/").content.decode()


def test_a_part_that_fails_says_so_and_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: object) -> list[object]:
        Delivery.objects.raw("SELECT no_such_column FROM campaigns_delivery")[0]
        return []

    monkeypatch.setattr(office_home.attention, "notices", broken)

    html = client_of("Marketers").get("/admin/").content.decode()

    assert 'id="needs-title"' not in html
    assert "Nulla è perduto; il log dice perché." in html
    assert 'id="figures-title"' in html
