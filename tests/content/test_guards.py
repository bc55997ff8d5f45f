"""Files of resources have no plain address."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models import Locale

from content.models import ResourcePage
from tests.factories import content as make


@pytest.mark.django_db
def test_a_file_that_no_resource_holds_is_served(client: Client) -> None:
    response = client.get(make.document("programma.pdf", b"open words").url)

    assert b"".join(response.streaming_content) == b"open words"


@pytest.mark.django_db
@pytest.mark.parametrize("gate", ResourcePage.Gate.values)
def test_a_resource_file_is_not_there(italian: Locale, client: Client, gate: str) -> None:
    document = make.document("guida.pdf", b"guarded words")
    make.resource(italian, document=document, gate=gate)

    response = client.get(document.url)

    assert response.status_code == 404
    assert b"guarded words" not in response.content


@pytest.mark.django_db
def test_a_file_of_a_draft_or_an_earlier_version_is_not_there(italian: Locale, client: Client) -> None:
    earlier, coming = make.document("prima.pdf"), make.document("dopo.pdf")
    page = make.resource(italian, document=earlier)
    page.document = coming
    page.save_revision()
    unpublished = make.document("mai.pdf")
    make.resource(italian, "Mai uscita", document=unpublished).unpublish()

    assert [client.get(document.url).status_code for document in (earlier, coming, unpublished)] == [404, 404, 404]


@pytest.mark.django_db
def test_those_who_work_in_the_office_can_open_it(italian: Locale, client: Client) -> None:
    document = make.document("guida.pdf", b"guarded words")
    make.resource(italian, document=document)
    author = get_user_model().objects.create_user("ada", password="una parola lunga")
    author.groups.add(Group.objects.get(name="Authors"))
    client.force_login(author)

    response = client.get(document.url)

    assert b"".join(response.streaming_content) == b"guarded words"
