"""Wagtail's page explorer with our numbers: who read, who signed up there, which issues carried a piece."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from wagtail.models import Locale, Page

from campaigns.models import ArchivePage, Link, Mailing, PurposeClass
from subscribers import events
from subscribers.models import Evidence, Kind, Signup, TakenCount, UsefulCount
from tests.factories import campaigns as make
from tests.factories import content as pages
from tests.factories import subscribers as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(make.staff("Administrators"))
    return client


def explored(client: Client, parent: Page) -> dict[int, dict[str, object]]:
    """{page id: {column: what its cell shows}} of the pages below a page."""
    answer = client.get(f"/admin/pages/{parent.pk}/")
    table = answer.context["table"]
    counts = [column for column in table.columns.values() if hasattr(column, "hint")]
    return {page.pk: {column.name: column.get_value(page) for column in counts} for page in table.data}


def read(page: Page, person: object = None, **more: object) -> None:
    now = timezone.now()
    events.record(
        Kind.PAGE_READ,
        occurred_at=now,
        now=now,
        source="site",
        subscriber_id=person.pk if person else None,
        object_kind="page",
        object_key=str(page.pk),
        **more,
    )


def signed_up_on(path: str, *, confirmed: bool) -> None:
    now = timezone.now()
    Signup.objects.create(
        subscriber=people.subscriber(),
        form="lettera",
        page_url=path,
        locale="it",
        at=now,
        expires_at=now,
        confirmed_at=now if confirmed else None,
    )


def carried(page: Page, issue: object, **fields: object) -> None:
    version = make.version(make.mailing(issue=issue, **fields))
    Link.objects.create(version=version, position=1, url="https://giro.example/", page_id=page.pk)


def test_an_article_counts_people_and_not_readings_machines_or_strangers(editor: Client, italian: Locale) -> None:
    article, anna = pages.article(italian), people.subscriber()
    read(article, anna)
    read(article, anna)
    read(article)
    read(article, people.subscriber(), evidence=Evidence.MACHINE)

    assert explored(editor, pages.magazine(italian))[article.pk]["readers"] == 1


def test_a_sign_up_counts_where_it_began_once_it_is_confirmed(editor: Client, italian: Locale) -> None:
    here, there = pages.article(italian, "Qui"), pages.article(italian, "Altrove")
    signed_up_on(here.url, confirmed=True)
    signed_up_on(here.url, confirmed=False)

    shown = explored(editor, pages.magazine(italian))

    assert (shown[here.pk]["signups"], shown[there.pk]["signups"]) == (1, 0)


def test_an_issue_that_left_twice_carried_a_piece_once_and_a_test_or_a_journey_never(
    editor: Client, italian: Locale
) -> None:
    article, issue = pages.article(italian), make.issue()
    carried(article, issue)
    carried(article, issue, state=Mailing.State.FINISHED)
    carried(article, make.issue(), state=Mailing.State.CANCELLED)
    carried(article, make.issue(), purpose_class=PurposeClass.TEST)
    carried(article, None, purpose_class=PurposeClass.JOURNEY, is_standing=True)

    assert explored(editor, pages.magazine(italian))[article.pk]["mailed"] == 1


def test_a_column_stands_among_its_articles_and_has_no_readers_of_its_own(editor: Client, italian: Locale) -> None:
    column = pages.column(italian)
    piece = pages.article(italian, "Il primo pezzo", parent=column)
    read(piece, people.subscriber())

    assert explored(editor, pages.magazine(italian))[column.pk]["readers"] == ""
    assert explored(editor, column)[piece.pk]["readers"] == 1


def test_resources_count_who_took_them_and_issues_whom_they_went_to(editor: Client, italian: Locale) -> None:
    guide, sent, draft = pages.resource(italian), make.issue(), make.issue()
    TakenCount.objects.create(page=guide, n_people=41)
    make.mailing(issue=sent, n_candidates=300, state=Mailing.State.FINISHED)
    make.mailing(issue=sent, n_candidates=7, state=Mailing.State.FINISHED)
    make.mailing(issue=draft, n_candidates=9, state=Mailing.State.CANCELLED)

    shown = explored(editor, ArchivePage.objects.get(locale=italian))

    assert explored(editor, pages.library(italian))[guide.pk] == {"downloads": 41, "signups": 0, "mailed": 0}
    assert (shown[sent.pk]["addressed"], shown[draft.pk]["addressed"]) == (307, "")


def test_each_header_says_what_it_counts(editor: Client, italian: Locale) -> None:
    pages.article(italian)

    page = editor.get(f"/admin/pages/{pages.magazine(italian).pk}/").content.decode()

    assert page.count('class="office-hint"') == 4


@pytest.mark.parametrize(
    ("make_one", "parent"),
    [
        (pages.article, pages.magazine),
        (pages.resource, pages.library),
        (lambda locale, title: make.issue(title=title), lambda locale: ArchivePage.objects.get(locale=locale)),
    ],
)
def test_a_list_asks_as_often_for_three_pages_as_for_one(
    make_one: Callable[..., Page], parent: Callable[..., Page], editor: Client, italian: Locale
) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert editor.get(f"/admin/pages/{parent(italian).pk}/").status_code == 200
        return len(queries)

    make_one(italian, "Uno")
    n_queries()  # fills what Wagtail remembers
    of_one = n_queries()
    make_one(italian, "Due")
    make_one(italian, "Tre")

    assert n_queries() == of_one


def test_the_flat_list_of_all_articles_counts_too(editor: Client, italian: Locale) -> None:
    article = pages.article(italian)
    read(article, people.subscriber())

    answer = editor.get("/admin/pages/usage/content/articlepage/", follow=True)

    assert [page.office_readers for page in answer.context["table"].data if page.pk == article.pk] == [1]


def test_articles_say_how_many_found_them_useful(editor: Client, italian: Locale) -> None:
    asked, silent = pages.article(italian, "Il giro"), pages.article(italian, "Nessuno")
    UsefulCount.objects.create(page=asked, n_yes=12, n_no=2)

    shown = explored(editor, pages.magazine(italian))

    with translation.override("it"):
        assert shown[asked.pk]["useful"] == translation.gettext("%(yes)d of %(all)d") % {"yes": 12, "all": 14}
    assert shown[silent.pk]["useful"] == ""
