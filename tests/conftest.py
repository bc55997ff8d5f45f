"""Fixtures of every test: a migrated database copied from a template, an empty cache, readers and staff."""

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from wagtail.models import Locale, Site

from content.look import keeping
from tests import databases, samples

STORIES = ("tests/flows/", "tests/circolare/test_launcher.py", "tests/circolare/test_compose.py")


SCREENS = (
    "tests/circolare/test_setup.py",
    "tests/circolare/test_staff.py",
    "tests/content/",
    *(f"tests/campaigns/test_{name}" for name in ("first_aid", "inbox_views", "journeys_admin", "landing", "office")),
    *(f"tests/campaigns/test_{name}" for name in ("paths", "rendering", "roles", "why")),
    *(f"tests/subscribers/test_{name}" for name in ("follow", "home", "useful", "watching")),
)
QUERIES = ("tests/content/test_search.py", "tests/content/test_importing_run.py", "tests/content/test_indexing.py")
DATABASE = {"db", "transactional_db", "django_db_setup"}  # fixtures


def pytest_configure(config: pytest.Config) -> None:
    """Processes of one run know each other by its name."""
    os.environ.setdefault(samples.RUN, uuid4().hex[:8])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whoever began the run takes away what its processes shared."""
    if not hasattr(session.config, "workerinput"):
        samples.drop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Stories with real processes first: one test process walks through them, the others take all the rest.

    CIRCOLARE_SHORT, for a second run on other servers, leaves out what asks no server anything, and screens: they ask
    what the rooms below them ask, and draw it.
    """
    if "CIRCOLARE_SHORT" in os.environ:
        config.hook.pytest_deselected(items=[item for item in items if not is_of_servers(item)])
        items[:] = [item for item in items if is_of_servers(item)]
    items.sort(key=lambda item: not item.nodeid.startswith(STORIES))


def is_of_servers(item: pytest.Item) -> bool:
    """Whether it may end otherwise on other servers than on these."""
    is_screen = item.nodeid.startswith(SCREENS) and not item.nodeid.startswith(QUERIES)
    return asks_servers(item) and not is_screen


def asks_servers(item: pytest.Item) -> bool:
    """Whether the test has to do with the database, or with processes that have."""
    is_marked = item.get_closest_marker("django_db") is not None
    is_given = bool(DATABASE & set(getattr(item, "fixturenames", ())))
    return is_marked or is_given or item.nodeid.startswith(STORIES)


@pytest.fixture(scope="session")
def template_database(django_test_environment: None, django_db_blocker: object) -> str:
    """The name of the migrated template database."""
    with django_db_blocker.unblock():
        return databases.ensure_template()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: object, worker_id: str) -> Iterator[None]:
    """One copy of the template for this process."""
    name = f"test_{settings.DATABASES['default']['NAME']}_{worker_id}_{os.getpid()}"
    databases.copy(template_database, name)
    with django_db_blocker.unblock(), databases.using(name):
        yield
    databases.drop(name)


@pytest.fixture(scope="session")
def filled_database(template_database: str, django_db_blocker: object) -> samples.Filled:
    """The sample publication, made once for all processes of this run; look at it, or at a copy, and change nothing."""
    with django_db_blocker.unblock():
        return samples.ensure(template_database)


@pytest.fixture(autouse=True)
def own_media(tmp_path: object, settings: object) -> None:
    """Each test writes files into a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def clear_site_caches() -> Iterator[None]:
    """Wagtail remembers root paths across tests, and a process its look; of the cache only our own keys go."""
    Site.clear_site_root_paths_cache() if hasattr(Site, "clear_site_root_paths_cache") else None
    yield
    keeping.drop()
    client = cache._cache.get_client(None, write=True)
    keys = list(client.scan_iter(f"{settings.CIRCOLARE_KEY_PREFIX}*", count=1000))
    if keys:
        client.delete(*keys)


@pytest.fixture
def italian(db: None) -> Locale:
    """The publication's first language."""
    return Locale.objects.get(language_code="it")


@pytest.fixture
def english(db: None) -> Locale:
    """The publication's second language."""
    return Locale.objects.get(language_code="en")
