"""A database of a test's own, for tests with several connections."""

from collections.abc import Iterator

import pytest

from tests import databases


@pytest.fixture
def committed(template_database: str, django_db_blocker: object, worker_id: str) -> Iterator[None]:
    """A database of the test's own, where rows are really committed and other connections see them."""
    name = f"test_committed_{worker_id}_{databases.settings.DATABASES['default']['NAME']}"
    databases.copy(template_database, name)
    with django_db_blocker.unblock(), databases.using(name):
        yield
    databases.drop(name)
