"""Numbers of pages: who read a piece, who signed up there, which issues carried it, to how many an issue went."""

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import NumberColumn
from wagtail.models import Page

from campaigns.models import IssuePage
from campaigns.reports import pieces
from content import navigation
from content.models import ArticlePage, ResourcePage

# {page id: number, or words with two}; a page that is missing cannot have one, its cell stays empty.
Counting = Callable[[Sequence[Page], HttpRequest], Mapping[int, int | str]]


class CountColumn(NumberColumn):
    """A number of each page, counted for all shown rows at once; its header says what exactly is counted."""

    header_template_name = "office/count_header.html"

    def __init__(self, name: str, label: str | Promise, *, hint: str | Promise, counting: Counting) -> None:
        super().__init__(name, label=label, accessor=f"office_{name}", classname="office-number")
        self.hint = hint
        self.counting = counting

    def count(self, pages: Sequence[Page], request: HttpRequest) -> None:
        """Write each page's number where its cell looks for it."""
        numbers = self.counting(pages, request)
        for page in pages:
            setattr(page, self.accessor, numbers.get(page.pk, ""))


def readers(pages: Sequence[Page], request: HttpRequest) -> dict[int, int]:
    """Of articles alone: the other pages do not tell how far they were read."""
    ids = [page.pk for page in pages if isinstance(page, ArticlePage)]
    return dict.fromkeys(ids, 0) | pieces.readers(ids)


def signups(pages: Sequence[Page], request: HttpRequest) -> dict[int, int]:
    """By the path that a page has now."""
    paths = {page.pk: navigation.address(page, request) for page in pages}
    return dict.fromkeys(paths, 0) | pieces.signups(paths)


def carried_by(pages: Sequence[Page], request: HttpRequest) -> dict[int, int]:
    """Of every page that an issue can name."""
    ids = [page.pk for page in pages]
    return dict.fromkeys(ids, 0) | pieces.carried_by(ids)


def takers(pages: Sequence[Page], request: HttpRequest) -> dict[int, int]:
    """Of resources."""
    ids = [page.pk for page in pages if isinstance(page, ResourcePage)]
    return dict.fromkeys(ids, 0) | pieces.takers(ids)


def useful(pages: Sequence[Page], request: HttpRequest) -> dict[int, str]:
    """Of what anybody answered on."""
    found = pieces.found_useful([page.pk for page in pages])
    return {pk: _("%(yes)d of %(all)d") % {"yes": n_yes, "all": n_all} for pk, (n_yes, n_all) in found.items()}


def addressed(pages: Sequence[Page], request: HttpRequest) -> dict[int, int]:
    """Of issues; one that never left has no number, not even nought."""
    return pieces.addressed([page.pk for page in pages if isinstance(page, IssuePage)])


READERS = CountColumn(
    "readers",
    _("Readers"),
    hint=_("People who read it, of those who agreed to be seen. Others read too; nobody counts them."),
    counting=readers,
)
SIGNUPS = CountColumn(
    "signups",
    _("Sign-ups"),
    hint=_("Sign-ups that began on this page and were confirmed."),
    counting=signups,
)
MAILED = CountColumn(
    "mailed",
    _("Mailed in"),
    hint=_("Issues that left with a link to it, in this language."),
    counting=carried_by,
)
DOWNLOADS = CountColumn(
    "downloads",
    _("Downloads"),
    hint=_("People who took the file, known or not; where it is free to take, once a day and network."),
    counting=takers,
)
USEFUL = CountColumn(
    "useful",
    _("Useful"),
    hint=_("Readers who pressed “Yes” below it, of those who answered. Who they were is not kept."),
    counting=useful,
)
ADDRESSED = CountColumn(
    "addressed",
    _("Sent to"),
    hint=_("People chosen when it left, in all languages. The mailing says who was left out, and why."),
    counting=addressed,
)
# What is told of one page, by its kind.
OF_PAGES: dict[type[Page], tuple[CountColumn, ...]] = {
    ArticlePage: (READERS, USEFUL, SIGNUPS, MAILED),
    ResourcePage: (DOWNLOADS, SIGNUPS, MAILED),
}
