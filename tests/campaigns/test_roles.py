"""Who may see and do what: every screen of ours against every role; what nobody was given, nobody gets."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from wagtail.models import Site

from campaigns.models import ArchivePage, Journey, Mailing
from campaigns.sending import leaving
from content.models import ArticlePage, MagazinePage
from subscribers.models import Subscriber
from tests.factories import campaigns as make
from tests.factories import content as pages
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db
ROLES = ["Authors", "Editors", "Marketers", "Analysts", "Administrators"]
SENDERS = {"Marketers", "Administrators"}
NUMBERS = SENDERS | {"Analysts"}
OURS = ("office_", "journeys:", "accounts:")
SNIPPETS = {
    "campaigns_newsletter": SENDERS,
    "campaigns_email": SENDERS,
    "subscribers_subscriber": SENDERS,
    "subscribers_segment": SENDERS,
    "subscribers_signupform": SENDERS,
    "subscribers_purpose": SENDERS,
    "content_topic": {"Editors", "Administrators"},
    "content_author": {"Editors", "Administrators"},
}


@pytest.fixture
def things(italian: object) -> dict[str, object]:
    issue = make.issue()
    person = people.subscriber()
    mailing = make.mailing(issue=issue)
    make.delivery(mailing, person)
    journey = Journey.objects.create(name="Benvenuto", purpose=people.purpose(), graph={})
    return {"issue": issue, "person": person, "mailing": mailing, "journey": journey}


@pytest.fixture(params=ROLES)
def role(request: pytest.FixtureRequest) -> str:
    return request.param


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(make.staff(role))
    return client


def screens(things: dict[str, object]) -> dict[str, set[str]]:
    mailing, issue, person = things["mailing"].pk, things["issue"].pk, things["person"].pk
    site = Site.objects.get(is_default_site=True).pk
    own = {
        reverse("office_mailings"): NUMBERS,
        reverse("office_mailing", args=[mailing]): NUMBERS,
        reverse("office_mailing_people", args=[mailing]): SENDERS,
        reverse("office_review", args=[issue]): SENDERS,
        reverse("office_issue_preview", args=[issue]): SENDERS,
        reverse("office_issue_people", args=[issue]): SENDERS,
        reverse("office_panel", args=[issue, "email-checks"]): SENDERS | {"Editors"},
        reverse("office_panel", args=[issue, "audience"]): SENDERS,
        reverse("office_panel", args=[issue, "results"]): SENDERS,
        reverse("office_person", args=[person]): SENDERS,
        reverse("journeys:list"): SENDERS,
        reverse("journeys:edit", args=[things["journey"].pk]): SENDERS,
        reverse("journeys:people", args=[things["journey"].pk]): SENDERS,
        reverse("accounts:index"): {"Administrators"},
        reverse("wagtailusers_users:index"): {"Administrators"},
        reverse("wagtailsettings:edit", args=["content", "looksettings", site]): {"Administrators"},
        reverse("wagtailsettings:edit", args=["campaigns", "publishersettings", site]): {"Administrators"},
        reverse("wagtailadmin_home"): set(ROLES),
    }
    return own | {reverse(f"wagtailsnippets_{name}:list"): allowed for name, allowed in SNIPPETS.items()}


def test_each_role_sees_its_screens_and_no_other(role: str, things: dict[str, object]) -> None:
    client = client_of(role)

    seen = {path for path in screens(things) if client.get(path).status_code == 200}

    assert seen == {path for path, allowed in screens(things).items() if role in allowed}


def walk(patterns: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name or ''}", pattern


@pytest.mark.parametrize("outsider", ["Authors", "Editors"])
def test_what_nobody_was_given_answers_nobody(outsider: str, things: dict[str, object]) -> None:
    client = client_of(outsider)
    values = {
        "mailing_id": things["mailing"].pk,
        "page_id": things["issue"].pk,
        "subscriber_id": things["person"].pk,
        "journey_id": things["journey"].pk,
        "pk": things["journey"].pk,
        "act": "pause",
    }
    names = sorted({name: pattern for name, pattern in walk(get_resolver()) if name.startswith(OURS)}.items())
    asked, opened = 0, []
    for name, pattern in names:
        wanted = list(pattern.pattern.regex.groupindex)
        if not set(wanted) <= set(values):
            continue
        path = reverse(name, kwargs={key: values[key] for key in wanted})
        for answer in (client.get(path), client.post(path, {})):
            asked += 1
            if answer.status_code == 200:
                opened.append(name)

    assert asked > 30
    assert opened == []


def test_a_stranger_is_sent_to_the_login_from_every_screen(things: dict[str, object]) -> None:
    answers = {path: Client().get(path) for path in screens(things)}

    assert {answer.status_code for answer in answers.values()} == {302}
    assert {answer["Location"].split("?")[0] for answer in answers.values()} == {"/admin/login/"}


@pytest.mark.parametrize("helpless", ["Authors", "Editors", "Analysts"])
def test_only_who_may_send_moves_a_mailing(helpless: str, things: dict[str, object]) -> None:
    mailing = things["mailing"]

    client_of(helpless).post(reverse("office_mailing_act", args=[mailing.pk]), {"verb": "pause"})
    client_of(helpless).post(reverse("office_review", args=[things["issue"].pk]), {"act": "send"})

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING
    assert Mailing.objects.count() == 1


def test_analysts_see_numbers_and_no_names(things: dict[str, object]) -> None:
    page = client_of("Analysts").get(reverse("office_mailing", args=[things["mailing"].pk])).content.decode()

    assert things["person"].address not in page
    assert 'name="verb"' not in page


def test_authors_write_and_submit_but_do_not_publish(italian: object) -> None:
    author = make.staff("Authors")
    rights = MagazinePage.objects.get(locale=italian).permissions_for_user(author)

    assert rights.can_add_subpage()
    assert not rights.can_publish_subpage()


def test_authors_edit_their_own_pages_alone(italian: object) -> None:
    author = make.staff("Authors")
    own, other = pages.article(italian), pages.article(italian, "Altrui")
    ArticlePage.objects.filter(pk=own.pk).update(owner=author)
    own.refresh_from_db()

    assert own.permissions_for_user(author).can_edit()
    assert not other.permissions_for_user(author).can_edit()


def test_marketers_publish_issues_and_not_articles(italian: object) -> None:
    marketer = make.staff("Marketers")

    assert ArchivePage.objects.get(locale=italian).permissions_for_user(marketer).can_publish_subpage()
    assert not MagazinePage.objects.get(locale=italian).permissions_for_user(marketer).can_add_subpage()


def test_losing_the_role_acts_on_the_next_request(things: dict[str, object]) -> None:
    user = make.staff("Marketers")
    client = Client()
    client.force_login(user)
    path = reverse("office_person", args=[things["person"].pk])
    assert client.get(path).status_code == 200

    user.groups.clear()

    assert client.get(path).status_code == 302


def test_no_address_is_told_to_who_asks_with_another_number(things: dict[str, object]) -> None:
    gone = Subscriber.objects.order_by("-pk").first().pk + 1

    assert client_of("Marketers").get(reverse("office_person", args=[gone])).status_code == 404


def test_a_schedule_of_who_may_no_longer_send_is_held() -> None:
    from_before = make.staff("Marketers")
    mailing = make.mailing(
        issue=make.issue(), state=Mailing.State.SCHEDULED, scheduled_at=timezone.now(), created_by=from_before
    )
    from_before.groups.clear()

    leaving.move_on(timezone.now())

    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.HELD
