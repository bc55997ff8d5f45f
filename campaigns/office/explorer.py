"""Wagtail's own screens of our pages: numbers in its explorer, our panels in its editor."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.tables import BaseColumn, Table
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from campaigns.models import ArchivePage, IssuePage
from campaigns.office.counts import ADDRESSED, DOWNLOADS, MAILED, READERS, SIGNUPS, USEFUL, CountColumn
from campaigns.office.editing import IssueCreateView, IssueEditView, PieceEditView
from content.models import ArticlePage, ColumnPage, LibraryPage, MagazinePage, ResourcePage, SeriesPage


def with_counts(*counts: CountColumn) -> list[BaseColumn]:
    """Wagtail's own columns of a list of one kind of page, with ours before the state of the page."""
    own = [column for column in ExplorableIndexView.base_columns if column.name != "type"]
    return [*own[:-1], *counts, own[-1]]


class CountedMixin:
    """A list of pages that counts what its columns show before it draws them."""

    columns: list[BaseColumn]
    request: HttpRequest

    def get_table(self, object_list: Sequence[Page]) -> Table:
        """One look at each count, for the rows of this part of the list."""
        for column in self.columns:
            if isinstance(column, CountColumn):
                column.count(object_list, self.request)
        return super().get_table(object_list)  # type: ignore[misc]


class PieceIndexView(CountedMixin, ExplorableIndexView):
    """Children of the magazine or of a column. All kinds of page, though the viewset belongs to one."""

    base_columns = with_counts(READERS, USEFUL, SIGNUPS, MAILED)


class CountedUseView(CountedMixin, ContentTypeUseView):
    """All pages of one kind, wherever they stand."""


class ResourceIndexView(CountedMixin, ExplorableIndexView):
    """Children of the library or of a series."""

    base_columns = with_counts(DOWNLOADS, SIGNUPS, MAILED)


class IssueIndexView(CountedMixin, ExplorableIndexView):
    """Children of the archive."""

    base_columns = with_counts(ADDRESSED, SIGNUPS)


class CountedViewSet(PageViewSet):
    """Wagtail's own screens for one kind of page, with our columns in its lists."""

    content_type_use_view_class = CountedUseView
    filterset_class = GenericPageFilterSet

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:  # Any: as Wagtail's own
        """The lists show whatever stands below a page, not this kind alone."""
        return super().get_common_view_kwargs(**{"model": Page, **kwargs})


class PieceViewSet(CountedViewSet):
    """Articles and the pieces of columns."""

    model = ArticlePage
    index_view_class = PieceIndexView
    edit_view_class = PieceEditView
    parent_models = [MagazinePage, ColumnPage]


class ResourceViewSet(CountedViewSet):
    """Free resources."""

    model = ResourcePage
    index_view_class = ResourceIndexView
    edit_view_class = PieceEditView
    parent_models = [LibraryPage, SeriesPage]


class IssueViewSet(CountedViewSet):
    """Issues of newsletters."""

    model = IssuePage
    index_view_class = IssueIndexView
    add_view_class = IssueCreateView
    edit_view_class = IssueEditView
    parent_models = [ArchivePage]
