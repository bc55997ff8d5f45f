"""What all pages of this room share when they are served."""

from django.db.models import Q, QuerySet
from wagtail.models import PageViewRestriction

from content.editing import PageForm


class Served:
    """A page with our look for its password, whose restrictions are found in one query instead of two or more."""

    password_required_template = "content/password.html"  # noqa: S105 — a template
    base_form_class = PageForm
    path: str
    steplen: int
    alias_of_id: int | None

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """As Wagtail's own: an alias is restricted as its source is."""
        if self.alias_of_id:
            return super().get_view_restrictions()  # type: ignore[misc]
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        plain = Q(page__path__in=paths, page__alias_of=None)
        return PageViewRestriction.objects.filter(plain | Q(page__aliases__path__in=paths)).distinct()
