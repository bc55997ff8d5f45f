"""The tables of this room: pages as declarations, and the snippets they name."""

from content.models.article import ArticlePage, MagazinePage
from content.models.authors import Author
from content.models.column import ColumnPage
from content.models.home import HomePage, PlainPage
from content.models.landing import LandingPage
from content.models.look import LookSettings
from content.models.resource import LibraryPage, ResourcePage
from content.models.series import SeriesPage
from content.models.topics import Topic

__all__ = [
    "ArticlePage",
    "Author",
    "ColumnPage",
    "HomePage",
    "LandingPage",
    "LibraryPage",
    "LookSettings",
    "MagazinePage",
    "PlainPage",
    "ResourcePage",
    "SeriesPage",
    "Topic",
]
