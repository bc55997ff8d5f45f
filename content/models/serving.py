"""What all pages of this room share when they are served."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.models import PageViewRestriction, get_page_models

from content.editing import PageForm

SUMMARIES = ("standfirst", "abstract", "introduction", "search_description")


class Served:
    """A page with our look for its password, whose restrictions are found in one query instead of two or more.

    Also what readers see it called in results and lists.
    """

    password_required_template = "content/password.html"  # noqa: S105 — a template
    base_form_class = PageForm
    path: str
    steplen: int
    alias_of_id: int | None
    pk: int
    title: str
    page_type_display_name: str
    shown_with: tuple[str, ...] = ()  # relations that the three properties below read

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """As Wagtail's own: an alias is restricted as its source is."""
        if self.alias_of_id:
            return super().get_view_restrictions()  # type: ignore[misc]
        paths = [self.path[:end] for end in range(self.steplen, len(self.path) + 1, self.steplen)]
        plain = Q(page__path__in=paths, page__alias_of=None)
        return PageViewRestriction.objects.filter(plain | Q(page__aliases__path__in=paths)).distinct()

    def lets_in(self, request: HttpRequest) -> bool:
        """Whether its restrictions, such as a password, are met by who asks; for the doors of its files."""
        return all(restriction.accept_request(request) for restriction in self.get_view_restrictions())

    @property
    def shown_title(self) -> str:
        """What readers see it called."""
        return self.title

    @property
    def shown_summary(self) -> str:
        """The first words it has; may be empty."""
        return next((text for name in SUMMARIES if (text := getattr(self, name, ""))), "")

    @property
    def shown_kind(self) -> str:
        """What kind of page it is; empty where that tells nothing."""
        return str(self.page_type_display_name)

    @classmethod
    def unlisted(cls) -> QuerySet | None:
        """Pages of this kind that no list, search or sitemap may name; None where there never are any."""
        return None


def unlisted() -> list[int]:
    """The ids of pages that are open to whoever has their address, and named nowhere."""
    kinds = (model.unlisted() for model in get_page_models() if issubclass(model, Served))
    return [pk for found in kinds if found is not None for pk in found.values_list("pk", flat=True)]
