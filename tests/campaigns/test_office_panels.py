"""Side panels of Wagtail's editor: checks, audience, results; and the notice on what is scheduled."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Locale, Page

from campaigns.models import Delivery, IssuePage, Mailing
from campaigns.sending import mailing as sending
from tests.campaigns import letters
from tests.factories import campaigns as make
from tests.factories import content as pages
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def office() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make.staff("Administrators"))
    return client


@pytest.fixture
def issue(italian: Locale) -> IssuePage:
    letters.publisher()
    return letters.issue(italian)


def edit(client: Client, page: Page) -> object:
    return client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))


def names(answer: object) -> list[str]:
    return sorted(panel.name for panel in answer.context["side_panels"] if panel.order >= 350 and panel.order != 400)


def panel(client: Client, page: Page, name: str) -> str:
    answer = client.get(reverse("office_panel", args=[page.pk, name]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_issue_has_checks_and_audience_and_results_once_it_left(office: Client, issue: IssuePage) -> None:
    before = names(edit(office, issue))
    make.mailing(issue=issue, started_at=timezone.now())

    assert before == ["audience", "email-checks"]
    assert names(edit(office, issue)) == ["audience", "email-checks", "results"]


def test_articles_have_results_and_keep_wagtails_checks(office: Client, italian: Locale) -> None:
    assert names(edit(office, pages.article(italian))) == ["checks", "results"]


def test_the_counter_tells_what_the_checks_found_in_the_last_draft(office: Client, issue: IssuePage) -> None:
    issue.subject, issue.preheader = "s" * 61, ""
    issue.body = [("text", "<p>TK</p>")]
    issue.save_revision()
    (block,) = (child.id for child in issue.get_latest_revision_as_object().body)

    answer = edit(office, issue)
    words = panel(office, issue, "email-checks")

    (checks,) = (one for one in answer.context["side_panels"] if one.name == "email-checks")
    assert checks.toggle.get_context_data({})["count"] == 3
    assert checks.toggle.counter_classname == "w-bg-critical-200"
    assert f'href="{reverse("wagtailadmin_pages:edit", args=[issue.pk])}#block-{block}-section"' in words
    assert f'href="{reverse("office_review", args=[issue.pk])}"' in words
    assert words.count("data-office-stops") == 1


def test_the_editor_counts_no_readers_until_the_panel_is_opened(office: Client, issue: IssuePage) -> None:
    people.agreed(people.subscriber(), issue.newsletter.purpose)

    with CaptureQueriesContext(connection) as queries:
        edit(office, issue)

    assert [one for one in queries.captured_queries if 'FROM "subscribers_subscriber"' in one["sql"]] == []
    assert "One person gets it now" in panel(office, issue, "audience")


def test_results_of_an_issue_are_those_of_its_mailing(office: Client, issue: IssuePage) -> None:
    mailing = make.mailing(issue=issue, started_at=timezone.now(), state=Mailing.State.FINISHED)
    make.delivery(mailing, state=Delivery.State.ACCEPTED)
    make.delivery(mailing, state=Delivery.State.FAILED)

    answer = office.get(reverse("office_panel", args=[issue.pk, "results"]))

    assert [(one["mailing"], one["progress"].n_accepted) for one in answer.context["mailings"]] == [(mailing, 1)]


def test_results_of_a_piece_are_those_of_the_explorer(office: Client, italian: Locale) -> None:
    article, resource = pages.article(italian), pages.resource(italian)

    figures = [
        [
            str(label)
            for label, _n, _hint in office.get(reverse("office_panel", args=[page.pk, "results"])).context["figures"]
        ]
        for page in (article, resource)
    ]

    assert figures == [["Readers", "Useful", "Sign-ups", "Mailed in"], ["Downloads", "Sign-ups", "Mailed in"]]


def test_a_panel_is_of_its_pages_and_for_those_who_edit_them(office: Client, issue: IssuePage, italian: Locale) -> None:
    article = pages.article(italian)
    analyst = Client()
    analyst.force_login(make.staff("Analysts"))

    wrong = [office.get(reverse("office_panel", args=[article.pk, name])) for name in ("audience", "email-checks", "x")]

    assert [answer.status_code for answer in wrong] == [404, 404, 404]
    assert analyst.get(reverse("office_panel", args=[article.pk, "results"])).status_code == 302


def test_an_email_of_a_journey_is_checked_without_asking_for_a_subject(office: Client, italian: Locale) -> None:
    letters.publisher()
    email = letters.email(italian, ("text", "<p>TK</p>"), subject="", preheader="In breve")

    answer = office.get(reverse("wagtailsnippets_campaigns_email:edit", args=[email.pk]))

    (checks,) = (one for one in answer.context["side_panels"] if one.name == "email-checks")
    assert [finding.text for finding in checks.found["findings"]] == ["Block 1, Text: “TK” was left there."]


def test_the_editor_of_a_scheduled_issue_says_when_it_leaves(office: Client, issue: IssuePage, english: Locale) -> None:
    draft = issue.copy_for_translation(english)
    quiet = edit(office, issue)
    mailing = sending.for_issue(issue, user=None, now=timezone.now(), at=timezone.now() + timedelta(days=2))

    own, other = ([str(one) for one in edit(office, page).context["messages"]] for page in (issue, draft))

    assert list(quiet.context["messages"]) == []
    assert "Until then what you save is what leaves." in own[0]
    assert reverse("office_mailing", args=[mailing.pk]) in own[0]
    assert "what is published by then" in other[0]
